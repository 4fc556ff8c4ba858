import { escapeHidden, escapesIn, escapeUnclear } from '../../core/index.ts';
import { safe } from '../../wording/index.ts';

export { safe };

/** A template for lines that people read: every value that is put in is made safe. */
export function line(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => safe(String(value))));
}

/** JSON on one line. What JSON itself leaves as it is, C1 controls for one, is escaped too. */
export function jsonLine(value: unknown): string {
  return escapeUnclear(JSON.stringify(value));
}

/**
 * A patch as it is shown. The lines around a change are whatever lies in the file, so what drives a terminal or shows nothing
 * is shown as an escape; `git apply` then refuses that patch, which it takes otherwise.
 */
export function shownPatch(patch: string): string {
  return patch.split('\n').map(shownPatchLine).join('\n');
}

function shownPatchLine(text: string): string {
  const end = text.endsWith('\r') ? '\r' : '';
  const said = text.slice(0, text.length - end.length);
  return escapeHidden(said, (letter) => (letter === '\t' ? letter : escapesIn(letter))) + end;
}

/** A word for a shell command line: quoted only where the shell needs it. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${safe(word).replaceAll("'", `'\\''`)}'`;
}

/** How a command line is typed where the one was that it answers. */
export interface Typing {
  /** A command line to copy. */
  readonly rhema: (...words: readonly string[]) => string;
  /** A scope, a file or a resource in it. */
  readonly name: (name: string) => string;
}

/** In the top folder. */
export const typedAtTop: Typing = {
  rhema: (...words) => shellCommand('rhema', ...words),
  name: (name) => name,
};

/** A command line to copy. */
export function shellCommand(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
