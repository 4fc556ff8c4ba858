import {
  type FencingToken,
  type Grant,
  type ReleaseLock,
  type ScopePath,
  type Settings,
  type Target,
  type Wish,
  wishOfNames,
} from '../core/index.ts';
import type { Coordinator, FormerHoldersAnswer } from '../protocol/index.ts';
import type { Time } from '../time/index.ts';
import { askFormerHolders } from './changes.ts';
import { writeContext, type ContextBefore, type Files, type Written } from './context-write.ts';
import { releaseGrants } from './giving-back.ts';
import { LeaseRenewer, type LeaseLoss } from './lease-renewer.ts';
import { proofOf, type AgentSession } from './session.ts';
import type { Speaks } from './speaker.ts';

export interface LockPorts {
  readonly coordinator: Pick<Coordinator, 'query' | 'watch'>;
  readonly speaker: Speaks;
  readonly time: Pick<Time, 'monotonicMs' | 'schedule'>;
  readonly files: Files;
  /** What was changed under what is about to be given back, as a part of the command. */
  readonly changedUnder: (wish: Wish) => Promise<Pick<ReleaseLock, 'changed'>>;
}

/** How long the leases of a lock last, as far as is known. */
export type Lasting = Pick<Settings, 'sessionTtlMs' | 'lockTtlMs'>;

/** Locks that came in one grant, kept until they are given back. Whoever works under them hears of their end at once. */
export class HeldLock {
  readonly locks: readonly Grant[];
  readonly #ports: LockPorts;
  readonly #session: AgentSession;
  readonly #renewer: LeaseRenewer;
  readonly #lost = new AbortController();
  /** Answers what was not held any more; null: it was not given back yet. */
  #givenBack: Promise<readonly Target[]> | null = null;

  private constructor(ports: LockPorts, session: AgentSession, locks: readonly Grant[], lasting: Lasting) {
    this.locks = locks;
    this.#ports = ports;
    this.#session = session;
    this.#renewer = new LeaseRenewer({
      ...lasting,
      clock: ports.time,
      agent: session.agent,
      locks,
      heartbeat: () => ports.speaker.submit({ kind: 'Heartbeat', ...proofOf(session) }),
      watch: async (from, signal) => ports.coordinator.watch(from, signal),
      onRenewed: () => undefined,
      onLost: (loss) => this.#lost.abort(loss),
    });
  }

  /** Makes sure that the locks are held, and keeps them from now on. Fails when nobody can tell. */
  static async keep(
    ports: LockPorts,
    session: AgentSession,
    locks: readonly Grant[],
    lasting: Lasting,
  ): Promise<HeldLock> {
    const lock = new HeldLock(ports, session, locks, lasting);
    await lock.#renewer.start();
    return lock;
  }

  /** Of the newest grant, which is the only one unless some of it was held before. */
  get token(): FencingToken {
    return this.locks.map(({ token }) => token).reduce((one, other) => (one > other ? one : other));
  }

  /** Whether it is renewed: not lost, nor given back. */
  get isKept(): boolean {
    return this.#renewer.isRenewing;
  }

  /** Aborts when it is lost, or is about to be, and nothing may be done under it any more. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** How it was lost; null while it is held, and when it was given back. */
  get loss(): LeaseLoss | null {
    return this.#lost.signal.aborted ? (this.#lost.signal.reason as LeaseLoss) : null;
  }

  /** Changes a context file, see {@link writeContext}; what somebody has put there and told nobody is not written over. */
  write(named: ScopePath, change: (before: string | null) => string): Promise<Written> {
    const make = ({ text }: ContextBefore): string => change(text);
    return writeContext(this.#ports, this.#session, this.locks, named, { make, overForeign: false });
  }

  /** Gives back exactly what was granted; names what was not held under it any more. Once more it says the same. */
  release(): Promise<readonly Target[]> {
    this.#givenBack ??= this.#giveBack().catch((error: unknown) => {
      this.#givenBack = null;
      throw error;
    });
    return this.#givenBack;
  }

  async #giveBack(): Promise<readonly Target[]> {
    const { speaker, changedUnder } = this.#ports;
    const changed = this.isKept ? await changedUnder(wishOfNames(this.locks)) : {};
    this.stop();
    return releaseGrants(speaker, this.#session, this.locks, changed);
  }

  /** Who had of it what, since the agent had it last: only what somebody had is named. */
  formerHolders(): Promise<FormerHoldersAnswer['locks']> {
    return askFormerHolders(this.#ports.coordinator, this.#session, this.locks);
  }

  /** Renews it no longer. */
  stop(): void {
    this.#renewer.stop();
  }
}
