import { createHash } from 'node:crypto';
import {
  fileIn,
  type FencingToken,
  type Grant,
  type Rejection,
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
import { releaseGrants } from './giving-back.ts';
import { mayHaveCounted } from './joining.ts';
import { LeaseRenewer, type LeaseLoss } from './lease-renewer.ts';
import { proofOf, type AgentSession } from './session.ts';
import type { Speaks } from './speaker.ts';

/** The files of a working tree, by their paths in the repository. */
export interface Files {
  /**
   * The path of what a path leads to, where folders or the file itself are links. Throws `INVALID_INPUT` when it leads out
   * of the working tree.
   */
  realPath(path: ScopePath): Promise<ScopePath>;
  /** The text of a file; null when there is none. */
  read(path: ScopePath): Promise<string | null>;
  /** Keeps a text beside a file, under a mark, durably. */
  stage(path: ScopePath, mark: string, text: string): Promise<void>;
  /** What is kept under a mark; null when nothing is. */
  staged(path: ScopePath, mark: string): Promise<string | null>;
  /** Puts it in the place of the file: all or nothing, also when the process is killed. */
  finish(path: ScopePath, mark: string): Promise<void>;
  discard(path: ScopePath, mark: string): Promise<void>;
}

export interface LockPorts {
  readonly coordinator: Pick<Coordinator, 'query' | 'watch'>;
  readonly speaker: Speaks;
  readonly time: Pick<Time, 'monotonicMs' | 'schedule'>;
  readonly files: Files;
  /** What was changed under what is about to be given back, as a part of the command. */
  readonly changedUnder: (wish: Wish) => Promise<Pick<ReleaseLock, 'changed'>>;
}

export type Written =
  | { readonly kind: 'written' }
  /** Another scope than those of the lock has the file, by its real path; `scope`: null when none has. */
  | { readonly kind: 'elsewhere'; readonly path: ScopePath; readonly scope: ScopePath | null }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

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

  /**
   * Changes a context file of one of its scopes: the coordinator is asked first, under the lock's token, and notes what the
   * file is from now on. The text lies beside the file by then: who is killed between the two is followed by one who finds
   * it there, and puts it in its place first. A link leads to a file of another scope as well: where it is counts, and not
   * what it is called.
   */
  async write(named: ScopePath, change: (before: string | null) => string): Promise<Written> {
    const { coordinator, speaker, files } = this.#ports;
    const { agent, epoch } = this.#session;
    const path = await files.realPath(named);
    const asked = { agent, epoch, files: [path], token: null };
    const [around] = (await coordinator.query({ kind: 'mayWrite', ...asked })).scopes;
    const scope = around?.path ?? null;
    const lock = this.locks.find((each) => covers(each, scope, path));
    if (around === undefined || scope === null || lock === undefined)
      return { kind: 'elsewhere', path, scope };
    const recorded = around.contexts[fileIn(scope, path)]?.digest ?? null;
    const before = await readRepaired(files, path, recorded);
    const after = change(before);
    const mark = markOf(before, sha256(after));
    await files.stage(path, mark, after);
    const command = {
      kind: 'ContextModify',
      ...proofOf(this.#session),
      scope,
      file: fileIn(scope, path),
      token: lock.token,
      digest: sha256(after),
      baseDigest: before === null ? null : sha256(before),
    } as const;
    const reply = await speaker.submit(command).catch(async (error: unknown) => {
      // Nothing will ever be recorded of it, so that nobody would look for it.
      if (!mayHaveCounted(error)) await files.discard(path, mark);
      throw error;
    });
    if (!reply.ok) {
      await files.discard(path, mark);
      return { kind: 'refused', rejection: reply.rejection };
    }
    await files.finish(path, mark);
    return { kind: 'written' };
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

/** Whether a lock is of the file, or of the whole scope that it is in. */
function covers({ scope: locked, file }: Grant, scope: ScopePath | null, path: ScopePath): boolean {
  return locked !== undefined && locked === scope && (file === undefined || (file as string) === path);
}

/** The text of a file, once what was recorded of it, and made from what it is now, is in its place. */
async function readRepaired(files: Files, path: ScopePath, recorded: string | null): Promise<string | null> {
  const now = await files.read(path);
  if (recorded === null || (now !== null && sha256(now) === recorded)) return now;
  const mark = markOf(now, recorded);
  const text = await files.staged(path, mark);
  if (text === null || sha256(text) !== recorded) return now;
  await files.finish(path, mark);
  return text;
}

/** From what a text was made, and which it is. */
function markOf(before: string | null, digest: string): string {
  const from = before === null ? 'none' : sha256(before).slice(0, markDigits);
  return `${from}-${digest.slice(0, markDigits)}`;
}

const markDigits = 16;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
