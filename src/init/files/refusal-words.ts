/** Why something in a scope's file, or in its entry, stays as it is: in words. */
import { named } from '../../core/index.ts';
import { failure, type Notice } from '../notices.ts';
import type { ExistingScope } from './existing.ts';
import { emptyFileText } from '../../repository/index.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** Of an entry it is said whose it is. */
export function said({ home, path }: ExistingScope, message: string): string {
  return home === 'file' ? message : `the entry of ${named(path)} ${message}`;
}

/** Why nothing can be added under a key. */
export function formProblem(text: string, keys: readonly string[]): string {
  const { problem, value } = new YamlText(text);
  if (problem !== null) return `${problem}, so nothing can be added: repair it first`;
  if (value === null) return emptyFileText;
  const where = keys.length === 0 ? 'at its end' : `under ${keys.join('.')}`;
  return `has a form in which nothing can be added ${where} for certain: write that as plain keys and values, one a line`;
}

/** The line of a key, from 1, or of the nearest one above it that is there; without keys, the last line that says something. */
export function lineOfKeys(text: string, keys: readonly string[]): number | null {
  return keys.length === 0 ? text.trimEnd().split('\n').length : new YamlText(text).lineOf(keys);
}

/** Where a key of a scope stands in the file that says what the scope is; of an entry, where that begins, if not more is known. */
export function lineIn({ home, position, text }: ExistingScope, keys: readonly string[]): number | null {
  const inside = lineOfKeys(text, keys);
  if (home === 'file') return inside;
  return inside === null || position.line === null ? position.line : position.line + inside;
}

/** Nothing can be added under a key of a file. */
export function formRefusal(file: string, text: string, keys: readonly string[]): Notice {
  return {
    ...failure('KEPT_BY_HAND', { file }, formProblem(text, keys)),
    line: lineOfKeys(text, keys),
  };
}

export const tooLongMessage =
  'would be longer than the coordinator reads: rhema init --layout files writes one file for each scope, --depth makes fewer';

export const notCheckedOutMessage =
  'would be changed, but this sparse checkout leaves it out: git sparse-checkout add its folder first';
