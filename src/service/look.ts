import type { State, TimeMs } from '../core/index.ts';

/** A view of the state between two batches. */
export type Look = <T>(view: (state: State, nowMs: TimeMs) => T) => Promise<T>;
