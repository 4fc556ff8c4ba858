/** The core together with what surrounds it in the specification: the time, and the processes behind the agents. */
import type { AgentId, State } from '../../src/core/index.ts';

/** One unit of abstract time, the smallest there is: what ends one unit early or late is a step of another graph. */
export const unitMs = 1;

export interface World {
  readonly state: State;
  /** The present time; the state's own is that of its last revision. */
  readonly nowMs: number;
  /** How long a unit of abstract time is. */
  readonly unitMs: number;
  /** By agent. */
  readonly clients: Readonly<Record<AgentId, Client>>;
}

/** Up (has a session and is heard), cut off (has one and is not heard), down (has none). */
export type Client = 'u' | 'c' | 'd';
