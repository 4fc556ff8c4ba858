import { escapeLookAlikes } from './look-alikes.ts';

/**
 * Text that shows what it is. Letters that show nothing can hide an order to a model, make two names read as one, or drive
 * a terminal: controls, marks that join or turn text, tags, variation selectors, fillers, private use, half a surrogate
 * pair, and every space that is not the usual one. One rule, for all that people and models are shown.
 */
const hidden =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Variation_Selector}\p{Noncharacter_Code_Point}\u2800\u{13441}\u{13442}\u{16FE4}\u{1D159}]|(?! )\p{Zs}/gu;

/** Each hidden letter as its escape. Names are shown so: what is left out of a name may make it another's. */
export function escapeHidden(text: string, escapeOf: (letter: string) => string = escapesIn): string {
  return text.replace(hidden, escapeOf);
}

/** As {@link escapeHidden}, and also what reads like ASCII and is not: two names that differ are shown so that they do. */
export function escapeUnclear(text: string, escapeOf: (letter: string) => string = escapesIn): string {
  return escapeHidden(escapeLookAlikes(text, escapesIn), escapeOf);
}

/** Without the hidden letters, for free text; a space of whatever kind is one, and white space of a line is left. */
export function dropHidden(text: string): string {
  return text.replace(hidden, (letter) =>
    /\s/u.test(letter) ? (keptSpaces.has(letter) ? letter : ' ') : '',
  );
}

const keptSpaces: ReadonlySet<string> = new Set(['\n', '\r', '\t']);

/** As in JSON: one escape for each UTF-16 unit. */
export function escapesIn(letter: string): string {
  const units = Array.from({ length: letter.length }, (_, index) => letter.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
