/** What a benchmark finds out, and what was asked of it. */
export interface Figure {
  /** What was measured, for people; unique within its benchmark. */
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  /** Null where the figure is for information. */
  readonly target: Target | null;
}

/** `x`: a ratio of two figures of the same run. `/s`: per second. */
export type Unit = 'ms' | 'µs' | '/s' | 'x' | 'MB' | 'tokens';

export interface Target {
  readonly kind: 'atMost' | 'atLeast';
  readonly value: number;
}

export function atMost(value: number): Target {
  return { kind: 'atMost', value };
}

export function atLeast(value: number): Target {
  return { kind: 'atLeast', value };
}

export function figure(name: string, value: number, unit: Unit, target: Target | null = null): Figure {
  return { name, value, unit, target };
}

/** Null where nothing was asked. */
export function isMet({ value, target }: Figure): boolean | null {
  if (target === null) return null;
  return target.kind === 'atMost' ? value <= target.value : value >= target.value;
}
