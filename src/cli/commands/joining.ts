import type { AgentId, AgentMetadata, Epoch } from '../../core/index.ts';
import { CoordinatorError, isOpen } from '../../protocol/index.ts';
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

/** Of a session under which nobody has acted yet: its join is without an answer. */
const unanswered = 0 as Epoch;

/** Whether an agent of this session may act: whoever has only asked to join may not. */
export const hasJoined = ({ epoch }: Session): boolean => epoch !== unanswered;

/**
 * Joins, and keeps the session. Its secret is kept before it counts, beside an earlier session of the name: a join that was
 * accepted, but whose secret is lost, would take the name away from the one who tried. Who tries again after such a join
 * goes on with what it got.
 */
export async function joinAgent(call: Call, agent: AgentId, metadata: AgentMetadata): Promise<Joined> {
  const { sessions } = call.world;
  const repository = await call.repository();
  const before = await readOrNull(call, agent);
  const pending = before === null ? null : pendingOf(before);
  const secret = pending?.secret ?? call.world.newSecret();
  await sessions.write(repository, {
    ...(before ?? { agent, epoch: unanswered, secret }),
    joiningSecret: secret,
  });
  const reply = await submit(call, { kind: 'AgentJoin', agent, metadata, secret }).catch(
    async (error: unknown) => {
      // An earlier one may have been accepted all the same.
      if (pending === null && !mayHaveJoined(error)) await putBack(call, agent, before);
      throw error;
    },
  );
  if (reply.ok) {
    const { epoch, sessionDeadlineMs } = resultOf(reply.result, 'joined');
    return keep(call, { agent, epoch, secret }, { sessionDeadlineMs, revision: reply.revision });
  }
  const earlier = pending === null ? null : await joinedBefore(call, pending, reply);
  if (earlier !== null) return earlier;
  await putBack(call, agent, before);
  return { kind: 'refused', reply };
}

/** The session of an earlier join that got no answer. */
function pendingOf({ agent, epoch, secret, joiningSecret }: Session): Session | null {
  if (joiningSecret !== undefined) return { agent, epoch: unanswered, secret: joiningSecret };
  return epoch === unanswered ? { agent, epoch, secret } : null;
}

/** What cannot be ruled out counts: a secret too many does no harm. */
function mayHaveJoined(error: unknown): boolean {
  return !(error instanceof CoordinatorError) || error.code === 'INTERNAL' || isOpen(error);
}

/** No join is under way any more. */
async function putBack(call: Call, agent: AgentId, before: Session | null): Promise<void> {
  const { sessions } = call.world;
  const repository = await call.repository();
  if (before === null || !hasJoined(before)) return sessions.remove(repository, agent);
  const { joiningSecret: _, ...session } = before;
  await sessions.write(repository, session);
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
