import { isDeepStrictEqual } from 'node:util';
import { draftOf, otherKeysOf, type Draft } from './draft.ts';
import type { ContextKind } from './kinds.ts';

/** What became of an entry, or of a key at the top under which no entries stand, between two versions. */
export interface Difference {
  /** The entry; null for a key at the top. */
  readonly id: string | null;
  readonly change: 'added' | 'removed' | 'changed';
  /** Keys of the entry that were changed; the key at the top. */
  readonly keys: readonly string[];
}

/** Null where it cannot be told entry by entry. Empty where both say the same, in whatever layout. */
export function differences(kind: ContextKind, before: string, after: string): readonly Difference[] | null {
  const [from, to] = [draftOf(kind, before), draftOf(kind, after)];
  if (typeof from === 'string' || typeof to === 'string') return null;
  const ids = new Set([...from.entries, ...to.entries].map(({ id }) => id ?? ''));
  return [
    ...[...ids].flatMap((id) => entryDifference(from, to, id)),
    ...[...otherKeysOf(from, to)]
      .filter((key) => !isDeepStrictEqual(from.value[key], to.value[key]))
      .map((key) => ({ id: null, change: changeOf(from.value[key], to.value[key]), keys: [key] })),
  ];
}

function entryDifference(from: Draft, to: Draft, id: string): readonly Difference[] {
  const [before, after] = [from, to].map((draft) => saidOf(draft, id));
  if (isDeepStrictEqual(before, after)) return [];
  const change = changeOf(before, after);
  return [{ id, change, keys: change === 'changed' ? keysChanged(before, after) : [] }];
}

function saidOf(draft: Draft, id: string): unknown {
  const entry = draft.find(id);
  return entry === null ? undefined : draft.valueOf(entry);
}

function changeOf(before: unknown, after: unknown): Difference['change'] {
  return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
}

function keysChanged(before: unknown, after: unknown): readonly string[] {
  const [from, to] = [before, after].map((value) =>
    typeof value === 'object' && value !== null ? value : {},
  );
  const keys = new Set([...Object.keys(from ?? {}), ...Object.keys(to ?? {})]);
  const at = (value: object | undefined, key: string): unknown => (value as Record<string, unknown>)[key];
  return [...keys].filter((key) => !isDeepStrictEqual(at(from, key), at(to, key)));
}
