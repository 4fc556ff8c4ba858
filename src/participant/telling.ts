/**
 * Being told: what an agent has to know at its next call, whoever makes it in its name. How far it was told is kept with its
 * session, so that the next call, and the next process, tell what came after.
 */
import type { Coordinator, NoticesAnswer, ToldUpTo } from '../protocol/index.ts';
import { proofOf, type AgentSession, type Sessions } from './session.ts';

/** Where an agent was told last; null: never since it joined. */
export function toldUpTo({ toldUpTo: revision, toldUpToLogMs: logMs }: AgentSession): ToldUpTo | null {
  return revision === undefined ? null : { revision, logMs: logMs ?? (0 as ToldUpTo['logMs']) };
}

export const withTold = (session: AgentSession, { revision, logMs }: ToldUpTo): AgentSession => ({
  ...session,
  toldUpTo: revision,
  toldUpToLogMs: logMs,
});

/** What happened since an agent was told last. */
export function newsOf(
  coordinator: Pick<Coordinator, 'query'>,
  session: AgentSession,
  after = toldUpTo(session),
): Promise<NoticesAnswer> {
  const { agent, epoch } = proofOf(session);
  return coordinator.query({ kind: 'notices', agent, epoch, after });
}

/** Whether there is anything to say. */
export const isNews = ({ notices, unread }: NoticesAnswer): boolean => notices.length > 0 || unread !== null;

/** Where nothing was told for so many revisions, it is kept all the same that nothing was: a log is kept for a while only. */
const revisionsMax = 500;

/**
 * Whether it has to be kept that an agent was told up to here: not for each call to which nothing was said. What follows from
 * time alone is told at the revision up to which the agent was told before.
 */
export function isToBeKept(session: AgentSession, upTo: ToldUpTo, wasTold: boolean): boolean {
  const before = session.toldUpTo ?? session.epoch;
  return upTo.revision >= before && (wasTold || upTo.revision - before > revisionsMax);
}

/** Keeps how far an agent was told, unless somebody else goes on in its name by now, or has told it more. */
export async function keepTold(
  sessions: Pick<Sessions, 'read' | 'write'>,
  session: AgentSession,
  upTo: ToldUpTo,
): Promise<void> {
  const kept = await sessions.read(session.agent);
  if (kept?.secret !== session.secret || (kept.toldUpTo ?? 0) > upTo.revision) return;
  await sessions.write(withTold(kept, upTo));
}
