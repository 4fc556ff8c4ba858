import { parseResourceName, quote, type DurationMs, type ResourceName } from './ids.ts';
import { parsePattern, patternsMax } from './patterns.ts';

/**
 * What an operator may tune. Part of the state, changed only by the logged command `Configure`, so that a replay of the
 * log decides as the original did. Names, units, bounds and help for people live in `src/config`, which is checked
 * against {@link settingBounds}.
 */
export interface Settings {
  /** How many agents may hold locks at the same time, over the whole repository. */
  readonly maxConcurrentAgents: number;
  /** In how many scopes one agent may hold something. */
  readonly maxLocksPerAgent: number;
  /** How many files one agent may hold. */
  readonly maxFilesPerAgent: number;
  /** At how many resources one agent may hold a slot. */
  readonly maxResourcesPerAgent: number;
  /** What agents take turns at that is no folder, with how many may have it at once. */
  readonly resources: Readonly<Record<ResourceName, number>>;
  /** How many messages are kept that an agent has not read; then the oldest gives way. */
  readonly maxUnreadMessages: number;
  /** Patterns of files that anybody may write without a lock, at most {@link patternsMax}. */
  readonly freePaths: readonly string[];
  /** What is asked for by whoever names a file and no more: that file, or the whole scope that it is in. */
  readonly claimLevel: ClaimLevel;
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
  /** How long an agent is waited for once its process is seen to have ended. */
  readonly deadGraceMs: DurationMs;
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

export type ClaimLevel = 'file' | 'scope';

const ms = (value: number): DurationMs => value as DurationMs;

/** The proposal's defaults where it names them; the other defaults suit coding agents, whose turns last minutes. */
export const defaultSettings: Settings = {
  maxConcurrentAgents: 3,
  maxLocksPerAgent: 1,
  maxFilesPerAgent: 500,
  maxResourcesPerAgent: 4,
  resources: { ['@git' as ResourceName]: 1 },
  maxUnreadMessages: 10,
  freePaths: [],
  claimLevel: 'file',
  maxBlockMs: ms(300_000),
  lockTtlMs: ms(60_000),
  lockTtlMaxMs: ms(3_600_000),
  maxContendedHoldMs: ms(600_000),
  sessionTtlMs: ms(900_000),
  deadGraceMs: ms(5_000),
  maxDependencies: 256,
  maxScopeDepth: 64,
  dependencyChecking: true,
  maxRetries: 3,
  retryBackoffMs: ms(5_000),
};

type NumericSetting = Exclude<
  keyof Settings,
  'dependencyChecking' | 'resources' | 'freePaths' | 'claimLevel'
>;

/** Smallest and largest value of each numeric setting. */
export const settingBounds: {
  readonly [Key in NumericSetting]: readonly [min: number, max: number];
} = {
  maxConcurrentAgents: [1, 100_000],
  maxLocksPerAgent: [1, 1_000],
  maxFilesPerAgent: [1, 10_000],
  maxResourcesPerAgent: [1, 1_000],
  maxUnreadMessages: [1, 100],
  maxBlockMs: [1, 7 * 86_400_000],
  lockTtlMs: [1, 86_400_000],
  lockTtlMaxMs: [1, 7 * 86_400_000],
  maxContendedHoldMs: [1, 7 * 86_400_000],
  sessionTtlMs: [1, 7 * 86_400_000],
  deadGraceMs: [0, 7 * 86_400_000],
  maxDependencies: [0, 10_000],
  maxScopeDepth: [1, 10_000],
  maxRetries: [0, 1_000],
  retryBackoffMs: [0, 86_400_000],
};

/** Slots of one resource. */
export const resourceCapacityMax = 100;

/** Settings as an older version wrote them, which knew fewer. */
export function completeSettings(settings: Partial<Settings>): Settings {
  return { ...defaultSettings, ...settings };
}

export function sameSettings(a: Settings, b: Settings): boolean {
  return (Object.keys(a) as (keyof Settings)[]).every((field) => isSameSetting(a, b, field));
}

export function isSameSetting(a: Settings, b: Settings, field: keyof Settings): boolean {
  if (field === 'resources') return sameResources(a[field], b[field]);
  return field === 'freePaths' ? sameTexts(a[field], b[field]) : a[field] === b[field];
}

function sameResources(a: Settings['resources'], b: Settings['resources']): boolean {
  const names = Object.keys(a) as ResourceName[];
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);

/** Why these settings cannot be used together or at all; empty when they can. */
export function settingsProblems(settings: Settings): string[] {
  const problems: string[] = [];
  for (const [key, [min, max]] of Object.entries(settingBounds)) {
    const value = settings[key as keyof typeof settingBounds];
    if (!Number.isSafeInteger(value) || value < min || value > max)
      problems.push(`${key} is ${value}: it must be a whole number from ${min} to ${max}`);
  }
  for (const [name, capacity] of Object.entries(settings.resources)) {
    const parsed = parseResourceName(name);
    if (!parsed.ok) problems.push(parsed.problem);
    if (!Number.isSafeInteger(capacity) || capacity < 1 || capacity > resourceCapacityMax)
      problems.push(
        `the capacity of ${name} is ${capacity}: it must be a whole number from 1 to ${resourceCapacityMax}`,
      );
  }
  problems.push(...freeProblems(settings.freePaths));
  if (settings.lockTtlMs > settings.lockTtlMaxMs)
    problems.push(
      `lockTtlMs (${settings.lockTtlMs}) is above lockTtlMaxMs (${settings.lockTtlMaxMs}): raise the latter`,
    );
  return problems;
}

function freeProblems(patterns: readonly string[]): string[] {
  if (patterns.length > patternsMax)
    return [`freePaths has ${patterns.length} patterns: at most ${patternsMax}`];
  return patterns.flatMap((text) => {
    const parsed = parsePattern(text);
    return parsed.ok ? [] : [`the pattern ${quote(text)} of freePaths ${parsed.problem}`];
  });
}
