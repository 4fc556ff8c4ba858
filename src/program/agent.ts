import {
  namesOf,
  parseFilePath,
  parseResourceName,
  withoutNone,
  type AgentId,
  type DurationMs,
  type Parsed,
  type TicketEndCause,
  type WaitWish,
  type Wish,
} from '../core/index.ts';
import { type Participant } from '../participant/index.ts';
import { invalidInput, type Coordinator } from '../protocol/index.ts';
import { Lock, pathOf, refusedBy } from './lock.ts';
import { RefusedError } from './refused-error.ts';
import { vainEnds } from '../wording/index.ts';

export interface AcquireOptions {
  /** How long to wait in the queue, in milliseconds: 0 unless given; `Infinity`: as long as the rules allow. */
  readonly waitMs?: number;
  /** What others are told that it is for. */
  readonly reason?: string;
  /** Length of the lease in milliseconds, else as configured. It is renewed until the lock is given back. */
  readonly leaseMs?: number;
  /** Ends the wait; the ticket is given back. */
  readonly signal?: AbortSignal;
}

/** What is asked for at once: paths relative to the repository, names of resources as `@deploy`. */
export interface Named {
  /** Each as a whole. */
  readonly scopes?: readonly string[];
  /** Each for itself; it need not exist yet. */
  readonly files?: readonly string[];
  readonly resources?: readonly string[];
}

/** An agent that this process plays. Made by `takePart`. */
export class Agent {
  /** What an earlier process of the name has left, with `resume`; null when nothing. */
  readonly left: Lock | null;
  readonly #participant: Participant;
  readonly #coordinator: Coordinator;

  /** Made by `takePart`. */
  constructor(participant: Participant, coordinator: Coordinator) {
    this.#participant = participant;
    this.#coordinator = coordinator;
    this.left = participant.left === null ? null : new Lock(participant.left);
  }

  get name(): AgentId {
    return this.#participant.agent;
  }

  /**
   * Takes the lock of a scope, or of several, of files and of resources as a unit, and renews it until it is given back.
   * Throws a `RefusedError`, such as `LOCK_HELD` or `WAITED_IN_VAIN`.
   */
  async acquire(named: string | readonly string[] | Named, options: AcquireOptions = {}): Promise<Lock> {
    const { waitMs = 0, reason, leaseMs, signal = new AbortController().signal } = options;
    const asked = wishOf(named);
    signal.throwIfAborted();
    const wish = {
      ...asked,
      ttlMs: leaseMs === undefined ? null : (leaseMs as DurationMs),
      wait: waitWish(waitMs),
      reason: reason ?? null,
    };
    const acquired = await this.#participant.acquire(wish, { signal });
    switch (acquired.kind) {
      case 'granted':
        return new Lock(acquired.lock);
      case 'refused':
        throw refusedBy(acquired.reply.rejection);
      case 'waitedInVain':
        throw inVain(asked, acquired.cause);
      case 'gaveUp':
        throw gaveUp(asked, signal, acquired.stuck);
    }
  }

  /**
   * Works under a lock, which is given back on every way out. When it is lost meanwhile, `lock.signal` aborts, and in the end
   * this throws `LOCK_LOST`, whatever became of the work.
   */
  async withLock<T>(
    named: string | readonly string[] | Named,
    options: AcquireOptions,
    work: (lock: Lock) => Promise<T>,
  ): Promise<T> {
    const lock = await this.acquire(named, options);
    let worked: T;
    try {
      worked = await work(lock);
    } catch (error) {
      // What went wrong in the work says more, but for a loss, which may be why.
      await lock.release().catch((lost: unknown) => {
        if (lock.isLost) throw lost;
      });
      throw error;
    }
    await lock.release();
    return worked;
  }

  /** Gives back all that is held, leaves, and ends the connection. */
  async leave(): Promise<void> {
    try {
      const rejection = await this.#participant.leave();
      if (rejection !== null && rejection.code !== 'AGENT_NOT_FOUND') throw refusedBy(rejection);
    } finally {
      await this.#coordinator.close();
    }
  }
}

function wishOf(named: string | readonly string[] | Named): Wish {
  const {
    scopes = [],
    files = [],
    resources = [],
  } = typeof named === 'string' ? { scopes: [named] } : isList(named) ? { scopes: named } : named;
  return withoutNone({
    scopes: sorted(scopes.map((text) => pathOf('scopes', text))),
    files: sorted(files.map((text) => parsed('files', parseFilePath(text)))),
    resources: sorted(resources.map((text) => parsed('resources', parseResourceName(text)))),
  });
}

const isList = (named: readonly string[] | Named): named is readonly string[] => Array.isArray(named);

const sorted = <T extends string>(texts: readonly T[]): T[] => [...new Set(texts)].sort();

function parsed<T>(field: string, result: Parsed<T>): T {
  if (result.ok) return result.value;
  throw invalidInput(field, result.problem);
}

function waitWish(waitMs: number): WaitWish {
  if (waitMs === 0) return { kind: 'none' };
  return { kind: 'queue', forMs: waitMs === Infinity ? null : (waitMs as DurationMs) };
}

function inVain(wish: Wish, cause: TicketEndCause | 'unknown'): RefusedError {
  const message = `waited for ${namesOf(wish).join(', ')} in vain: ${vainEnds[cause]}`;
  return new RefusedError('WAITED_IN_VAIN', message, { ...wish, cause });
}

function gaveUp(
  wish: Wish,
  { reason }: AbortSignal,
  stuck: { readonly error: unknown } | null,
): RefusedError {
  const outcome = stuck === null ? 'was given back' : `could not be given back (${String(stuck.error)})`;
  const message = `the wait for ${namesOf(wish).join(', ')} was given up: the ticket ${outcome}`;
  return new RefusedError('GAVE_UP', message, { ...wish }, { cause: reason });
}
