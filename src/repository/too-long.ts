import { scopeFileBytesMax } from './limits.ts';
import { hasTooManyMarks } from './yaml/yaml-cost.ts';

/** Whether a scope's file of this text would not be read. */
export function isTooLong(text: string): boolean {
  return Buffer.byteLength(text) > scopeFileBytesMax || hasTooManyMarks(text);
}
