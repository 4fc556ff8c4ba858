import type { Notice } from '../../core/index.ts';
import { inTime, isNews, isToBeKept, keepTold, newsOf, type AgentSession } from '../../participant/index.ts';
import type { NoticesAnswer } from '../../protocol/index.ts';
import { noticeText, restText } from '../../wording/index.ts';
import type { ExitCode } from '../answer/exit-codes.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';

/** How long is waited for what is good to know, in milliseconds. */
const patienceMs = 2_000;

/**
 * Gives a command's answer, and tells the agent that acted what it has to know: on standard error, or in the same envelope.
 * It is told at its next command where it cannot be asked for now.
 */
export async function withNews(
  call: Call,
  session: AgentSession,
  answer: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const asked = await inTime(call.ports.clock, patienceMs, ask(call, session));
  if (asked === null) return answer();
  const { news, kept } = asked;
  const notices = news.notices.filter((notice) => !isAttended(call, notice));
  if (isNews({ ...news, notices })) call.beside = besideOf({ ...news, notices });
  const exitCode = await answer();
  // What was shown to nobody is told at the next command.
  if (call.json ? !call.hasAnswered : call.quiet) return exitCode;
  for (const text of textsOf({ ...news, notices })) call.note(text);
  if (isToBeKept(kept, news.upTo, isNews(news))) await keep(call, kept, news).catch(() => undefined);
  return exitCode;
}

interface Asked {
  readonly news: NoticesAnswer;
  readonly kept: AgentSession;
}

/** Since the command began others may have been told in the agent's name; one that has left is told nothing. */
async function ask(call: Call, session: AgentSession): Promise<Asked | null> {
  const kept = await call.world.sessions.read(await call.repository(), session.agent);
  if (kept?.secret !== session.secret) return null;
  return { news: await newsOf(await call.coordinator(), kept), kept };
}

async function keep(call: Call, kept: AgentSession, { upTo }: NoticesAnswer): Promise<void> {
  const repository = await call.repository();
  const { sessions } = call.world;
  const ports = {
    read: (agent: AgentSession['agent']) => sessions.read(repository, agent),
    write: (session: AgentSession) => sessions.write(repository, session),
  };
  await keepTold(ports, kept, upTo);
}

/** The answer itself tells how a wait ended for which the command has waited. */
const isAttended = (call: Call, notice: Notice): boolean =>
  (notice.kind === 'waitServed' || notice.kind === 'waitEnded') && call.attended.has(notice.ticket);

function besideOf({ notices, left, unread }: NoticesAnswer): Readonly<Record<string, unknown>> {
  return {
    notices,
    ...(left === 0 ? {} : { noticesLeft: left }),
    ...(unread === null ? {} : { noticesUnread: unread }),
  };
}

function textsOf(news: NoticesAnswer): string[] {
  const as = { agent: asIs, name: asIs, text: asIs };
  return [
    ...news.notices.map((notice) => noticeText(notice, { nowMs: news.nowMs, as })),
    ...restText(news),
  ].map((text) => line`rhema: ${text}`);
}

const asIs = (text: string): string => text;
