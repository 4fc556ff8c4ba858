/** The recorded results of the comparison: one row of a table for each model, replaced when it is compared again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatted } from '../support/formatted.ts';
import type { FullComparison } from './conform.ts';
import { modelsFolder } from './slice.ts';

const path = join(modelsFolder, 'CONFORMANCE.md');

const intro = `# The comparison of the core with the specification

The labelled state graph of the shipped core beside the one that TLC computes, for every model; see [test/spec](../../test/spec/README.md).
Written by \`npm run spec:conform\`. "core" is the time to explore the core with all invariants and to look for states that are wrongly
taken for the same; "TLC" that of TLC 2.18 with one worker, or "-" when only its committed summary was compared. The times
come from busy machines and are no measurements.`;

const titles = ['model', 'states', 'edges', 'depth', 'core', 'TLC', 'differences', 'date'];

/** Writes the row of a model; the others stay as they are. */
export async function record(model: string, comparison: FullComparison, date: string): Promise<void> {
  const rows = readRows().set(model, rowOf(model, comparison, date));
  const ordered = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const table = [titles, titles.map(() => '---'), ...ordered].map((cells) => `| ${cells.join(' | ')} |`);
  const text = `${intro}\n\n${table.join('\n')}\n`;
  writeFileSync(path, await formatted(path, text));
}

function rowOf(
  model: string,
  { graph, differences, coreMs, tlcMs }: FullComparison,
  date: string,
): readonly string[] {
  const counts = [graph.states, graph.edges, graph.depth].map(String);
  return [model, ...counts, seconds(coreMs), seconds(tlcMs), String(differences.length), date];
}

const seconds = (ms: number | null): string => (ms === null ? '-' : `${Math.ceil(ms / 1_000)} s`);

/** By model. */
function readRows(): Map<string, readonly string[]> {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(rows.map((cells) => [cells[0] ?? '', cells]));
}
