import type { DurationMs } from './ids.ts';

/**
 * What an operator may tune. Part of the state, changed only by the logged command `Configure`, so that a replay of the
 * log decides as the original did. Names, units, bounds and help for people live in `src/config`, which is checked
 * against {@link settingBounds}.
 */
export interface Settings {
  /** How many agents may hold locks at the same time, over the whole repository. */
  readonly maxConcurrentAgents: number;
  /** How many locks one agent may hold. 1 makes deadlock impossible. */
  readonly maxLocksPerAgent: number;
  /** An agent blocked for longer becomes idle: its wait ends, or it loses the locks it cannot use. */
  readonly maxBlockMs: DurationMs;
  /** Lease of a lock unless the caller asks for another. */
  readonly lockTtlMs: DurationMs;
  /** The longest lease a caller may ask for. */
  readonly lockTtlMaxMs: DurationMs;
  /** How far renewals reach once somebody waits for the lock; a deadline that was promised before is kept. */
  readonly maxContendedHoldMs: DurationMs;
  /** An agent that is silent for longer is lost. */
  readonly sessionTtlMs: DurationMs;
  /** Dependencies of one scope. */
  readonly maxDependencies: number;
  /** Longest chain of dependencies, counted in edges. */
  readonly maxScopeDepth: number;
  /** Whether a sync starts only when every dependency is completed. */
  readonly dependencyChecking: boolean;
  /** How often one failed sync may be started anew, by whoever asks for it; renewed by a change below it. */
  readonly maxRetries: number;
  /** Pause before the first retry; it doubles with each further one. */
  readonly retryBackoffMs: DurationMs;
}

const ms = (value: number): DurationMs => value as DurationMs;

/** The proposal's defaults where it names them; the other defaults suit coding agents, whose turns last minutes. */
export const defaultSettings: Settings = {
  maxConcurrentAgents: 3,
  maxLocksPerAgent: 1,
  maxBlockMs: ms(300_000),
  lockTtlMs: ms(60_000),
  lockTtlMaxMs: ms(3_600_000),
  maxContendedHoldMs: ms(600_000),
  sessionTtlMs: ms(900_000),
  maxDependencies: 256,
  maxScopeDepth: 64,
  dependencyChecking: true,
  maxRetries: 3,
  retryBackoffMs: ms(5_000),
};

/** Smallest and largest value of each numeric setting. */
export const settingBounds: {
  readonly [Key in Exclude<keyof Settings, 'dependencyChecking'>]: readonly [min: number, max: number];
} = {
  maxConcurrentAgents: [1, 100_000],
  maxLocksPerAgent: [1, 1_000],
  maxBlockMs: [1, 7 * 86_400_000],
  lockTtlMs: [1, 86_400_000],
  lockTtlMaxMs: [1, 7 * 86_400_000],
  maxContendedHoldMs: [1, 7 * 86_400_000],
  sessionTtlMs: [1, 7 * 86_400_000],
  maxDependencies: [0, 10_000],
  maxScopeDepth: [1, 10_000],
  maxRetries: [0, 1_000],
  retryBackoffMs: [0, 86_400_000],
};

/** Why these settings cannot be used together or at all; empty when they can. */
export function settingsProblems(settings: Settings): string[] {
  const problems: string[] = [];
  for (const [key, [min, max]] of Object.entries(settingBounds)) {
    const value = settings[key as keyof typeof settingBounds];
    if (!Number.isSafeInteger(value) || value < min || value > max)
      problems.push(`${key} is ${value}: it must be a whole number from ${min} to ${max}`);
  }
  if (settings.lockTtlMs > settings.lockTtlMaxMs)
    problems.push(
      `lockTtlMs (${settings.lockTtlMs}) is above lockTtlMaxMs (${settings.lockTtlMaxMs}): raise the latter`,
    );
  return problems;
}
