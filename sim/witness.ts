import { partsOf } from '../src/core/index.ts';
import type { AgentId, Entry, Epoch, FencingToken, Grant, LockName, Revision } from '../src/core/index.ts';
import type { CommandRequest, NoticesAnswer, Reply } from '../src/protocol/index.ts';

/** An answer that reached its caller. */
export interface Acknowledged {
  readonly request: CommandRequest;
  readonly reply: Reply;
  /** The highest revision that anybody had been told of when the request was sent. */
  readonly knownBefore: Revision;
}

/** A time in which an agent took a lock for its own, by what it had been told: it does not see the log. */
export type Belief = LockName & {
  readonly agent: AgentId;
  readonly token: FencingToken;
  readonly fromMs: number;
  untilMs: number;
};

/** What an agent was told of what befell it, since `after`; null: since it joined. */
export interface News {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly after: Revision | null;
  readonly answer: NoticesAnswer;
  /** When it came. */
  readonly atMs: number;
}

/** What one watcher saw, and where it was told that entries are gone. */
export interface Watched {
  readonly entries: Entry[];
  readonly resumedAt: Set<Revision>;
}

/** What the outside world saw of a run. The oracle holds it against what really took effect. */
export class Witness {
  readonly acknowledged: Acknowledged[] = [];
  readonly beliefs: Belief[] = [];
  readonly news: News[] = [];
  readonly watched: Watched[] = [];
  /** The last entry when the watchers were told to stop: an owner may write one more while it stops. */
  lastToSee = 0 as Revision;
  /** Ids of requests of which nothing was written, as their callers were told; they did not ask again. */
  readonly refused = new Set<string>();
  readonly rejections = new Map<string, number>();
  /** Highest revision that anybody was told of. */
  known = 0 as Revision;

  acknowledge(request: CommandRequest, reply: Reply, knownBefore: Revision): void {
    this.acknowledged.push({ request, reply, knownBefore });
    this.learn(reply.revision);
    if (reply.ok) return;
    const { code } = reply.rejection;
    this.rejections.set(code, (this.rejections.get(code) ?? 0) + 1);
  }

  learn(revision: Revision): void {
    if (revision > this.known) this.known = revision;
  }

  /** An agent was told of its locks; it asked for them at `askedAtMs` and trusts them until then plus their lease. */
  believe(agent: AgentId, locks: readonly Grant[], fromMs: number, untilMs: number): void {
    if (fromMs >= untilMs) return;
    for (const lock of locks)
      this.beliefs.push({ ...partsOf(lock), agent, token: lock.token, fromMs, untilMs });
  }

  /** An agent no longer relies on these locks, or on any. */
  giveUp(agent: AgentId, atMs: number, locks: readonly Grant[] | null = null): void {
    const given = locks === null ? null : new Set(locks.map(({ token }) => token));
    for (const belief of this.beliefs)
      if (belief.agent === agent && belief.untilMs > atMs && given?.has(belief.token) !== false)
        belief.untilMs = atMs;
  }
}
