/** Deciding a batch: command by command, each seeing the effects of those before it. */
import {
  asTimeMs,
  decide,
  decideRepeat,
  nextDeadline,
  toEntry,
  violations,
  type Command,
  type Decision,
  type Entry,
  type EntryPrincipal,
  type Event,
  type RequestId,
  type Revision,
  type State,
  type TimeMs,
  type Violation,
} from '../core/index.ts';
import type { CoordinatorError, Reply } from '../protocol/index.ts';
import { toFailure } from './failures.ts';
import type { LogTime } from './log-time.ts';
import { unprovenRepeat } from './proven-repeat.ts';
import { stateAsEvidence } from './evidence.ts';
import type { PastRequest } from './past-requests.ts';
import type { Replica } from './replica.ts';

type Untimed<T> = T extends { readonly atMs: TimeMs } ? Omit<T, 'atMs'> : never;

/** A command that has its request id and session; the time comes when it is decided. */
export type UntimedCommand = Untimed<Command>;

/** A command and whoever waits for its answer. */
export interface CommandCall {
  readonly command: UntimedCommand;
  /** When it came, on the monotonic clock: what was renewed in time is not lost because others were served first. */
  readonly arrivedMs: number;
  /** What is said, and nothing is done, where its agent would get a lock or a ticket that it does not have. Left out: it may. */
  readonly insteadOfNew?: CoordinatorError | undefined;
  /** Who was let in to say it; left out: this machine's user. */
  readonly principal?: EntryPrincipal | undefined;
  answer(reply: Reply): void;
  fail(error: CoordinatorError): void;
}

/** What to append, and what to tell once it is durable. */
export interface Plan {
  readonly entries: Entry[];
  /** One for each call that was taken; the calls after those wait for the next batch. */
  readonly outcomes: Outcome[];
}

export type Outcome =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'failure'; readonly error: CoordinatorError };

/** Events after which a batch takes no further command: what is decided at once must not hold up renewals. */
const batchEventsMax = 4_096;

/** The machine reached a state that must not exist: a bug. Nothing of the batch may be written. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly violations: readonly Violation[];
  readonly entry: Entry;
  /** What it led to, see `stateAsEvidence`. */
  readonly state: string | null;

  constructor(found: readonly Violation[], entry: Entry, state: State) {
    const [first] = found;
    super(
      `${first?.invariant} does not hold after ${entry.kind} at revision ${entry.revision}: ${first?.subject} (${first?.evidence})`,
    );
    this.violations = found;
    this.entry = entry;
    this.state = stateAsEvidence(state);
  }
}

export interface PlannerOptions {
  /** Whether every invariant is evaluated after every entry. */
  readonly checked: boolean;
  /** What is known of the request ids in the batch that were used before. */
  readonly past: ReadonlyMap<RequestId, PastRequest>;
}

export class BatchPlanner {
  readonly #replica: Replica;
  readonly #time: LogTime;
  readonly #options: PlannerOptions;
  readonly #entries: Entry[] = [];
  #events = 0;

  constructor(replica: Replica, time: LogTime, options: PlannerOptions) {
    this.#replica = replica;
    this.#time = time;
    this.#options = options;
  }

  /**
   * Decides as many of the calls as one batch may hold, at least one, after what was due by now. `waiting`: those that have
   * come meanwhile and are decided in the next batch.
   */
  plan(calls: readonly CommandCall[], waiting: readonly CommandCall[] = []): Plan {
    const outcomes: Outcome[] = [];
    const { nowMs } = this.#time;
    this.#takeOver();
    if (this.#isDue(nowMs)) this.#keepWhatWasRenewedInTime([...calls, ...waiting]);
    this.#expireDue(nowMs);
    for (const call of calls) {
      if (this.#events > batchEventsMax && outcomes.length > 0) break;
      this.#expireDue(nowMs);
      outcomes.push(this.#decide(call, nowMs));
    }
    return { entries: this.#entries, outcomes };
  }

  /**
   * A renewal that came before a deadline must not find its lease ended because others were served first: it counts as of
   * its arrival as well. The one that is answered is decided later, as of now: a client counts its lease from the moment at
   * which it asked, which may be after a deadline that this process was too busy to see.
   */
  #keepWhatWasRenewedInTime(calls: readonly CommandCall[]): void {
    for (const call of calls) {
      if (!isRenewal(call) || this.#isRepeat(call.command.requestId)) continue;
      const atMs = this.#arrivalOf(call);
      if (atMs >= this.#time.nowMs) continue;
      this.#expireDue(atMs);
      this.#commit(Object.assign(timed(call.command, atMs), { requestId: null }));
    }
  }

  #isRepeat(id: RequestId | null): boolean {
    if (id === null) return false;
    return this.#options.past.has(id) || this.#replica.state.recentRequests.get(id) !== undefined;
  }

  /** The log's time does not run backwards; what a clock that was just bound would have said before is unknown. */
  #arrivalOf(call: CommandCall): TimeMs {
    const { nowMs, monotonicMs, takeOver } = this.#time;
    if (takeOver !== null) return nowMs;
    const arrivedAtMs = nowMs - Math.max(0, monotonicMs - Math.floor(call.arrivedMs));
    return asTimeMs(Math.max(arrivedAtMs, this.#replica.state.timeMs));
  }

  #takeOver(): void {
    const { nowMs: atMs, takeOver } = this.#time;
    if (takeOver === null) return;
    this.#commit({ kind: 'TakeOver', atMs, requestId: null, by: 'service', ...takeOver });
  }

  /** What time has ended must have ended before the next command is decided. */
  #isDue(atMs: TimeMs): boolean {
    const deadlineMs = nextDeadline(this.#replica.state);
    return deadlineMs !== null && deadlineMs <= atMs;
  }

  #expireDue(atMs: TimeMs): void {
    if (this.#isDue(atMs)) this.#commit({ kind: 'ExpireDue', atMs, requestId: null });
  }

  #commit(command: Command): void {
    const decision = decide(this.#replica.state, command);
    if (decision.kind === 'committed' && decision.events.length > 0) this.#enter(command, decision);
  }

  /** A command that meets a bug in a decision hurts nobody but its sender: deciding only reads. */
  #decide(call: CommandCall, atMs: TimeMs): Outcome {
    const command = timed(call.command, atMs);
    const { state } = this.#replica;
    let decision: Decision;
    try {
      decision = this.#decisionOn(command);
    } catch (error) {
      return { kind: 'failure', error: toFailure(error) };
    }
    if (decision.kind === 'rejected')
      return this.#reply({ ok: false, revision: state.revision, rejection: decision.rejection });
    if (decision.kind === 'repeated')
      return this.#reply({ ok: true, revision: decision.revision, result: decision.result });
    const { result, events } = decision;
    if (call.insteadOfNew !== undefined && givesNew(command, events))
      return { kind: 'failure', error: call.insteadOfNew };
    const revision = events.length === 0 ? state.revision : this.#enter(command, decision, call.principal);
    return this.#reply({ ok: true, revision, result });
  }

  /** A repeat that is older than the state remembers gets the first answer, too, or is refused: it never acts again. */
  #decisionOn(command: Command): Decision {
    const past = command.requestId === null ? undefined : this.#options.past.get(command.requestId);
    if (past?.kind === 'forgotten') return { kind: 'rejected', rejection: past.rejection };
    const { state } = this.#replica;
    const decision = past === undefined ? decide(state, command) : decideRepeat(past.first, command);
    return decision.kind === 'repeated' ? (unprovenRepeat(state, command) ?? decision) : decision;
  }

  #reply(told: Untimed<Reply>): Outcome {
    return { kind: 'reply', reply: { atMs: this.#time.nowMs, ...told } };
  }

  #enter(
    command: Command,
    decision: Extract<Decision, { kind: 'committed' }>,
    principal?: EntryPrincipal,
  ): Revision {
    const entry = toEntry(this.#replica.state, command, decision, principal);
    this.#replica.advance(entry);
    this.#entries.push(entry);
    this.#events += entry.events.length;
    if (this.#options.checked) this.#check(entry);
    return entry.revision;
  }

  #check(entry: Entry): void {
    const found = violations(this.#replica.state);
    if (found.length > 0) throw new InvariantError(found, entry, this.#replica.state);
  }
}

function timed(command: UntimedCommand, atMs: TimeMs): Command {
  return { atMs, ...command };
}

/** Whether some events give the agent of a command what it did not have. */
function givesNew(command: Command, events: readonly Event[]): boolean {
  const agent = 'agent' in command ? command.agent : null;
  return events.some(
    (event) => (event.kind === 'lock.granted' || event.kind === 'ticket.issued') && event.agent === agent,
  );
}

/** Whether it only keeps what its agent has. */
function isRenewal({ command }: CommandCall): boolean {
  return command.kind === 'Heartbeat' || command.kind === 'RenewLock';
}
