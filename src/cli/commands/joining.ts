import type { AgentId, AgentMetadata, Epoch } from '../../core/index.ts';
import type { Call } from '../call.ts';
import type { Rejected } from '../outcome.ts';
import type { Session } from '../world.ts';
import { proofOf, resultOf, submit } from './speak.ts';

export type Joined =
  | {
      readonly kind: 'joined';
      readonly session: Session;
      readonly sessionDeadlineMs: number;
      readonly revision: Rejected['revision'];
    }
  | { readonly kind: 'refused'; readonly reply: Rejected };

/** Of a session whose join nobody has heard an answer to. */
const unanswered = 0 as Epoch;

/**
 * Joins, and keeps the session. Its secret is kept before it counts: a join that was accepted, but whose secret is lost,
 * would take the name away from the one who tried. Who tries again after such a join goes on with what it got.
 */
export async function joinAgent(call: Call, agent: AgentId, metadata: AgentMetadata): Promise<Joined> {
  const { sessions } = call.world;
  const repository = await call.repository();
  const before = await readOrNull(call, agent);
  const secret = before?.epoch === unanswered ? before.secret : call.world.newSecret();
  // A session that may still be of use is only written as it is, which tells whether its place can be written.
  await sessions.write(repository, before ?? { agent, epoch: unanswered, secret });
  const reply = await submit(call, { kind: 'AgentJoin', agent, metadata, secret });
  if (reply.ok) {
    const { epoch, sessionDeadlineMs } = resultOf(reply.result, 'joined');
    return keep(call, { agent, epoch, secret }, { sessionDeadlineMs, revision: reply.revision });
  }
  const earlier = before?.epoch === unanswered ? await joinedBefore(call, before, reply) : null;
  if (earlier !== null) return earlier;
  if (before === null || before.epoch === unanswered) await sessions.remove(repository, agent);
  return { kind: 'refused', reply };
}

/** A damaged file is as good as none: it is replaced. */
async function readOrNull(call: Call, agent: AgentId): Promise<Session | null> {
  try {
    return await call.world.sessions.read(await call.repository(), agent);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'NOT_JOINED') return null;
    throw error;
  }
}

async function keep(
  call: Call,
  session: Session,
  more: Omit<Extract<Joined, { kind: 'joined' }>, 'kind' | 'session'>,
): Promise<Joined> {
  await call.world.sessions.write(await call.repository(), session);
  return { kind: 'joined', session, ...more };
}

/** The join that got no answer, if it was accepted: then its secret proves who has the name. */
async function joinedBefore(call: Call, pending: Session, { rejection }: Rejected): Promise<Joined | null> {
  const { epoch } = rejection.details;
  if (rejection.code !== 'AGENT_ALREADY_JOINED' || typeof epoch !== 'number') return null;
  const session = { ...pending, epoch: epoch as Epoch };
  const reply = await submit(call, { kind: 'Heartbeat', ...proofOf(session) });
  if (!reply.ok) return null;
  const { sessionDeadlineMs } = resultOf(reply.result, 'renewed');
  return keep(call, session, { sessionDeadlineMs, revision: reply.revision });
}
