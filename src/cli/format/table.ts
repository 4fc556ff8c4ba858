import { safe } from './text.ts';
import type { Emphasis, Style } from './style.ts';

/** Text of one cell, from anywhere: it is made safe here. */
export type Cell = string | number | null | { readonly text: string; readonly emphasis: Emphasis };

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Rows under a heading: in a box on a terminal, plain aligned columns elsewhere. */
export async function table(
  style: Style,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const grid = new Table({
    head: head.map((text) => style.paint('bold', text)),
    style: {
      head: [],
      border: [],
      compact: true,
      ...(style.terminal ? {} : { 'padding-left': 0, 'padding-right': 0 }),
    },
    ...(style.terminal ? {} : { chars: borderless }),
  });
  for (const row of rows) grid.push(row.map((cell) => paintCell(style, cell)));
  return grid.toString().replace(/[ \t]+$/gm, '');
}

function paintCell(style: Style, cell: Cell): string {
  if (cell === null) return '-';
  if (typeof cell !== 'object') return safe(String(cell));
  return style.paint(cell.emphasis, safe(cell.text));
}
