/** Deciding a batch: command by command, each seeing the effects of those before it. */
import {
  decide,
  nextDeadline,
  toEntry,
  violations,
  type Command,
  type Decision,
  type Entry,
  type Revision,
  type TimeMs,
  type Violation,
} from '../core/index.ts';
import type { CoordinatorError, Reply } from '../protocol/index.ts';
import { toFailure } from './failures.ts';
import type { LogTime } from './log-time.ts';
import type { Replica } from './replica.ts';

type Untimed<T> = T extends { readonly atMs: TimeMs } ? Omit<T, 'atMs'> : never;

/** A command that has its request id and session; the time comes when it is decided. */
export type UntimedCommand = Untimed<Command>;

/** A command and whoever waits for its answer. */
export interface CommandCall {
  readonly command: UntimedCommand;
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

  constructor(found: readonly Violation[], entry: Entry) {
    const [first] = found;
    super(
      `${first?.invariant} does not hold after ${entry.kind} at revision ${entry.revision}: ${first?.subject} (${first?.evidence})`,
    );
    this.violations = found;
  }
}

export class BatchPlanner {
  readonly #replica: Replica;
  readonly #time: LogTime;
  readonly #checked: boolean;
  readonly #entries: Entry[] = [];
  #events = 0;

  /** `checked`: whether every invariant is evaluated after every entry. */
  constructor(replica: Replica, time: LogTime, checked: boolean) {
    this.#replica = replica;
    this.#time = time;
    this.#checked = checked;
  }

  /** Decides as many of the calls as one batch may hold, at least one, after what time demands. */
  plan(calls: readonly CommandCall[]): Plan {
    const outcomes: Outcome[] = [];
    this.#takeOver();
    this.#expireDue();
    for (const call of calls) {
      if (this.#events > batchEventsMax && outcomes.length > 0) break;
      this.#expireDue();
      outcomes.push(this.#decide(call.command));
    }
    return { entries: this.#entries, outcomes };
  }

  #takeOver(): void {
    const { nowMs: atMs, takeOver } = this.#time;
    if (takeOver === null) return;
    this.#commit({ kind: 'TakeOver', atMs, requestId: null, by: 'service', ...takeOver });
  }

  /** What time has ended must have ended before the next command is decided. */
  #expireDue(): void {
    const { nowMs: atMs } = this.#time;
    const deadlineMs = nextDeadline(this.#replica.state);
    if (deadlineMs !== null && deadlineMs <= atMs) this.#commit({ kind: 'ExpireDue', atMs, requestId: null });
  }

  #commit(command: Command): void {
    const decision = decide(this.#replica.state, command);
    if (decision.kind === 'committed' && decision.events.length > 0) this.#enter(command, decision);
  }

  /** A command that meets a bug in a decision hurts nobody but its sender: deciding only reads. */
  #decide(untimed: UntimedCommand): Outcome {
    const command = timed(untimed, this.#time.nowMs);
    const { state } = this.#replica;
    let decision: Decision;
    try {
      decision = decide(state, command);
    } catch (error) {
      return { kind: 'failure', error: toFailure(error) };
    }
    if (decision.kind === 'rejected')
      return this.#reply({ ok: false, revision: state.revision, rejection: decision.rejection });
    if (decision.kind === 'repeated')
      return this.#reply({ ok: true, revision: decision.revision, result: decision.result });
    const { result, events } = decision;
    const revision = events.length === 0 ? state.revision : this.#enter(command, decision);
    return this.#reply({ ok: true, revision, result });
  }

  #reply(told: Untimed<Reply>): Outcome {
    return { kind: 'reply', reply: { ...told, atMs: this.#time.nowMs } };
  }

  #enter(command: Command, decision: Extract<Decision, { kind: 'committed' }>): Revision {
    const entry = toEntry(this.#replica.state, command, decision);
    this.#replica.advance(entry);
    this.#entries.push(entry);
    this.#events += entry.events.length;
    if (this.#checked) this.#check(entry);
    return entry.revision;
  }

  #check(entry: Entry): void {
    const found = violations(this.#replica.state);
    if (found.length > 0) throw new InvariantError(found, entry);
  }
}

function timed(command: UntimedCommand, atMs: TimeMs): Command {
  return { atMs, ...command };
}
