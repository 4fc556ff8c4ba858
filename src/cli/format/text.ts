/**
 * C0 and C1 controls, DEL, line separators, and the characters that reorder or hide text: none of them may reach a
 * terminal from an agent's reason or name, where they could forge lines or drive the terminal.
 */
// eslint-disable-next-line no-control-regex -- these are exactly the characters to find
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text from outside, made safe to print: what is not printable is shown as an escape. */
export function safe(text: string): string {
  return text.replace(unsafe, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A template for lines that people read: every value that is put in is made safe. */
export function line(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => safe(String(value))));
}

/** JSON on one line. The C1 controls, which JSON leaves as they are, are escaped too. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(unsafe, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `1 lock`, `2 locks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A word for a shell command line: quoted only where the shell needs it. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${safe(word).replaceAll("'", `'\\''`)}'`;
}

/** A command line to copy. */
export function shellCommand(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
