/**
 * An agent that takes part from one process, for as long as that lives: it joins, or goes on under the session that an
 * earlier process has left; it is kept present; what it acquires is kept until it is given back.
 */
import { asDurationMs } from '../core/index.ts';
import type {
  AgentId,
  AgentMetadata,
  AgentProcess,
  Grant,
  Rejection,
  Settings,
  Wish,
} from '../core/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import { every, type Time } from '../time/index.ts';
import { acquire, type AcquireWish, type NotGranted, type WaitHooks } from './acquiring.ts';
import { overCodes } from './agent-commands.ts';
import { resultOf } from './answers.ts';
import { changedByHolder, type ChangedSince } from './changes.ts';
import { Correspondence } from './correspondence.ts';
import { releaseGrants } from './giving-back.ts';
import type { Files } from './context-write.ts';
import { HeldLock, type LockPorts } from './held-lock.ts';
import { goOn, join, readOrNull } from './joining.ts';
import { hasJoined, proofOf, type AgentSession, type Occupant, type SessionKeeping } from './session.ts';
import { Speaker } from './speaker.ts';

export interface ParticipantPorts {
  readonly coordinator: Coordinator;
  readonly sessions: SessionKeeping;
  readonly files: Files;
  /** Left out: nobody looks what was changed under what is given back. */
  readonly changedSince?: ChangedSince;
  readonly time: Pick<Time, 'wallMs' | 'monotonicMs' | 'schedule'>;
  newRequestId(): string;
  newSecret(): string;
  /** The process that the agent lives in. Left out: its session ends by silence alone. */
  readonly process?: AgentProcess;
}

export interface PartWish {
  readonly agent: AgentId;
  readonly metadata: AgentMetadata;
  /** Who goes on under the session that an earlier process has left, for the log. */
  readonly from: string;
  /** Whether what that one has left is kept; else it is given back, since nobody works under it. */
  readonly keepsLeft: boolean;
}

export type TookPart =
  | { readonly kind: 'joined'; readonly participant: Participant }
  /** A live process of this user occupies the name. */
  | { readonly kind: 'occupied'; readonly by: Occupant }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

type Begun =
  | { readonly kind: 'begun'; readonly session: AgentSession; readonly isNew: boolean }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

export class Participant {
  /** What an earlier process has left, where it was to be kept. */
  readonly left: HeldLock | null;
  /** What it hears, and says to others. */
  readonly correspondence: Correspondence;
  readonly #ports: ParticipantPorts;
  readonly #speaker: Speaker;
  readonly #session: AgentSession;
  readonly #settings: Settings;
  /** What is kept, as of the last heartbeat, and what has come since. */
  #locks: readonly HeldLock[];
  #acquiring = 0;
  /** Whether the agent may wait in the queue without anybody here knowing of it. */
  #mayWait = false;
  #tidied: Promise<void> = Promise.resolve();
  #isStopped = false;
  readonly #stopBeating: () => void;

  private constructor(
    ports: ParticipantPorts,
    speaker: Speaker,
    session: AgentSession,
    settings: Settings,
    left: HeldLock | null,
  ) {
    this.#ports = ports;
    this.#speaker = speaker;
    this.#session = session;
    this.#settings = settings;
    this.left = left;
    this.correspondence = new Correspondence({ ...ports, speaker }, session);
    this.#locks = left === null ? [] : [left];
    this.#stopBeating = every(ports.time, settings.sessionTtlMs / 3, () => this.#beat());
  }

  static async takePart(ports: ParticipantPorts, wish: PartWish): Promise<TookPart> {
    const occupation = await ports.sessions.occupy(wish.agent);
    if (occupation.kind === 'taken') return { kind: 'occupied', by: occupation.by };
    try {
      const took = await Participant.#takeOccupied(ports, wish);
      if (took.kind === 'refused') await ports.sessions.release(wish.agent);
      return took;
    } catch (error) {
      // Nobody takes part under the name from here: others must not be told so.
      await ports.sessions.release(wish.agent);
      throw error;
    }
  }

  static async #takeOccupied(ports: ParticipantPorts, wish: PartWish): Promise<TookPart> {
    const speaker = new Speaker(ports);
    const begun = await begin(ports, speaker, wish);
    if (begun.kind === 'refused') return begun;
    const { session, isNew } = begun;
    const found = isNew ? null : await leftTo(speaker, session);
    if (found !== null && !wish.keepsLeft) await releaseGrants(speaker, session, found.leases);
    const { settings } = await ports.coordinator.query({ kind: 'status', at: null });
    const left =
      found !== null && wish.keepsLeft && found.leases.length > 0
        ? await HeldLock.keep(lockPorts(ports, speaker, session), session, found.leases, {
            sessionTtlMs: settings.sessionTtlMs,
            lockTtlMs: asDurationMs(found.leaseMs),
          })
        : null;
    return { kind: 'joined', participant: new Participant(ports, speaker, session, settings, left) };
  }

  get agent(): AgentId {
    return this.#session.agent;
  }

  /** Asks for locks and, if the wish says so, waits in the queue for as long as it takes. They are kept from then on. */
  async acquire(
    wish: AcquireWish,
    hooks: WaitHooks,
  ): Promise<NotGranted | { readonly kind: 'granted'; readonly lock: HeldLock }> {
    this.#acquiring += 1;
    if (this.#mayWait && this.#acquiring === 1) this.#tidy([]);
    try {
      // What could not be tidied up is met again, as a refusal or as the same failure.
      await this.#tidied.catch(() => undefined);
      return await this.#acquire(wish, hooks);
    } catch (error) {
      this.#mayWait = true;
      throw error;
    } finally {
      this.#acquiring -= 1;
    }
  }

  async #acquire(
    wish: AcquireWish,
    hooks: WaitHooks,
  ): Promise<NotGranted | { readonly kind: 'granted'; readonly lock: HeldLock }> {
    const ports = { ...this.#ports, speaker: this.#speaker };
    const acquired = await acquire(ports, this.#session, wish, hooks);
    if (acquired.kind === 'gaveUp' && acquired.stuck !== null) this.#mayWait = true;
    if (acquired.kind !== 'granted') return acquired;
    const { sessionTtlMs, lockTtlMs } = this.#settings;
    const lasting = { sessionTtlMs, lockTtlMs: wish.ttlMs ?? lockTtlMs };
    const kept = lockPorts(this.#ports, this.#speaker, this.#session);
    const lock = await HeldLock.keep(kept, this.#session, acquired.locks, lasting);
    this.#locks = [...this.#locks, lock];
    return { kind: 'granted', lock };
  }

  /**
   * Renews the session, and with it all that it holds: of that, what nobody here keeps has come of a command whose answer
   * was lost, or is to have been given back. Renewed for ever, it would stay taken for ever.
   */
  async #beat(): Promise<void> {
    const reply = await this.#speaker.submit({ kind: 'Heartbeat', ...proofOf(this.#session) });
    this.#locks = this.#locks.filter(({ isKept }) => isKept);
    if (!reply.ok || this.#acquiring > 0 || this.#isStopped) return;
    const kept = new Set(this.#locks.flatMap(({ locks }) => locks.map(({ token }) => token)));
    const strays = resultOf(reply.result, 'renewed').leases.filter(({ token }) => !kept.has(token));
    if (this.#mayWait || strays.length > 0) this.#tidy(strays);
    await this.#tidied;
  }

  /** What is acquired waits for it: a lock that is given back must not be granted there as held already. */
  #tidy(strays: readonly Grant[]): void {
    const tidy = async (): Promise<void> => {
      if (this.#mayWait) await this.#speaker.submit({ kind: 'CancelWait', ...proofOf(this.#session) });
      this.#mayWait = false;
      await releaseGrants(this.#speaker, this.#session, strays);
    };
    this.#tidied = this.#tidied.catch(() => undefined).then(tidy);
  }

  /** Leaves, and gives back all that it has; the session is forgotten. Null, or why the coordinator knew it no more. */
  async leave(): Promise<Rejection | null> {
    this.stop();
    const changed = await changedBy(this.#ports, this.#session, null);
    const reply = await this.#speaker.submit({ kind: 'AgentLeave', ...proofOf(this.#session), ...changed });
    if (reply.ok || overCodes.has(reply.rejection.code)) await this.#ports.sessions.forget(this.agent);
    return reply.ok ? null : reply.rejection;
  }

  /** Renews nothing any more. A later process goes on under the session as long as that lasts. */
  stop(): void {
    this.#isStopped = true;
    this.#stopBeating();
    for (const lock of this.#locks) lock.stop();
  }
}

const lockPorts = (ports: ParticipantPorts, speaker: Speaker, session: AgentSession): LockPorts => ({
  ...ports,
  speaker,
  changedUnder: (wish) => changedBy(ports, session, wish),
});

/** What it has changed under what it is about to give back; null: under all that it holds. */
async function changedBy(
  { coordinator, time, changedSince }: ParticipantPorts,
  session: AgentSession,
  wish: Wish | null,
): ReturnType<typeof changedByHolder> {
  if (changedSince === undefined) return {};
  return changedByHolder({ coordinator, wallMs: () => time.wallMs(), changedSince, time }, session, wish);
}

/** Goes on under the session that is kept, or joins where there is none, or nobody can go on under it. */
async function begin(
  ports: ParticipantPorts,
  speaker: Speaker,
  { agent, metadata, from }: PartWish,
): Promise<Begun> {
  const { process } = ports;
  const joinPorts = {
    speaker,
    sessions: ports.sessions,
    newSecret: () => ports.newSecret(),
    from,
    ...(process && { process }),
  };
  const kept = await readOrNull(ports.sessions, agent);
  if (kept !== null && hasJoined(kept)) {
    const wentOn = await goOn(joinPorts, kept, { way: 'resume', from });
    if (wentOn.kind === 'wentOn') return { kind: 'begun', session: wentOn.session, isNew: false };
    const { rejection } = wentOn.reply;
    if (!overCodes.has(rejection.code)) return { kind: 'refused', rejection };
  }
  const joined = await join(joinPorts, agent, metadata);
  if (joined.kind === 'refused') return { kind: 'refused', rejection: joined.reply.rejection };
  return { kind: 'begun', session: joined.session, isNew: true };
}

/** What an earlier process has left, and how long the shortest lease of it lasts. */
interface Left {
  readonly leases: readonly Grant[];
  readonly leaseMs: number;
}

/**
 * Nobody waits in the place of an earlier process any more; what came of it until then is there. It has leases of its own,
 * whatever is configured: they are as long as a heartbeat has made them.
 */
async function leftTo(speaker: Speaker, session: AgentSession): Promise<Left | null> {
  await speaker.submit({ kind: 'CancelWait', ...proofOf(session) });
  const reply = await speaker.submit({ kind: 'Heartbeat', ...proofOf(session) });
  if (!reply.ok) return null;
  const { leases } = resultOf(reply.result, 'renewed');
  return { leases, leaseMs: Math.min(...leases.map(({ deadlineMs }) => deadlineMs)) - reply.atMs };
}
