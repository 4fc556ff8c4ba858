/** What is shown of all runs. */
import type { Outcome } from './experiment.ts';
import type { Way } from './ground.ts';

const rows: readonly (readonly [string, keyof Outcome])[] = [
  ['lines written to stay', 'written'],
  ['lost: in no commit, nor in the tree', 'lost'],
  ['overwritten: in a commit, gone from the tree', 'overwritten'],
  ["files swept into another agent's commit", 'swept'],
  ['commits', 'commits'],
  ['commits that failed', 'failedCommits'],
  ['acts refused', 'refusals'],
  ['waits for a turn', 'waits'],
  ['seconds', 'seconds'],
];

/** A table in Markdown, of sums over the runs. */
export function comparison(outcomes: ReadonlyMap<Way, Outcome>): string {
  const lines = [
    ['', ...outcomes.keys()],
    ['---', ...[...outcomes.keys()].map(() => '---')],
    ...rows.map(([title, key]) => [title, ...[...outcomes.values()].map((one) => one[key].toFixed(0))]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function summed(outcomes: readonly Outcome[]): Outcome {
  const sum = (key: keyof Outcome): number => outcomes.reduce((total, one) => total + one[key], 0);
  return Object.fromEntries(rows.map(([, key]) => [key, sum(key)])) as Record<keyof Outcome, number>;
}

/** Why the experiment proves nothing, or proves the contrary; null: it shows what it should. */
export function verdict(outcomes: ReadonlyMap<Way, Outcome>): string | null {
  const [without, hooks] = [outcomes.get('without'), outcomes.get('hooks')];
  if (without?.lost === 0) return 'nothing was lost without rhema: that proves nothing';
  if (hooks !== undefined && hooks.lost + hooks.overwritten + hooks.swept > 0)
    return 'with hooks something was lost, overwritten or swept';
  return null;
}
