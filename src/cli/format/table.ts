import { safe } from './text.ts';
import type { Emphasis, Style } from './style.ts';
import { displayWidth, shortened, wrap } from './width.ts';

/** Text of one cell, from anywhere: it is made safe here. */
export type Cell = string | number | null | { readonly text: string; readonly emphasis: Emphasis };

interface SafeCell {
  readonly text: string;
  readonly emphasis: Emphasis;
}

/**
 * Rows under a heading. On a terminal in a box that is no wider than the terminal: long cells are broken into lines, and
 * where even that does not fit, each row becomes a paragraph. Elsewhere plain aligned columns, with nothing left out.
 */
export function table(style: Style, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map(safeCell));
  const natural = head.map((title, index) =>
    Math.max(displayWidth(title), ...cells.map((row) => displayWidth(row[index]?.text ?? ''))),
  );
  if (style.columns === null) return plainTable(style, head, cells, natural);
  const widths = fittingWidths(head, natural, style.columns);
  return widths === null || cutsNames(cells, widths)
    ? paragraphs(style, head, cells, style.columns)
    : boxedTable(style, head, cells, widths);
}

function safeCell(cell: Cell): SafeCell {
  if (cell === null) return { text: '-', emphasis: 'plain' };
  if (typeof cell === 'object') return { text: safe(cell.text), emphasis: cell.emphasis };
  return { text: safe(String(cell)), emphasis: 'plain' };
}

const padded = (style: Style, { text, emphasis }: SafeCell, width: number): string =>
  style.paint(emphasis, text) + ' '.repeat(Math.max(0, width - displayWidth(text)));

const titleCell = (text: string): SafeCell => ({ text, emphasis: 'bold' });

function plainTable(
  style: Style,
  head: readonly string[],
  cells: readonly (readonly SafeCell[])[],
  widths: readonly number[],
): string {
  return [head.map(titleCell), ...cells]
    .map((row) => row.map((cell, index) => padded(style, cell, widths[index] ?? 0)).join('  '))
    .map((text) => text.replace(/ +$/, ''))
    .join('\n');
}

/** A column is not made narrower than this for a long cell: words would fall apart. */
const columnMin = 10;
/** Lines of one cell; what is longer ends in an ellipsis. */
const cellLinesMax = 4;

/** The widths with which a box has so many columns at most; the widest give way first. Null: it cannot be done. */
function fittingWidths(
  head: readonly string[],
  natural: readonly number[],
  columns: number,
): readonly number[] | null {
  const least = natural.map((width, index) =>
    Math.min(width, Math.max(displayWidth(head[index] ?? ''), columnMin)),
  );
  const sum = (widths: readonly number[]): number => widths.reduce((total, width) => total + width, 0);
  // Each cell has a blank on both sides and a border behind it.
  const room = columns - 3 * head.length - 1;
  if (sum(least) > room) return null;
  let cap = Math.max(...natural);
  const capped = (): number[] =>
    natural.map((width, index) => Math.max(Math.min(width, cap), least[index] ?? 0));
  while (sum(capped()) > room) cap -= 1;
  return capped();
}

/** Whether a row could not be told from another, its name being cut. */
function cutsNames(cells: readonly (readonly SafeCell[])[], widths: readonly number[]): boolean {
  return cells.some(([name]) => wrap(name?.text ?? '', widths[0] ?? 0).length > nameLinesMax);
}

/** A name in more pieces than that is hard to read. */
const nameLinesMax = 2;

function boxedTable(
  style: Style,
  head: readonly string[],
  cells: readonly (readonly SafeCell[])[],
  widths: readonly number[],
): string {
  const rule = (left: string, between: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(between)}${right}`;
  return [
    rule('┌', '┬', '┐'),
    ...boxedRow(style, head.map(titleCell), widths),
    rule('├', '┼', '┤'),
    ...cells.flatMap((row) => boxedRow(style, row, widths)),
    rule('└', '┴', '┘'),
  ].join('\n');
}

function boxedRow(style: Style, row: readonly SafeCell[], widths: readonly number[]): string[] {
  const broken = row.map(({ text }, index) => cellLines(text, widths[index] ?? 0));
  const height = Math.max(...broken.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => {
    const parts = row.map(({ emphasis }, index) =>
      padded(style, { text: broken[index]?.[at] ?? '', emphasis }, widths[index] ?? 0),
    );
    return `│ ${parts.join(' │ ')} │`;
  });
}

function cellLines(text: string, width: number, indent = ''): readonly string[] {
  const lines = wrap(text, width, indent);
  if (lines.length <= cellLinesMax) return lines;
  const last = lines.slice(cellLinesMax - 1).join(' ');
  return [...lines.slice(0, cellLinesMax - 1), shortened(last, width)];
}

/** A number alone is no name. */
const titled = (title: string, text: string): string =>
  /^\d+$/.test(text) ? `${title.toLowerCase()} ${text}` : text;

/** `alice`, and below it a line for each other cell that says something. */
function paragraphs(
  style: Style,
  head: readonly string[],
  cells: readonly (readonly SafeCell[])[],
  columns: number,
): string {
  const rowText = (row: readonly SafeCell[]): string =>
    row
      .flatMap(({ text, emphasis }, index) => {
        if (text === '') return [];
        if (index === 0)
          return wrap(titled(head[0] ?? '', text), columns, '    ').map((line) => style.paint('bold', line));
        const told = `${(head[index] ?? '').toLowerCase()}: ${text}`;
        const lines = cellLines(told, columns - 2, '  ');
        return lines.map((line) => `  ${style.paint(emphasis, line)}`);
      })
      .join('\n');
  return cells.map(rowText).join('\n');
}
