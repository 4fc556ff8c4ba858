import {
  defaultSettings,
  parseScopePath,
  type DurationMs,
  type FilePath,
  type ResourceName,
  type ScopePath,
  type Settings,
} from '../src/core/index.ts';
import type { InvariantChecks } from '../src/service/index.ts';
import type { FaultRates } from '../src/store/faulty/index.ts';
import type { Random } from './random.ts';

/** What one run is made of, drawn from its seed. Runs differ in kind, not only in luck. */
export interface Profile {
  readonly agents: number;
  readonly scopes: readonly ScopePath[];
  /** Scopes inside those, which come and go: with one, files come to be in another scope. */
  readonly inner: readonly ScopePath[];
  /** With the most slots that they have in the settings. */
  readonly resources: readonly ResourceName[];
  readonly settings: Settings;
  readonly storeFaults: FaultRates;
  readonly network: NetworkFaults;
  /**
   * A second owner of the same log beside the first, or none: on the same host, in a container of the same machine (another
   * name, the same clock), or on another machine.
   */
  readonly second: 'none' | 'sameHost' | 'sameClock' | 'otherHost';
  /** Mean time between two deaths of an owner, in milliseconds. */
  readonly ownerDiesEveryMs: number;
  /** Mean time between two moments from which an owner stands still for a while, in milliseconds. */
  readonly ownerFreezesEveryMs: number;
  /** Mean time between two jumps of an owner's clock, in milliseconds. */
  readonly clockJumpsEveryMs: number;
  /** Mean time between two moments from which the disk has no room or is not there for a while, in milliseconds. */
  readonly diskTroubleEveryMs: number;
  /** How long an owner tries to write, in milliseconds. */
  readonly commitPatienceMs: number;
  readonly snapshotEveryEntries: number;
  readonly horizonMs: number | null;
  readonly checkInvariants: InvariantChecks;
}

export interface NetworkFaults {
  readonly requestLost: number;
  readonly replyLost: number;
  /** Share of requests that arrive twice. */
  readonly repeated: number;
  /** Share of requests of which a copy arrives long after the answer. */
  readonly repeatedLate: number;
  readonly delayMaxMs: number;
}

const ms = (value: number): DurationMs => value as DurationMs;

export function drawProfile(random: Random): Profile {
  const scopes = Array.from({ length: random.between(2, 5) }, (_, index) => scopeAt(index));
  const settings = drawSettings(random);
  return {
    agents: random.between(3, 7),
    scopes,
    inner: random.some(scopes, random.between(1, 2)).map(innerOf),
    resources: Object.keys(settings.resources) as ResourceName[],
    settings,
    storeFaults: drawStoreFaults(random),
    network: drawNetworkFaults(random),
    second: random.weighted({ none: 5, sameHost: 3, sameClock: 1, otherHost: 1 }),
    ownerDiesEveryMs: random.between(5_000, 60_000),
    ownerFreezesEveryMs: random.between(5_000, 60_000),
    clockJumpsEveryMs: random.between(5_000, 60_000),
    diskTroubleEveryMs: random.between(10_000, 60_000),
    commitPatienceMs: 2_000,
    snapshotEveryEntries: random.between(10, 200),
    horizonMs: random.happens(0.3) ? random.between(5_000, 30_000) : null,
    checkInvariants: random.happens(0.5) ? 'always' : 'never',
  };
}

/** Names such that a scope may depend on those before it. */
export function scopeAt(index: number): ScopePath {
  const parsed = parseScopePath(`scope-${index}`);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

const innerOf = (scope: ScopePath): ScopePath => `${scope}/lib` as ScopePath;

/** One that is always in its scope, one that may be in the inner one, and one whose path may become that of the inner one. */
export const filesOf = (scope: ScopePath): FilePath[] =>
  ['a', 'lib', 'lib/b'].map((name) => `${scope}/${name}` as FilePath);

function drawSettings(random: Random): Settings {
  return {
    ...defaultSettings,
    maxConcurrentAgents: random.between(1, 4),
    maxLocksPerAgent: random.between(1, 3),
    maxFilesPerAgent: random.between(3, 5),
    maxResourcesPerAgent: random.between(1, 2),
    resources: { ['@git' as ResourceName]: 1, ['@port' as ResourceName]: random.between(2, 3) },
    maxUnreadMessages: random.between(1, 6),
    lockTtlMs: ms(random.between(1_000, 8_000)),
    lockTtlMaxMs: ms(20_000),
    sessionTtlMs: ms(random.between(4_000, 30_000)),
    maxBlockMs: ms(random.between(5_000, 30_000)),
    maxContendedHoldMs: ms(random.between(2_000, 20_000)),
    maxRetries: random.between(0, 2),
    retryBackoffMs: ms(500),
  };
}

function drawStoreFaults(random: Random): FaultRates {
  const share = (most: number): number => (random.happens(0.5) ? random.next() * most : 0);
  return {
    failed: share(0.1),
    requestLost: share(0.1),
    answerLost: share(0.1),
    delayed: share(0.6),
    delayMaxMs: random.between(1, 400),
  };
}

function drawNetworkFaults(random: Random): NetworkFaults {
  const share = (most: number): number => (random.happens(0.6) ? random.next() * most : 0);
  return {
    requestLost: share(0.1),
    replyLost: share(0.1),
    repeated: share(0.15),
    repeatedLate: share(0.1),
    delayMaxMs: random.between(0, 50),
  };
}
