import { dropHidden, escapeUnclear } from '../core/index.ts';

/** Longest piece of somebody else's text in an answer, in characters. */
const quotedLengthMax = 200;

/** The name of a scope, a file or a folder: whole, since two that are shortened or cleaned may read as one. */
export function quoted(name: string): string {
  return escapeUnclear(JSON.stringify(name));
}

/**
 * Text of another agent or of a person, as the quotation that it is: whoever reads an answer must be able to tell the
 * coordinator's words from those of others, which may try to give orders. What hides in it is left out.
 */
export function quotedText(text: string, lengthMax = quotedLengthMax): string {
  const plain = dropHidden(text);
  return quoted(plain.length > lengthMax ? `${plain.slice(0, lengthMax - 3)}...` : plain);
}

/** ` for "rework the login"`, or nothing. */
export function purpose(reason: string | null): string {
  return reason === null ? '' : ` for ${quotedText(reason)}`;
}

/** The first lines and how many more there are; `where` says how to see those. */
export function bounded(lines: readonly string[], linesMax: number, where: string): string[] {
  if (lines.length <= linesMax) return [...lines];
  return [...lines.slice(0, linesMax), `... and ${lines.length - linesMax} more: ${where}`];
}

/** As {@link bounded}, and of the lines no more than fit into so many characters. */
export function fitting(
  lines: readonly string[],
  linesMax: number,
  charactersMax: number,
  where: string,
): string[] {
  return bounded(lines, Math.min(linesMax, fittingCount(lines, charactersMax)), where);
}

/** How many of the lines, from the first on, fit into so many characters. */
export function fittingCount(lines: readonly string[], charactersMax: number): number {
  let characters = 0;
  const over = lines.findIndex((line) => (characters += line.length + 1) > charactersMax);
  return over === -1 ? lines.length : over;
}
