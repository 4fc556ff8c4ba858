import type { Observer } from '../observe/index.ts';
import type { HealthAnswer } from '../protocol/index.ts';
import type { LogStore } from '../store/index.ts';
import { type Clock, type Timers, systemChance, type Chance } from '../time/index.ts';
import type { KeepEvidence } from './evidence.ts';
import type { HostIdentity } from './host.ts';
import type { SnapshotPolicy } from './snapshots.ts';
import type { Witness } from './witness.ts';
import type { WriterLimits } from './writer.ts';

/** What the service stands on. The store stays the opener's: it is closed by whoever opened it. */
export interface ServicePorts {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly host: HostIdentity;
  /** None unless given. */
  readonly witness?: Witness;
  readonly options?: Partial<ServiceOptions>;
}

/** What the process around the service knows of itself; told in `health`. */
export type About = Pick<
  HealthAnswer,
  'pid' | 'version' | 'mode' | 'storeEngine' | 'storePath' | 'socket' | 'connections' | 'url'
>;

export interface ServiceOptions extends WriterLimits, SnapshotPolicy {
  /** Whether to look for what others appended while somebody waits here. */
  readonly follow: boolean;
  readonly chance: Chance;
  readonly observer: Observer;
  /** By which it is measured how long something takes: finer than the clock, and for the observer alone. */
  readonly stopwatchMs: () => number;
  readonly about: () => About;
  /** Keeps what shows how a state came about that must not exist. */
  readonly keepEvidence: KeepEvidence;
}

export function completeOptions({ store, options }: ServicePorts): ServiceOptions {
  return {
    batchCommandsMax: 512,
    queuedCommandsMax: 65_536,
    commitPatienceMs: 10_000,
    checkInvariants: 'sampled',
    snapshotEveryEntries: 10_000,
    horizonMs: null,
    follow: store.capabilities.shared,
    chance: systemChance,
    observer: unobserved,
    stopwatchMs: () => performance.now(),
    about: aboutDirect,
    keepEvidence: () => null,
    ...options,
  };
}

/** Told of everything, and does nothing. */
export const unobserved: Observer = {
  trouble: () => undefined,
  committed: () => undefined,
  began: () => undefined,
  entered: () => undefined,
  answered: () => undefined,
  told: () => undefined,
};

function aboutDirect(): About {
  return {
    pid: process.pid,
    version: '',
    mode: 'direct',
    storeEngine: '',
    storePath: null,
    socket: null,
    connections: 0,
  };
}
