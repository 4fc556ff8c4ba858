import { invalidInput } from '../answer/errors.ts';

/** An option that takes a whole number within bounds, as typed. */
export function numberOption(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
  throw invalidInput(`${name} ${JSON.stringify(text)}: it is a whole number from ${minimum} to ${maximum}`);
}
