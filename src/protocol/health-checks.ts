/** What a server is asked for to know whether it can be worked with. */
export const healthChecks = [
  /** A file can be written where the log is. */
  'log',
  /** The coordinator decides, and its agents are as they must be. */
  'agent_coordination',
  'lock_consistency',
  'sync_status',
  /** Every invariant of the machine. */
  'safety_invariants',
] as const;

export type HealthCheck = (typeof healthChecks)[number];
export type Checks = Readonly<Record<HealthCheck, boolean>>;
