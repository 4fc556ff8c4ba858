/** The small words of the machine: what commands, events and the state all name. */

export const agentStatuses = ['idle', 'working', 'blocked', 'completed'] as const;
export type AgentStatus = (typeof agentStatuses)[number];
export type Presence = 'present' | 'lost';

/** What an agent says about itself; for people, never for decisions. */
export type AgentMetadata = Readonly<Record<string, string | number | boolean>>;

export const syncStatuses = ['idle', 'syncing', 'completed', 'failed'] as const;
export type SyncStatus = (typeof syncStatuses)[number];

/** Log time = monotonic time of this host and boot + offset. */
export interface ClockAnchor {
  readonly host: string;
  readonly boot: string;
  readonly offsetMs: number;
}
