import { displayWidth, shortened, shortenedAtStart } from '../wording/index.ts';

/** How a part of a line stands out. */
export type Emphasis = 'good' | 'bad' | 'warn' | 'dim' | 'bold' | 'plain';

/** Printable text only. */
export interface Part {
  readonly text: string;
  readonly emphasis: Emphasis;
}

export type Line = readonly Part[];

export const part = (text: string, emphasis: Emphasis = 'plain'): Part => ({ text, emphasis });
export const plainLine = (text: string, emphasis: Emphasis = 'plain'): Line => [part(text, emphasis)];

export const lineText = (line: Line): string => line.map(({ text }) => text).join('');
export const lineWidth = (line: Line): number => displayWidth(lineText(line));

/** Text of so many columns at most, without half a letter; what is left out is shown by an ellipsis where there is room for one. */
export function cut(text: string, columns: number, keeping: 'start' | 'end' = 'start'): string {
  if (displayWidth(text) <= columns) return text;
  if (columns >= ellipsisFrom)
    return keeping === 'start' ? shortened(text, columns) : shortenedAtStart(text, columns);
  let kept = '';
  for (const letter of text) {
    if (displayWidth(kept + letter) > columns) break;
    kept += letter;
  }
  return kept;
}

/** A wide letter and the ellipsis. */
const ellipsisFrom = 3;

export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - displayWidth(text)));

/** A line that is no wider, its last parts cut. */
export function cutLine(line: Line, columns: number): Line {
  let left = columns;
  return line.flatMap(({ text, emphasis }) => {
    const shown = left <= 0 ? '' : cut(text, left);
    left = shown === text ? left - displayWidth(text) : 0;
    return shown === '' ? [] : [{ text: shown, emphasis }];
  });
}

/** One at the left and one at the right; the left one gives way. */
export function spread(left: Line, right: Line, columns: number): Line {
  const end = cutLine(right, columns);
  const room = columns - lineWidth(end) - gap;
  if (room <= 0) return end;
  const begin = cutLine(left, room);
  return [...begin, part(' '.repeat(room - lineWidth(begin) + gap)), ...end];
}

const gap = 2;
