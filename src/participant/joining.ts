import type { AgentId, AgentMetadata, AgentProcess, ResultOf, Revision } from '../core/index.ts';
import { CoordinatorError, isOpen, type Reply } from '../protocol/index.ts';
import { resultOf, type Rejected } from './answers.ts';
import { hasJoined, proofOf, unanswered, type AgentSession, type Sessions } from './session.ts';
import type { Speaks } from './speaker.ts';

export interface JoinPorts {
  readonly speaker: Speaks;
  readonly sessions: Sessions;
  /** The secret of a new session: 16 to 64 random bytes, in lower-case hex. */
  newSecret(): string;
  /** The process that the session ends with. Left out: it ends by silence alone. */
  readonly process?: AgentProcess;
  /** Who goes on with a join that got no answer, for the log. Left out: the agent. */
  readonly from?: string;
}

export type Joined =
  | {
      readonly kind: 'joined';
      readonly session: AgentSession;
      readonly sessionDeadlineMs: number;
      readonly revision: Revision;
    }
  | { readonly kind: 'refused'; readonly reply: Rejected };

/**
 * Joins, and keeps the session. Its secret is kept before it counts, beside an earlier session of the name: a join that was
 * accepted, but whose secret is lost, would take the name away from the one who tried. Who tries again after such a join
 * goes on with what it got.
 */
export async function join(ports: JoinPorts, agent: AgentId, metadata: AgentMetadata): Promise<Joined> {
  const { sessions, speaker, process } = ports;
  const before = await readOrNull(sessions, agent);
  const pending = before === null ? null : pendingOf(before);
  const secret = pending?.secret ?? ports.newSecret();
  const letGo = await keepJoining(sessions, agent, secret);
  const reply = await speaker
    .submit({ kind: 'AgentJoin', agent, metadata, secret, ...(process && { process }) })
    .catch(async (error: unknown) => {
      // An earlier one may have been accepted all the same.
      if (pending === null && !mayBeAccepted(error)) await letGo();
      throw error;
    });
  if (reply.ok) {
    const { epoch, sessionDeadlineMs } = resultOf(reply.result, 'joined');
    const session = await keepJoined(sessions, { agent, epoch, secret });
    return { kind: 'joined', session, sessionDeadlineMs, revision: reply.revision };
  }
  const earlier = pending === null ? null : await joinedBefore(ports, pending, reply);
  if (earlier !== null) return earlier;
  await letGo();
  return { kind: 'refused', reply };
}

/**
 * Keeps the secret of a join before it counts, beside an earlier session of the name; once no such join is under way any
 * more, the function it returns undoes that.
 */
export async function keepJoining(
  sessions: Sessions,
  agent: AgentId,
  secret: string,
): Promise<() => Promise<void>> {
  const before = await readOrNull(sessions, agent);
  await sessions.write({ ...(before ?? { agent, epoch: unanswered, secret }), joiningSecret: secret });
  return async () => {
    const now = await readOrNull(sessions, agent);
    // Somebody else may have joined under the name meanwhile.
    if (now?.joiningSecret !== secret) return;
    if (!hasJoined(now)) return sessions.forget(agent);
    const { joiningSecret: _, ...session } = now;
    await sessions.write(session);
  };
}

/** The session of an earlier join that got no answer. */
function pendingOf({ agent, epoch, secret, joiningSecret }: AgentSession): AgentSession | null {
  if (joiningSecret !== undefined) return { agent, epoch: unanswered, secret: joiningSecret };
  return epoch === unanswered ? { agent, epoch, secret } : null;
}

/** Whether a command that failed may have taken effect. What cannot be ruled out counts: a secret too many does no harm. */
export function mayHaveCounted(error: unknown): boolean {
  return !(error instanceof CoordinatorError) || error.code === 'INTERNAL' || isOpen(error);
}

/** Whether a join that failed may have been accepted all the same. */
export const mayBeAccepted = (error: unknown): boolean => mayHaveCounted(error) && !isOff(error);

/** Where coordination is off nobody takes part, and one who was let in just before ends by itself. */
function isOff(error: unknown): boolean {
  return error instanceof CoordinatorError && error.code === 'DISABLED';
}

/** A damaged file is as good as none: it is replaced. */
export async function readOrNull(sessions: Sessions, agent: AgentId): Promise<AgentSession | null> {
  try {
    return await sessions.read(agent);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'NOT_JOINED') return null;
    throw error;
  }
}

/** Keeps a session, unless somebody who took its answer for lost has gone on with it already: then that one's counts. */
async function keepJoined(sessions: Sessions, session: AgentSession): Promise<AgentSession> {
  const now = await readOrNull(sessions, session.agent);
  if (now?.epoch === session.epoch) return now;
  await sessions.write(session);
  return session;
}

/**
 * The join that got no answer, if it was accepted: then its secret proves who has the name. It is gone on with as what another
 * process has left, since the agent is bound to the one that asked for it, and would be lost with that one.
 */
async function joinedBefore(
  ports: JoinPorts,
  pending: AgentSession,
  { rejection }: Rejected,
): Promise<Joined | null> {
  if (rejection.code !== 'AGENT_ALREADY_JOINED') return null;
  const session = { ...pending, epoch: rejection.details.epoch };
  const heard = await ports.speaker.submit({ kind: 'Heartbeat', ...proofOf(session) });
  if (!heard.ok) return null;
  const wentOn = await goOn(ports, session, { way: 'resume', from: ports.from ?? session.agent });
  if (wentOn.kind === 'refused') return wentOn;
  const { sessionDeadlineMs } = wentOn.result;
  return { kind: 'joined', session: wentOn.session, sessionDeadlineMs, revision: wentOn.reply.revision };
}

export type WentOn =
  | {
      readonly kind: 'wentOn';
      readonly session: AgentSession;
      readonly result: ResultOf<'resumed'>;
      readonly reply: Reply;
    }
  | { readonly kind: 'refused'; readonly reply: Rejected };

/** `takeOver`: from a process that lives, as a person says; `from`: who goes on, for the log. */
export interface GoingOn {
  readonly way: 'resume' | 'takeOver';
  readonly from: string;
}

/**
 * Goes on under a session that another process has, or has left: from then on, what that one knows is worthless. The new
 * secret is kept before it counts, beside the former one: whoever is killed meanwhile leaves both, and one of them counts.
 */
export async function goOn(ports: JoinPorts, session: AgentSession, how: GoingOn): Promise<WentOn> {
  const { formerSecret, ...known } = session;
  if (formerSecret !== undefined) {
    // An earlier one without an answer: it is said again, unless it took effect.
    const again = await resume(ports, { ...known, secret: formerSecret }, known.secret, how);
    if (again.kind === 'wentOn' || again.reply.rejection.code !== 'SESSION_MISMATCH') return again;
  }
  const { sessions } = ports;
  const newSecret = ports.newSecret();
  await sessions.write({ ...known, secret: newSecret, formerSecret: known.secret });
  const wentOn = await resume(ports, known, newSecret, how).catch(async (error: unknown) => {
    if (!mayHaveCounted(error)) await sessions.write(known);
    throw error;
  });
  if (wentOn.kind === 'refused') await sessions.write(known);
  return wentOn;
}

async function resume(
  { sessions, speaker, process }: JoinPorts,
  session: AgentSession,
  newSecret: string,
  how: GoingOn,
): Promise<WentOn> {
  const bound = process === undefined ? {} : { process };
  const reply = await speaker.submit({
    kind: 'AgentResume',
    ...proofOf(session),
    newSecret,
    ...how,
    ...bound,
  });
  if (!reply.ok) return { kind: 'refused', reply };
  const wentOn = { ...session, secret: newSecret };
  // Both secrets are kept already: that the former one is of no use any more need not be.
  await sessions.write(wentOn).catch(() => undefined);
  return { kind: 'wentOn', session: wentOn, result: resultOf(reply.result, 'resumed'), reply };
}
