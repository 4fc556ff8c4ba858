/**
 * The single writer of this process. One batch at a time:
 *
 *     gather --(a turn has passed)--> decide --> append --(done)--> tell --> gather
 *                                        ^          |
 *                                        +--(refused, unknown, retryable failure: wait a little)
 *
 * What arrives while an append is in flight makes up the next batch, so that many callers share one durable write. A
 * batch that writes nothing is checked against the end of the log before it is answered: a refusal or a read that rests
 * on a state others have moved on from would be a stale answer. Nothing is told before it is durable.
 */
import type { Entry, RequestId, Revision, State, TimeMs } from '../core/index.ts';
import type { Observer } from '../observe/index.ts';
import { CoordinatorError, mayBeWritten, nothingWritten, type Reply } from '../protocol/index.ts';
import type { LogStore } from '../store/index.ts';
import { type Clock, sleep, type Timers, type Chance, jitteredBackoff } from '../time/index.ts';
import type { KeepEvidence } from './evidence.ts';
import { BatchPlanner, InvariantError, type CommandCall, type Plan, type UntimedCommand } from './batch.ts';
import { isBug, toFailure, unavailable } from './failures.ts';
import type { HostIdentity } from './host.ts';
import { patienceWithOtherMs, readLogTime, type LogTime } from './log-time.ts';
import type { PastRequest, PastRequests } from './past-requests.ts';
import type { Replica } from './replica.ts';

/** A look at the state between two batches: at a revision that includes all that was acknowledged before the call. */
export interface ReadCall {
  /** Must copy what it needs: the state moves on. */
  run(state: State, nowMs: TimeMs): void;
  fail(error: CoordinatorError): void;
}

/** Somebody who waits until what is due has been done. */
interface TickCall {
  /** Whether the log is taken over from another clock in any case. */
  readonly takesOver: boolean;
  done(): void;
  fail(error: CoordinatorError): void;
}

export interface WriterPorts {
  readonly store: LogStore;
  readonly replica: Replica;
  readonly past: PastRequests;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly host: HostIdentity;
  readonly chance: Chance;
  readonly observer: Observer;
  readonly stopwatchMs: () => number;
  /** Called after each batch, before the next is begun. The state is null when the batch was given up. Never fails. */
  /** It has stopped writing for good. */
  readonly onHalt: (failure: CoordinatorError) => void;
  readonly keepEvidence: KeepEvidence;
  /** The last entries that were written. */
  readonly tail: () => readonly Entry[];
  readonly afterBatch: (state: State | null) => Promise<void>;
}

export type InvariantChecks = 'always' | 'sampled' | 'never';

export interface WriterLimits {
  readonly batchCommandsMax: number;
  /** Commands that may wait for their batch; further ones are turned away. */
  readonly queuedCommandsMax: number;
  /** How long a batch is tried before its callers are told that the log cannot be written, in milliseconds. */
  readonly commitPatienceMs: number;
  readonly checkInvariants: InvariantChecks;
}

interface Batch {
  readonly calls: readonly CommandCall[];
  readonly reads: readonly ReadCall[];
  readonly ticks: readonly TickCall[];
}

/** Of this many batches one is checked where checks are sampled: a check reads the whole state. */
const sampleEvery = 4_096;
/** Racing writers must not meet again at once. */
const pauses = { firstMs: 2, longestMs: 100, jitter: 1 };

export class Writer {
  readonly #ports: WriterPorts;
  readonly #limits: WriterLimits;
  #calls: CommandCall[] = [];
  #reads: ReadCall[] = [];
  #ticks: TickCall[] = [];
  #running = false;
  /** Whether others were seen to write: then it is worth reading before deciding. */
  #contended = false;
  #batches = 0;
  /** What another owner, with another clock, wrote last, and when this was seen here. */
  #otherSeen: { readonly revision: Revision; readonly atMs: number } | null = null;
  #halted: CoordinatorError | null = null;
  /** Whether nothing is tried again. */
  #hurried = false;
  #whenQuiet: (() => void)[] = [];

  constructor(ports: WriterPorts, limits: WriterLimits) {
    this.#ports = ports;
    this.#limits = limits;
  }

  /** Why it has stopped writing for good; null while it writes. */
  get halted(): CoordinatorError | null {
    return this.#halted;
  }

  get busy(): boolean {
    return this.#running;
  }

  submit(call: CommandCall): void {
    if (this.#halted !== null) return call.fail(this.#halted);
    if (this.#calls.length >= this.#limits.queuedCommandsMax)
      return call.fail(unavailable(`${this.#calls.length} commands wait already: try again`));
    this.#calls.push(call);
    this.#wake();
  }

  read(call: ReadCall): void {
    this.#reads.push(call);
    this.#wake();
  }

  /**
   * Does what is due by now. From an owner with another clock the log is taken over only when that is asked for, or when
   * the other has let a deadline pass: two owners that each took it over by themselves would re-arm each other's leases
   * for ever.
   */
  tick(takesOver: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#halted !== null) return reject(this.#halted);
      this.#ticks.push({ takesOver, done: resolve, fail: reject });
      this.#wake();
    });
  }

  /** What fails from now on is told at once: who leaves does not wait for a disk. */
  hurry(): void {
    this.#hurried = true;
  }

  /** Resolves when nothing is under way and nothing waits. */
  quiet(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#whenQuiet.push(resolve));
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    this.#nextBatch();
  }

  #nextBatch(): void {
    this.#ports.timers.soon(() => {
      void this.#run().then(() => {
        if (this.#calls.length + this.#reads.length + this.#ticks.length > 0) return this.#nextBatch();
        this.#running = false;
        for (const resolve of this.#whenQuiet.splice(0)) resolve();
      });
    });
  }

  async #run(): Promise<void> {
    const batch: Batch = {
      calls: this.#calls.splice(0, this.#limits.batchCommandsMax),
      reads: this.#reads.splice(0),
      ticks: this.#ticks.splice(0),
    };
    const told = await this.#process(batch);
    await this.#ports.afterBatch(told ? this.#ports.replica.state : null);
  }

  /** Tries a batch until it is told (true) or given up. */
  async #process(batch: Batch): Promise<boolean> {
    const { clock, timers, chance } = this.#ports;
    const pauseMs = jitteredBackoff(pauses, chance);
    const giveUpAtMs = clock.monotonicMs() + this.#limits.commitPatienceMs;
    let open = false;
    for (let tries = 1; ; tries += 1) {
      const tried = await this.#try(batch, tries);
      if (tried.kind === 'told') return true;
      open ||= tried.kind === 'unknown';
      const isLast = this.#hurried || clock.monotonicMs() >= giveUpAtMs;
      if (tried.kind === 'failed' || isLast) return this.#giveUp(batch, tried.error, open);
      await sleep(timers, pauseMs(tries));
    }
  }

  async #try(batch: Batch, tries: number): Promise<Tried> {
    try {
      return await this.#decideAndAppend(batch, tries > 1);
    } catch (error) {
      this.#ports.replica.abandon();
      if (isBug(error)) this.#halt(error);
      const failure = this.#halted ?? toFailure(error);
      return { kind: failure.retryable ? 'again' : 'failed', error: failure };
    }
  }

  async #decideAndAppend(batch: Batch, again: boolean): Promise<Tried> {
    const { replica, store, past, clock, observer, stopwatchMs } = this.#ports;
    await replica.prepare();
    const readFirst = again || this.#contended;
    if (readFirst) await replica.catchUp();
    const repeats = await past.find(requestIdsOf(batch.calls), replica.state);
    const time = readLogTime(replica.state, clock, this.#ports.host);
    const plan = this.#plan(batch, time, repeats);
    if (plan.entries.length === 0) {
      if (readFirst || !(await replica.catchUp())) return this.#tell(batch, plan, time.nowMs);
      this.#contended = true;
      return this.#decideAndAppend(batch, true);
    }
    const sentMs = stopwatchMs();
    const outcome = await store.append(replica.durable, plan.entries);
    if (outcome.kind === 'done') {
      const requests = plan.entries.flatMap(({ requestId }) => requestId ?? []);
      observer.committed({ entries: plan.entries.length, requests, tookMs: stopwatchMs() - sentMs });
      return this.#tell(batch, plan, time.nowMs);
    }
    replica.abandon();
    if (outcome.kind === 'refused') this.#contended = true;
    else
      observer.trouble({
        kind: 'appendFailed',
        message: 'the outcome of an append is unknown',
        cause: outcome.cause,
      });
    return {
      kind: outcome.kind === 'unknown' ? 'unknown' : 'again',
      error: unavailable(`the log could not be written: the last append was ${outcome.kind}`),
    };
  }

  #plan(batch: Batch, time: LogTime, past: ReadonlyMap<RequestId, PastRequest>): Plan {
    const idle = batch.calls.length + batch.ticks.length === 0 || this.#halted !== null;
    if (idle || this.#leavesToOther(batch, time)) return { entries: [], outcomes: [] };
    const planner = new BatchPlanner(this.#ports.replica, time, { checked: this.#isChecked(), past });
    return planner.plan(batch.calls, this.#calls);
  }

  #leavesToOther(batch: Batch, time: LogTime): boolean {
    if (!time.isForeign || batch.calls.length > 0 || batch.ticks.some((tick) => tick.takesOver)) return false;
    const { clock, replica } = this.#ports;
    const atMs = clock.monotonicMs();
    if (this.#otherSeen?.revision !== replica.durable) this.#otherSeen = { revision: replica.durable, atMs };
    return atMs - this.#otherSeen.atMs < patienceWithOtherMs(replica.state);
  }

  #isChecked(): boolean {
    const { checkInvariants } = this.#limits;
    this.#batches += 1;
    return (
      checkInvariants === 'always' || (checkInvariants === 'sampled' && this.#batches % sampleEvery === 0)
    );
  }

  #tell(batch: Batch, plan: Plan, nowMs: TimeMs): Tried {
    const { replica } = this.#ports;
    if (plan.entries.length > 0) replica.settle(plan.entries);
    plan.outcomes.forEach((outcome, index) => {
      const call = batch.calls[index];
      if (outcome.kind === 'failure') call?.fail(outcome.error);
      else call?.answer(withUnread(outcome.reply, call.command, replica.state));
    });
    this.#putBack(batch.calls.slice(plan.outcomes.length));
    for (const tick of batch.ticks) tick.done();
    for (const read of batch.reads) runRead(read, replica.state, nowMs);
    return { kind: 'told' };
  }

  /** What did not fit goes first next time. */
  #putBack(calls: readonly CommandCall[]): void {
    if (calls.length === 0) return;
    if (this.#halted === null) this.#calls = [...calls, ...this.#calls];
    else for (const call of calls) call.fail(this.#halted);
  }

  /** `open`: one of the tries may have reached the log, and a command with it. */
  #giveUp(batch: Batch, error: CoordinatorError, open: boolean): false {
    if (this.#halted === null)
      this.#ports.observer.trouble({ kind: 'appendFailed', message: error.message, cause: error });
    const told = open ? mayBeWritten(error) : nothingWritten(error);
    for (const call of batch.calls) call.fail(told);
    for (const call of [...batch.reads, ...batch.ticks]) call.fail(error);
    return false;
  }

  /** A bug was met: what it would write next cannot be trusted. Reads go on, from the log. */
  #halt(error: unknown): void {
    const kind = error instanceof InvariantError ? 'violation' : 'bug';
    const failure = this.#failureFor(error);
    this.#halted = failure;
    this.#ports.observer.trouble({ kind, message: failure.message, cause: error });
    for (const call of [...this.#calls.splice(0), ...this.#ticks.splice(0)]) call.fail(failure);
    this.#ports.onHalt(failure);
  }

  /** Who is refused from now on is told what was found, and where the evidence is. */
  #failureFor(error: unknown): CoordinatorError {
    if (!(error instanceof InvariantError)) return toFailure(error);
    const { violations, entry, state } = error;
    const evidence = this.#ports.keepEvidence({
      atMs: entry.atMs,
      violations,
      entry,
      state,
      tail: this.#ports.tail(),
    });
    const where = evidence === null ? '' : `; evidence is kept in ${evidence}`;
    const message = `a bug in the coordinator: ${error.message}; it writes nothing more: report it, then rhema daemon stop${where}`;
    return new CoordinatorError('INTERNAL', message, { details: { violations, evidence }, cause: error });
  }
}

/** `unknown`: it may have reached the log. It is tried again, as is `again`. */
type Tried =
  | { readonly kind: 'told' }
  | { readonly kind: 'again' | 'unknown' | 'failed'; readonly error: CoordinatorError };

function runRead(read: ReadCall, state: State, nowMs: TimeMs): void {
  try {
    read.run(state, nowMs);
  } catch (error) {
    read.fail(toFailure(error));
  }
}

function requestIdsOf(calls: readonly CommandCall[]): readonly RequestId[] {
  return calls.map(({ command }) => command.requestId).filter((id) => id !== null);
}

/** With what its agent has not read by then, if one speaks. */
function withUnread(reply: Reply, command: UntimedCommand, { agents }: State): Reply {
  if (!('session' in command)) return reply;
  const unread = agents.get(command.agent)?.inbox.unread.length ?? 0;
  return unread === 0 ? reply : { unread, ...reply };
}
