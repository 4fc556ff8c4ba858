import type { Emphasis, Line } from './line.ts';

const csi = '\u001b[';

/** A screen of its own, no cursor, and no line that goes on below where a terminal takes a letter for wider than we do. */
export const entering = `${csi}?1049h${csi}?25l${csi}?7l${csi}2J`;
export const leaving = `${csi}0m${csi}?7h${csi}?25h${csi}?1049l`;

/** Terminals that know this show all of it at once; the others do not heed it. */
const begin = `${csi}?2026h`;
const end = `${csi}?2026l`;

export type Paint = (emphasis: Emphasis, text: string) => string;

/** As it is written. */
export const painted = (lines: readonly Line[], paint: Paint): readonly string[] =>
  lines.map((line) =>
    line
      .map(({ text, emphasis }) => paint(emphasis, text))
      .join('')
      .trimEnd(),
  );

/** What makes one screen of another: the lines that differ. `before` null: nothing is known of it. Empty: they are the same. */
export function changes(before: readonly string[] | null, now: readonly string[]): string {
  const written = now.flatMap((line, index) =>
    before !== null && before[index] === line ? [] : [`${csi}${index + 1};1H${csi}2K${line}`],
  );
  if (before !== null && written.length === 0) return '';
  return `${begin}${before === null ? `${csi}2J` : ''}${written.join('')}${end}`;
}
