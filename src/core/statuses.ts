/** The small words of the machine: what commands, events and the state all name. */

export const agentStatuses = ['idle', 'working', 'blocked', 'completed'] as const;
export type AgentStatus = (typeof agentStatuses)[number];
export type Presence = 'present' | 'lost';

/** What an agent says about itself; for people, never for decisions. */
export type AgentMetadata = Readonly<Record<string, string | number | boolean>>;

/** A process, told apart from every other one that had or will have its number. For the owner of the log, never for decisions. */
export interface AgentProcess {
  readonly pid: number;
  /** When it started, in the words of its system. */
  readonly start: string;
  /** Where number and start mean something. */
  readonly namespace: string;
  /** For how long what it has started may work on after its end, in milliseconds. Left out: not at all. */
  readonly lingersMs?: number;
}

export const syncStatuses = ['idle', 'syncing', 'completed', 'failed'] as const;
export type SyncStatus = (typeof syncStatuses)[number];

/** Log time = monotonic time of this host and boot + offset. */
export interface ClockAnchor {
  readonly host: string;
  readonly boot: string;
  readonly offsetMs: number;
}
