/** What the radar found last, for those who tell of it without looking themselves. */
import type { Clash, Look } from './look.ts';
import { isTexts, parsed } from './memory.ts';
import type { Side } from './sides.ts';

export interface LastLook {
  readonly atMs: number;
  /** By file; no more than are kept. */
  readonly clashes: readonly Clash[];
  /** How many more there were. */
  readonly more: number;
}

export const clashesKeptMax = 1_000;

export function lastText({ clashes }: Pick<Look, 'clashes'>, atMs: number): string {
  const kept = clashes.slice(0, clashesKeptMax);
  return JSON.stringify({ atMs, clashes: kept, more: clashes.length - kept.length });
}

/** What was found long ago may have come to nothing since. */
export const isFresh = ({ atMs }: LastLook, nowMs: number, forMs: number): boolean => nowMs - atMs <= forMs;

/** Null: there is none, or it is damaged. */
export function lastFrom(text: string | null): LastLook | null {
  const { atMs, clashes, more } = (parsed(text) ?? {}) as Partial<Record<keyof LastLook, unknown>>;
  if (typeof atMs !== 'number' || typeof more !== 'number' || !Array.isArray(clashes)) return null;
  return clashes.every(isClash) ? { atMs, clashes, more } : null;
}

function isClash(value: unknown): value is Clash {
  const { file, kinds, between } = (value ?? {}) as Partial<Record<keyof Clash, unknown>>;
  return (
    typeof file === 'string' &&
    isTexts(kinds) &&
    Array.isArray(between) &&
    between.length === 2 &&
    between.every(isSide)
  );
}

function isSide(value: unknown): value is Side {
  const { name, tree, branch, head } = (value ?? {}) as Partial<Record<keyof Side, unknown>>;
  const isName = (one: unknown): boolean => one === null || typeof one === 'string';
  return typeof name === 'string' && isName(tree) && isName(branch) && typeof head === 'string';
}

/** How many files clash, and between which sides; the sides that clash most come first. */
export function inShort({ clashes }: Pick<LastLook, 'clashes'>): {
  readonly files: number;
  readonly between: readonly (readonly [string, string])[];
} {
  const counts = new Map<string, { readonly names: readonly [string, string]; count: number }>();
  for (const { between } of clashes) {
    const names = [between[0].name, between[1].name] as const;
    const found = counts.get(names.join('\0')) ?? { names, count: 0 };
    found.count += 1;
    counts.set(names.join('\0'), found);
  }
  const between = [...counts.values()].toSorted((a, b) => b.count - a.count).map(({ names }) => names);
  return { files: new Set(clashes.map(({ file }) => file)).size, between };
}
