import {
  shownNames,
  type AgentId,
  type DurationMs,
  type TicketEndCause,
  type WaitWish,
  type Wish,
} from '../core/index.ts';
import { claimOf, type Participant } from '../participant/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import { vainEnds } from '../wording/index.ts';
import { newsOf, sayingOf, type Addressed, type News } from './correspondence.ts';
import { Lock, refusedBy } from './lock.ts';
import { whereTheyLie, wishOf, type Named } from './named.ts';
import { RefusedError } from './refused-error.ts';
import type { Tree } from './tree.ts';

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

/** An agent that this process plays. Made by `takePart`. */
export class Agent {
  /** What an earlier process of the name has left, with `resume`; null when nothing. */
  readonly left: Lock | null;
  readonly #participant: Participant;
  readonly #coordinator: Coordinator;
  readonly #tree: Tree;

  /** Made by `takePart`. */
  constructor(participant: Participant, coordinator: Coordinator, tree: Tree) {
    this.#participant = participant;
    this.#coordinator = coordinator;
    this.#tree = tree;
    this.left = participant.left === null ? null : new Lock(participant.left);
  }

  get name(): AgentId {
    return this.#participant.agent;
  }

  /**
   * Takes the lock of a scope, or of several, of files and of resources as a unit, and renews it until it is given back. A file
   * is locked where the links in its path lead. Throws a `RefusedError`, such as `LOCK_HELD` or `WAITED_IN_VAIN`, and
   * `INVALID_INPUT` where they lead out of the repository, or a pattern stands for a file.
   */
  async acquire(named: string | readonly string[] | Named, options: AcquireOptions = {}): Promise<Lock> {
    const { waitMs = 0, reason, leaseMs, signal = new AbortController().signal } = options;
    signal.throwIfAborted();
    const asked = await this.#claimed(await whereTheyLie(this.#tree, wishOf(named)));
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

  /** By the option `claim`. What is free needs no lock; who names it to have it alone gets one. */
  async #claimed(named: Wish): Promise<Wish> {
    const { wish, free } = await claimOf(this.#coordinator, named);
    return free.length === 0 ? wish : { ...wish, files: [...(wish.files ?? []), ...free].sort() };
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

  /**
   * Says something, in 1 to 2,000 characters; answers who gets it. Throws a `RefusedError`, such as `NO_RECIPIENT`, and
   * `INVALID_INPUT`.
   */
  async say(text: string, addressed: Addressed): Promise<readonly AgentId[]> {
    const said = await this.#participant.correspondence.say(sayingOf(text, addressed));
    if (said.kind === 'refused') throw refusedBy(said.rejection);
    return said.recipients;
  }

  /** What others did that concerns the agent, and what they said to it; each is told once. Throws a `RefusedError`. */
  async news(): Promise<News> {
    const heard = await this.#participant.correspondence.hear();
    if (heard.kind === 'refused') throw refusedBy(heard.rejection);
    return newsOf(heard);
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

function waitWish(waitMs: number): WaitWish {
  if (waitMs === 0) return { kind: 'none' };
  return { kind: 'queue', forMs: waitMs === Infinity ? null : (waitMs as DurationMs) };
}

function inVain(wish: Wish, cause: TicketEndCause | 'unknown'): RefusedError {
  const message = `waited for ${shownNames(wish).join(', ')} in vain: ${vainEnds[cause]}`;
  return new RefusedError('WAITED_IN_VAIN', message, { ...wish, cause });
}

function gaveUp(
  wish: Wish,
  { reason }: AbortSignal,
  stuck: { readonly error: unknown } | null,
): RefusedError {
  const outcome = stuck === null ? 'was given back' : `could not be given back (${String(stuck.error)})`;
  const message = `the wait for ${shownNames(wish).join(', ')} was given up: the ticket ${outcome}`;
  return new RefusedError('GAVE_UP', message, { ...wish }, { cause: reason });
}
