import { displayWidth } from '../wording/index.ts';
import { cut, padded, part, type Emphasis, type Line } from './line.ts';

export interface Cell {
  /** Printable. */
  readonly text: string;
  readonly emphasis: Emphasis;
  /** Which end of it is shown where not all fits; that of a path tells more than its beginning. */
  readonly keeping: 'start' | 'end';
}

export const cell = (text: string, emphasis: Emphasis = 'plain'): Cell => ({
  text,
  emphasis,
  keeping: 'start',
});
export const pathCell = (text: string): Cell => ({ text, emphasis: 'plain', keeping: 'end' });

export interface Shape {
  readonly title: string;
  /** It is shown where there is room for so many columns, and not made narrower for what is longer elsewhere. */
  readonly least: number;
  /** Those of the highest rank are left out first where there is no room. */
  readonly rank: number;
}

const between = 2;
/** So much of a name is shown before others get more than their least. */
const nameWidth = 24;

/**
 * How wide each column is; null: it is left out. Which ones are does not depend on what is in them: they would come and go. The
 * widest give way first, the first one, which has the names, last.
 */
export function widthsOf(
  shapes: readonly Shape[],
  rows: readonly (readonly Cell[])[],
  columns: number,
): readonly (number | null)[] {
  const shown = shownWithin(shapes, columns);
  const room = columns - between * (shown.size - 1);
  const natural = shapes.map(({ title }, index) =>
    shown.has(index)
      ? Math.max(displayWidth(title) + 1, ...rows.map((row) => displayWidth(row[index]?.text ?? '')))
      : 0,
  );
  const least = natural.map((width, index) => Math.min(width, shapes[index]?.least ?? 0));
  const [name = 0, ...others] = least;
  least[0] = Math.max(name, Math.min(natural[0] ?? 0, nameWidth, room - sumOf(others)));
  let cap = Math.min(room, Math.max(...natural));
  const capped = (): number[] =>
    natural.map((width, index) => Math.max(Math.min(width, cap), least[index] ?? 0));
  while (cap > 1 && sumOf(capped()) > room) cap -= 1;
  return capped().map((width, index) => (shown.has(index) ? width : null));
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** Which columns there is room for; the first always. */
function shownWithin(shapes: readonly Shape[], columns: number): ReadonlySet<number> {
  const shown = new Set(shapes.keys());
  const needed = (): number =>
    sumOf([...shown].map((index) => (shapes[index]?.least ?? 0) + between)) - between;
  const inTurn = [...shapes.keys()].sort((a, b) => (shapes[b]?.rank ?? 0) - (shapes[a]?.rank ?? 0));
  for (const index of inTurn) if (shown.size > 1 && needed() > columns) shown.delete(index);
  return shown;
}

/** One row of a table; what is left at its end is not filled. */
export function rowLine(cells: readonly Cell[], widths: readonly (number | null)[], all?: Emphasis): Line {
  const shown = cells.flatMap(({ text, emphasis, keeping }, index) => {
    const width = widths[index] ?? null;
    return width === null ? [] : [part(padded(cut(text, width, keeping), width), all ?? emphasis)];
  });
  return shown.flatMap((each, index) => (index === 0 ? [each] : [part(' '.repeat(between)), each]));
}
