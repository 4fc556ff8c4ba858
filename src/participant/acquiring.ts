import type {
  DurationMs,
  Grant,
  QueuedResult,
  Revision,
  TicketEndCause,
  WaitWish,
  Wish,
} from '../core/index.ts';
import { sessionIdOf, sessionMarkOf, type Coordinator } from '../protocol/index.ts';
import { every, type Time } from '../time/index.ts';
import { resultOf, type Rejected } from './answers.ts';
import { awaitAtMost, ticketBeyond, refusedWith, type EarlierTicket } from './earlier-ticket.ts';
import { giveUpPlace, releaseGrants, sayAs } from './giving-back.ts';
import { proofOf, type AgentSession } from './session.ts';
import type { Speaks } from './speaker.ts';

export interface AcquirePorts {
  readonly coordinator: Pick<Coordinator, 'awaitTicket' | 'query'>;
  readonly speaker: Speaks;
  readonly time: Pick<Time, 'monotonicMs' | 'schedule'>;
}

export interface AcquireWish extends Wish {
  readonly ttlMs: DurationMs | null;
  readonly wait: WaitWish;
  readonly reason: string | null;
}

/** What whoever waits has to say, and is told, meanwhile. */
export interface WaitHooks {
  /** Gives the ticket up. */
  readonly signal: AbortSignal;
  readonly onQueued?: (queued: QueuedResult) => void;
  readonly onGivingUp?: () => void;
}

export type Acquired = Granted | NotGranted;
export interface Granted {
  readonly kind: 'granted';
  readonly revision: Revision;
  readonly locks: readonly Grant[];
}
export type NotGranted =
  | { readonly kind: 'refused'; readonly reply: Rejected }
  | {
      readonly kind: 'waitedInVain';
      readonly revision: Revision;
      readonly cause: TicketEndCause | 'unknown';
      readonly waitedMs: number;
      /** The ticket that the agent had before and keeps; null: it is over. */
      readonly kept: EarlierTicket | null;
    }
  /** `stuck`: why the ticket could not be given back; null: it was. */
  | { readonly kind: 'gaveUp'; readonly stuck: { readonly error: unknown } | null };

/**
 * Asks for locks and, if the wish says so, waits in the queue: for as long as the wish says, also under a ticket that the agent
 * has from before.
 */
export async function acquire(
  ports: AcquirePorts,
  session: AgentSession,
  wish: AcquireWish,
  hooks: WaitHooks,
): Promise<Acquired> {
  const { wait } = wish;
  const { agent, epoch, secret } = session;
  const command = { kind: 'AcquireLock', agent, epoch, secret, ...wish } as const;
  const reply = await ports.speaker.submit(command);
  if (!reply.ok) return { kind: 'refused', reply };
  if (reply.result.kind === 'granted')
    return { kind: 'granted', revision: reply.revision, locks: reply.result.locks };
  const queued = resultOf(reply.result, 'queued');
  const earlier = wait.kind === 'none' ? await ticketBeyond(ports, queued, 0) : null;
  if (earlier !== null) return { kind: 'refused', reply: refusedWith(earlier, session.agent, reply) };
  return waitInLine(ports, session, { queued, forMs: wait.kind === 'none' ? 0 : wait.forMs }, hooks);
}

/** A ticket, and for how long it is waited for; null: for as long as it lasts. */
interface Waiting {
  readonly queued: QueuedResult;
  readonly forMs: number | null;
}

const inVain = { kind: 'waitedInVain', kept: null } as const;

/**
 * Waits for the ticket to be served. Heartbeats keep the waiting agent present; whoever gives up gives the ticket of the
 * queue back first, so that nobody waits behind a ghost.
 */
async function waitInLine(
  ports: AcquirePorts,
  session: AgentSession,
  { queued, forMs }: Waiting,
  { signal, onQueued, onGivingUp }: WaitHooks,
): Promise<Acquired> {
  const startedMs = ports.time.monotonicMs();
  onQueued?.(queued);
  const stopBeating = keepPresent(ports, session);
  try {
    const ask = { agent: session.agent, ticket: queued.ticket };
    const end = await awaitAtMost(ports, ask, forMs, signal);
    const waitedMs = Math.round(ports.time.monotonicMs() - startedMs);
    if ('kept' in end)
      return { ...inVain, revision: end.kept.revision, cause: 'deadline', waitedMs, kept: end.kept };
    const { left } = end;
    const refused = left.kind === 'granted' ? await refusedMeanwhile(ports, session) : null;
    if (refused !== null) return { kind: 'refused', reply: refused };
    if (left.kind === 'granted') return left;
    return { ...inVain, revision: left.revision, cause: left.cause, waitedMs };
  } catch (error) {
    if (!signal.aborted) throw error;
    onGivingUp?.();
    const stuck = await giveUp(ports, session, queued).then(
      () => null,
      (why: unknown) => ({ error: why }),
    );
    return { kind: 'gaveUp', stuck };
  } finally {
    stopBeating();
  }
}

/**
 * The ticket is the name's: where another process goes on as the agent by now, what the ticket brings is that one's. An
 * answer shows that there may be another; the coordinator, which is asked then, decides.
 */
async function refusedMeanwhile(
  { coordinator, speaker }: AcquirePorts,
  session: AgentSession,
): Promise<Rejected | null> {
  const status = await coordinator.query({ kind: 'status', at: null }).catch(() => null);
  const mark = status?.agents.find(({ agent }) => agent === session.agent)?.sessionMark;
  if (mark === undefined || mark === sessionMarkOf(sessionIdOf(session.secret))) return null;
  const reply = await speaker.submit({ kind: 'Heartbeat', ...proofOf(session) });
  return reply.ok ? null : reply;
}

/** Gives the ticket back; when the grant came just before, gives back exactly what was granted. */
async function giveUp(
  { coordinator, speaker }: AcquirePorts,
  session: AgentSession,
  { ticket }: QueuedResult,
): Promise<void> {
  const { agent } = session;
  const came = await giveUpPlace(sayAs(speaker, session), () => coordinator.awaitTicket({ agent, ticket }));
  if (came !== null) await releaseGrants(speaker, session, came);
}

/** Sends heartbeats, three to a session's length, until told to stop. */
export function keepPresent({ coordinator, speaker, time }: AcquirePorts, session: AgentSession): () => void {
  let stop: (() => void) | null = null;
  let stopped = false;
  const beat = async (): Promise<void> => {
    await speaker.submit({ kind: 'Heartbeat', ...proofOf(session) });
  };
  const start = async (): Promise<void> => {
    const { settings } = await coordinator.query({ kind: 'status', at: null });
    if (!stopped) stop = every(time, settings.sessionTtlMs / 3, beat);
  };
  // Without the settings there is no beat; the wait itself then says what is wrong with the connection.
  start().catch(() => undefined);
  return () => {
    stopped = true;
    stop?.();
  };
}
