import { escapesIn, escapeUnclear } from '../core/index.ts';

/** Text from outside, made safe to print: what is not printable, or shows nothing, is shown as an escape. */
export function safe(text: string): string {
  return escapeUnclear(text, (letter) => shortEscapes[letter] ?? escapesIn(letter));
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };
