import type { Entry, State } from '../core/index.ts';
import type {
  AnsweredCommand,
  AnsweredQuestion,
  Commit,
  Figures,
  Observer,
  Problem,
} from '../observe/index.ts';
import { healthChecks, type Checks } from '../protocol/index.ts';
import type { Cancel, Time } from '../time/index.ts';
import { watchLoop } from './event-loop.ts';
import { Instruments } from './instruments.ts';
import { LogFold } from './log-fold.ts';
import { allSeries, type KnownNames } from './series.ts';

/** What is asked whenever somebody looks. */
export interface Sources {
  figures(): Promise<Figures>;
  health(): Promise<Health>;
  checks(): Promise<Checks>;
  /** Size of the log's files. */
  logBytes(): number;
  /** Streams of events that are open over HTTP. */
  streams(): number;
}

interface Health {
  readonly ok: boolean;
  readonly firstRevision: number;
  readonly connections: number;
}

/** What the system says of this process. */
export interface ProcessFacts {
  readonly startedAtMs: number;
  memoryBytes(): number;
  cpuSeconds(): number;
}

export interface AnsweredRequest {
  readonly method: string;
  /** As a pattern. */
  readonly route: string;
  readonly status: number;
  readonly tookMs: number;
}

export interface Page {
  readonly type: string;
  readonly text: string;
}

/** A log that cannot be written is not waited for: that is when somebody looks. */
const patienceMs = 2_000;

/** Counts what it is told, and shows it in the words of Prometheus. */
export class Metrics implements Observer {
  readonly #instruments: Instruments;
  readonly #fold: LogFold;
  readonly #time: Time;
  readonly #facts: ProcessFacts;

  constructor(names: KnownNames, time: Time, facts: ProcessFacts) {
    this.#instruments = new Instruments(allSeries(names));
    this.#fold = new LogFold(this.#instruments);
    this.#time = time;
    this.#facts = facts;
    this.#instruments.set('build', 1, { version: names.version });
    this.#instruments.set('startTime', facts.startedAtMs / 1_000);
  }

  /** Measures how late this process is, until it is told to stop. */
  watchLoop(): Cancel {
    return watchLoop(this.#time, (lateMs) => this.#instruments.observe('loopLag', lateMs / 1_000));
  }

  trouble({ kind }: Problem): void {
    this.#instruments.count('troubles', { kind });
  }

  committed({ entries, tookMs }: Commit): void {
    this.#instruments.observe('appends', tookMs / 1_000);
    this.#instruments.observe('batches', entries);
  }

  began(state: State): void {
    this.#fold.begin(state);
  }

  entered(entries: readonly Entry[]): void {
    this.#fold.add(entries);
  }

  answered({ kind, outcome, code, tookMs }: AnsweredCommand): void {
    const to = this.#instruments;
    to.count('commands', { kind, outcome });
    to.observe('commandTimes', tookMs / 1_000, { kind });
    if (code === null) return;
    to.count('refusals', { code });
    if (kind === 'AcquireLock') to.count('lockRefusals', { code });
    if (code === 'STALE_FENCING_TOKEN') to.count('fencingRefusals', { by: 'command' });
    if (code === 'CONTEXT_CONFLICT') to.count('contextConflicts');
  }

  told({ kind, tookMs, verdicts, refusesToken }: AnsweredQuestion): void {
    const to = this.#instruments;
    to.observe('queryTimes', tookMs / 1_000, { kind });
    if (refusesToken) to.count('fencingRefusals', { by: 'token' });
    for (const verdict of verdicts) {
      to.count('verdicts', { verdict });
      if (verdict === 'STALE_FENCING_TOKEN') to.count('fencingRefusals', { by: 'guard' });
    }
  }

  requestAnswered({ method, route, status, tookMs }: AnsweredRequest): void {
    this.#instruments.count('requests', { method, route, status: String(status) });
    this.#instruments.observe('requestTimes', tookMs / 1_000, { route });
  }

  /** `end`: `delivered`, `failed`, or `switchedOff` with it. */
  webhookTried(end: string): void {
    this.#instruments.count('webhookTries', { end });
  }

  /** Where the log does not answer, what it said last is shown again, and that it is not ready. */
  async page(sources: Sources): Promise<Page> {
    const to = this.#instruments;
    const { ok, firstRevision, connections } = await sources.health();
    const checks = await inTime(sources.checks(), this.#time);
    for (const check of healthChecks) to.set('health', checks?.[check] === true ? 1 : 0, { check });
    const figures = await inTime(sources.figures(), this.#time);
    to.set('ready', ok && figures !== null ? 1 : 0);
    to.set('firstRevision', firstRevision);
    to.set('socketConnections', connections);
    to.set('bytes', sources.logBytes());
    to.set('streams', sources.streams());
    to.set('memory', this.#facts.memoryBytes());
    to.countTo('cpu', this.#facts.cpuSeconds());
    if (figures !== null) this.#show(figures);
    return { type: to.contentType, text: await to.text() };
  }

  #show({ revision, agents, locks, queueLength, scopes, syncs, openViolations, watchers }: Figures): void {
    const to = this.#instruments;
    to.set('revision', revision);
    to.set('queueLength', queueLength);
    to.set('scopes', scopes);
    to.set('watchers', watchers);
    for (const [presence, byStatus] of Object.entries(agents))
      for (const [status, count] of Object.entries(byStatus)) to.set('agents', count, { presence, status });
    for (const [kind, count] of Object.entries(locks)) to.set('locks', count, { kind });
    for (const [status, count] of Object.entries(syncs)) to.set('syncs', count, { status });
    for (const [type, count] of Object.entries(openViolations)) to.set('openViolations', count, { type });
  }
}

/** Null where it takes too long, or fails. */
function inTime<T>(promise: Promise<T>, time: Time): Promise<T | null> {
  return new Promise((resolve) => {
    const stopClock = time.schedule(patienceMs, () => resolve(null));
    void promise.then(resolve, () => resolve(null)).finally(stopClock);
  });
}
