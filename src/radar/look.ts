/**
 * Each two sides are merged, for trial, as they are now. Not those that cannot clash: two with the same content, one that the other
 * contains, and two without a common history, which nobody merges. What was merged before is remembered.
 */
import { keyOf, type PairMemory } from './memory.ts';
import type { Conflict, Pair, Present, RadarGit, Side, Unread } from './sides.ts';

export interface Clash extends Conflict {
  readonly between: readonly [Side, Side];
}

export interface Look {
  readonly sides: readonly Side[];
  /** By file. */
  readonly clashes: readonly Clash[];
  readonly unread: readonly Unread[];
  /** Two that Git could not merge. */
  readonly unmerged: readonly Unmerged[];
  readonly leftOut: readonly LeftOut[];
  /** Pairs that were merged now, and those of which it was known. */
  readonly merged: number;
  readonly remembered: number;
}

export interface Unmerged {
  readonly between: readonly [Side, Side];
  readonly why: string;
}

export interface LeftOut {
  readonly side: Side;
  readonly files: readonly string[];
}

/** Pairs that are known are merged no more; what is found is kept in the memory. */
export async function look(git: RadarGit, memory: PairMemory): Promise<Look> {
  const found = await git.presents();
  const presents = found.filter((one) => one.ok);
  const wanted = await questions(git, presents);
  const known = wanted.map(({ key }) => memory.recall(key));
  const open = wanted.filter((_, at) => known[at] === null);
  const merged = await git.merge(open.map(({ pair }) => pair));
  const clashes = wanted.flatMap(({ pair }, at) => clashesOf(pair, known[at] ?? []));
  const unmerged: Unmerged[] = [];
  for (const [at, { pair, key }] of open.entries()) {
    const answer = merged[at];
    if (answer?.ok === true) {
      memory.keep(key, answer.conflicts);
      clashes.push(...clashesOf(pair, answer.conflicts));
    } else unmerged.push({ between: sidesOf(pair), why: answer?.why ?? 'Git has not answered' });
  }
  return {
    sides: git.sides,
    clashes: clashes.toSorted(byFile),
    unread: found.filter((one) => !one.ok),
    unmerged,
    leftOut: presents.flatMap(({ side, leftOut: files }) => (files.length === 0 ? [] : [{ side, files }])),
    merged: open.length,
    remembered: wanted.length - open.length,
  };
}

interface Question {
  readonly pair: Pair;
  readonly key: string;
}

async function questions(git: RadarGit, presents: readonly Present[]): Promise<readonly Question[]> {
  const pairs = presents
    .flatMap((left, at) => presents.slice(at + 1).map((right): Pair => [left, right]))
    .filter(([left, right]) => left.content !== right.content);
  const bases = await git.bases(pairs);
  return pairs.flatMap((pair, at) => {
    const of = bases[at] ?? [];
    const isContained = pair.some(({ commit }) => of.includes(commit));
    return of.length === 0 || isContained ? [] : [{ pair, key: keyOf(pair, of, git.rules) }];
  });
}

const sidesOf = ([left, right]: Pair): readonly [Side, Side] => [left.side, right.side];

const clashesOf = (pair: Pair, conflicts: readonly Conflict[]): Clash[] =>
  conflicts.map((conflict) => ({ ...conflict, between: sidesOf(pair) }));

const byFile = (a: Clash, b: Clash): number =>
  compared(a.file, b.file) ||
  compared(a.between[0].name, b.between[0].name) ||
  compared(a.between[1].name, b.between[1].name);

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
