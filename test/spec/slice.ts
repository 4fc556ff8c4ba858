/** What one model of the specification looks at: `spec/models/README.md` says the same for the TLA+ side. */
import type { AgentId, ScopePath } from '../../src/core/index.ts';
import type { Act } from './alphabet.ts';

/** One unit of abstract time. */
export const unitMs = 1_000;

export interface Slice {
  readonly name: string;
  /** One line for readers. */
  readonly covers: string;
  readonly agents: readonly AgentId[];
  readonly scopes: readonly ScopePath[];
  readonly bounds: Bounds;
  readonly units: Units;
  /** Whether processes crash and are cut off; otherwise every client is up for ever. */
  readonly hasFaults: boolean;
  /** Whether `Configure` is among the commands; part 8 then shows the places. */
  readonly isConfigurable: boolean;
  /** What happens before the exploration starts. */
  readonly prelude: readonly Act[];
  readonly alphabet: readonly Act[];
}

export interface Bounds {
  readonly maxConcurrentAgents: number;
  readonly maxLocksPerAgent: number;
  readonly maxDependencies: number;
  readonly maxScopeDepth: number;
  readonly maxRetries: number;
  readonly dependencyChecking: boolean;
}

/** Lengths of time in units; 0: the clock is off. A back-off of 0 is no pause. */
export interface Units {
  readonly lockTtl: number;
  readonly sessionTtl: number;
  readonly maxBlock: number;
  readonly maxHold: number;
  readonly waitFor: number;
  readonly backoff: number;
}
