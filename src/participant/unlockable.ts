/**
 * Names that no file has. Patterns that no shell has replaced by the files that fit them: in quotes, in a tool's arguments,
 * where none fits. And what is left of a name whose bytes are no UTF-8.
 */
import { fitsPath, named, parsePattern, quote, type PathPattern } from '../core/index.ts';

/** More would not help to choose. */
const shownMax = 5;

/**
 * Why no lock can be had of a path at which nothing lies; null where one can. `filesThere`: all files, seen from the top; none
 * where that cannot be told.
 */
export async function nameTrouble(
  filesThere: () => Promise<readonly string[]>,
  path: string,
): Promise<string | null> {
  return garbledTrouble(path) ?? (await patternTrouble(filesThere, path));
}

/** Two such names may look the same, so that a lock of one would be no lock of the other. */
function garbledTrouble(path: string): string | null {
  if (!path.includes('\uFFFD')) return null;
  return `${quote(path)} is no name in UTF-8, and such a file cannot be locked by itself: lock the whole scope, or rename the file`;
}

/**
 * What is wrong with a path at which nothing lies, if it is most likely meant as a pattern; null when it is a name like any
 * other. `[id]` is one, as long as it fits nothing.
 */
async function patternTrouble(
  filesThere: () => Promise<readonly string[]>,
  path: string,
): Promise<string | null> {
  const isSure = sure.test(path);
  if (!isSure && !brackets.test(path)) return null;
  const patterns = patternsOf(path);
  const files = await filesThere();
  const fitting = files.filter((file) => patterns.some((pattern) => fitsPath(pattern, file, 'file')));
  if (!isSure && fitting.length === 0) return null;
  return `${quote(path)} is a pattern, and no file is called so: name each file itself, or a folder that is a scope${fittingText(fitting)}`;
}

const sure = /[*?]|\{[^{}]*(?:,|\.\.)[^{}]*\}/;
const brackets = /\[([^\]/]+)\]/g;

function fittingText(files: readonly string[]): string {
  if (files.length === 0) return '';
  const left = files.length - shownMax;
  return `; it fits ${named(...files.slice(0, shownMax))}${left > 0 ? ` and ${left} more` : ''}`;
}

/** Read as a shell reads it: what has no slash is seen from the top as well, and brackets stand for one of their letters. */
function patternsOf(path: string): readonly PathPattern[] {
  const written = `/${path}`.replaceAll(brackets, (_, letters: string) => oneOf(letters));
  const parsed = parsePattern(written);
  return parsed.ok ? [parsed.pattern] : [];
}

/** `{a,b,c}` for `a-c`; any letter, where they are many or those that are not meant. */
function oneOf(letters: string): string {
  if (/^[!^]/.test(letters)) return '?';
  const written = letters.replaceAll(/(.)-(.)/gs, (_, first: string, last: string) => range(first, last));
  const each = [...new Set(written)].filter((letter) => !'{},*?\\'.includes(letter));
  return each.length > lettersMax ? '?' : `{${each.join(',')}}`;
}

const lettersMax = 40;

function range(first: string, last: string): string {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  return Array.from({ length: Math.min(Math.max(to - from + 1, 0), lettersMax + 1) }, (_, index) =>
    String.fromCharCode(from + index),
  ).join('');
}
