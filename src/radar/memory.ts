/** What came of merges before: of the same two contents with the same bases the same comes again. */
import type { Conflict, Pair } from './sides.ts';

export const pairsMax = 2_000;
/** Of one pair; of more it is looked again. */
export const conflictsMax = 500;

export class PairMemory {
  /** The one used longest ago first. */
  readonly #pairs: Map<string, readonly Conflict[]>;

  constructor(pairs: Iterable<readonly [string, readonly Conflict[]]> = []) {
    this.#pairs = new Map(pairs);
  }

  recall(key: string): readonly Conflict[] | null {
    const conflicts = this.#pairs.get(key);
    if (conflicts === undefined) return null;
    this.#pairs.delete(key);
    this.#pairs.set(key, conflicts);
    return conflicts;
  }

  keep(key: string, conflicts: readonly Conflict[]): void {
    if (conflicts.length > conflictsMax) return;
    this.#pairs.set(key, conflicts);
    for (const oldest of this.#pairs.keys()) {
      if (this.#pairs.size <= pairsMax) return;
      this.#pairs.delete(oldest);
    }
  }

  text(): string {
    return JSON.stringify([...this.#pairs]);
  }
}

/** A memory that is damaged is as good as none. */
export function memoryFrom(text: string | null): PairMemory {
  const value = parsed(text);
  return new PairMemory(Array.isArray(value) ? value.filter(isKept).slice(-pairsMax) : []);
}

export function keyOf([left, right]: Pair, bases: readonly string[], rules: string): string {
  return `${left.content} ${right.content} ${bases.join(',')} ${rules}`;
}

export function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function isKept(value: unknown): value is readonly [string, readonly Conflict[]] {
  if (!Array.isArray(value)) return false;
  const [key, conflicts]: readonly unknown[] = value;
  return typeof key === 'string' && Array.isArray(conflicts) && conflicts.every(isConflict);
}

function isConflict(value: unknown): value is Conflict {
  const { file, kinds } = (value ?? {}) as Partial<Record<keyof Conflict, unknown>>;
  return typeof file === 'string' && isTexts(kinds);
}

export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
