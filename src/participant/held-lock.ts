import { createHash } from 'node:crypto';
import type { FencingToken, Grant, Rejection, ScopePath, Settings } from '../core/index.ts';
import type { Coordinator, ScopesAnswer } from '../protocol/index.ts';
import type { Time } from '../time/index.ts';
import { releaseGrants } from './acquiring.ts';
import { LeaseKeeper, type LeaseLoss } from './lease-keeper.ts';
import { fileIn, nearestScope } from './scope-of-file.ts';
import { proofOf, type AgentSession } from './session.ts';
import type { Speaks } from './speaker.ts';

/** The files of a working tree, by their paths in the repository. */
export interface Files {
  /** The text of a file; null when there is none. */
  read(path: ScopePath): Promise<string | null>;
  /** All or nothing, also when the process is killed. */
  write(path: ScopePath, text: string): Promise<void>;
}

export interface LockPorts {
  readonly coordinator: Pick<Coordinator, 'query' | 'watch'>;
  readonly speaker: Speaks;
  readonly time: Pick<Time, 'monotonicMs' | 'schedule'>;
  readonly files: Files;
}

export type Written =
  | { readonly kind: 'written' }
  /** Another scope than those of the lock has the file; `scope`: null when none has. */
  | { readonly kind: 'elsewhere'; readonly scope: ScopePath | null }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

/** How long the leases of a lock last, as far as is known. */
type Lasting = Pick<Settings, 'sessionTtlMs' | 'lockTtlMs'>;

/** Locks that came in one grant, kept until they are given back. Whoever works under them hears of their end at once. */
export class HeldLock {
  readonly locks: readonly Grant[];
  readonly #ports: LockPorts;
  readonly #session: AgentSession;
  readonly #keeper: LeaseKeeper;
  readonly #lost = new AbortController();

  private constructor(ports: LockPorts, session: AgentSession, locks: readonly Grant[], lasting: Lasting) {
    this.locks = locks;
    this.#ports = ports;
    this.#session = session;
    this.#keeper = new LeaseKeeper({
      ...lasting,
      clock: ports.time,
      agent: session.agent,
      locks,
      heartbeat: () => ports.speaker.submit({ kind: 'Heartbeat', ...proofOf(session) }),
      watch: async (from, signal) => ports.coordinator.watch(from, signal),
      onKept: () => undefined,
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
    await lock.#keeper.start();
    return lock;
  }

  /** Of the newest grant, which is the only one unless some of the scopes were held before. */
  get token(): FencingToken {
    return this.locks.map(({ token }) => token).reduce((one, other) => (one > other ? one : other));
  }

  /** Aborts when it is lost, or is about to be, and nothing may be done under it any more. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** How it was lost; null while it is held, and when it was given back. */
  get loss(): LeaseLoss | null {
    return this.#lost.signal.aborted ? (this.#lost.signal.reason as LeaseLoss) : null;
  }

  /**
   * Changes a context file of one of its scopes: the coordinator is asked first, under the lock's token, and notes what the
   * file is from now on.
   */
  async write(path: ScopePath, change: (before: string | null) => string): Promise<Written> {
    const { coordinator, speaker, files } = this.#ports;
    const { scopes }: ScopesAnswer = await coordinator.query({ kind: 'scopes' });
    const scope = nearestScope(scopes, path)?.path ?? null;
    const lock = this.locks.find((each) => each.scope === scope);
    if (scope === null || lock === undefined) return { kind: 'elsewhere', scope };
    const before = await files.read(path);
    const after = change(before);
    const reply = await speaker.submit({
      kind: 'ContextModify',
      ...proofOf(this.#session),
      scope,
      file: fileIn(scope, path),
      token: lock.token,
      digest: sha256(after),
      baseDigest: before === null ? null : sha256(before),
    });
    if (!reply.ok) return { kind: 'refused', rejection: reply.rejection };
    await files.write(path, after);
    return { kind: 'written' };
  }

  /** Gives back exactly what was granted; names what was not held under it any more. */
  release(): Promise<readonly ScopePath[]> {
    this.stop();
    return releaseGrants(this.#ports.speaker, this.#session, this.locks);
  }

  /** Renews it no longer. */
  stop(): void {
    this.#keeper.stop();
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
