/** How text fills a terminal: some letters take two of its columns, some none. */

/** East Asian letters, and what is drawn as a picture. */
const wide =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
/** Marks on the letter before, and vowels that join the Korean syllable before. */
const joining = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;
// eslint-disable-next-line no-control-regex -- colours are made of a control character
const colors = /\u001b\[[0-9;]*m/g;

/** The columns that a line of printable text takes, colours aside. Where terminals differ, the larger number. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const letter of text.replaceAll(colors, '')) width += widthOf(letter);
  return width;
}

function widthOf(letter: string): number {
  if (letter >= ' ' && letter <= '~') return 1;
  if (joining.test(letter)) return 0;
  return wide.test(letter) ? 2 : 1;
}

/**
 * Lines that are no wider than so many columns, broken between words where that is possible, and behind a separator of a
 * path before it is done in the middle. All lines but the first begin with the indent.
 */
export function wrap(text: string, columns: number, indent = ''): string[] {
  if (displayWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  const room = (): number => Math.max(2, columns - (lines.length === 0 ? 0 : displayWidth(indent)));
  const flush = (): void => {
    lines.push(lines.length === 0 ? line : `${indent}${line}`);
    line = '';
  };
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= room()) {
      line = joined;
      continue;
    }
    if (line !== '') flush();
    line = word;
    while (displayWidth(line) > room()) {
      const rest = line.slice(fitting(line, room()));
      line = line.slice(0, line.length - rest.length);
      flush();
      line = rest;
    }
  }
  flush();
  return lines;
}

/** How much of a word goes into so many columns: up to a separator, unless that leaves most of the line empty. */
function fitting(word: string, columns: number): number {
  const whole = lengthWithin(word, columns);
  const atSeparator = word.slice(0, whole).search(/[/._@,;:-][^/._@,;:-]*$/) + 1;
  return atSeparator > whole / 2 ? atSeparator : whole;
}

/** In UTF-16 units; at least one letter. Colours take no room and are not cut. */
function lengthWithin(text: string, columns: number): number {
  let length = 0;
  let width = 0;
  // eslint-disable-next-line no-control-regex -- colours are made of a control character
  for (const [piece] of text.matchAll(/\u001b\[[0-9;]*m|./gsu)) {
    width += displayWidth(piece);
    if (width > columns && length > 0) break;
    length += piece.length;
  }
  return length;
}

/** One line of so many columns at most; what is left out is shown by an ellipsis. */
export function shortened(text: string, columns: number): string {
  return displayWidth(text) <= columns ? text : `${text.slice(0, lengthWithin(text, columns - 1))}…`;
}

/** As {@link shortened}, with the end of the text kept: of a path that tells most. */
export function shortenedAtStart(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const kept: string[] = [];
  let width = 1;
  for (const letter of Array.from(text).reverse()) {
    width += widthOf(letter);
    if (width > columns) break;
    kept.unshift(letter);
  }
  // A mark without its letter would join the ellipsis.
  while (kept[0] !== undefined && widthOf(kept[0]) === 0) kept.shift();
  return `…${kept.join('')}`;
}
