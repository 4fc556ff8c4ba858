/** After a tool, and whenever the client gives a sign of life: leases are renewed, and the agent is told what happened. */
import { type Message } from '../../core/index.ts';
import { isNews, keepTold, newsOf, proofOf, resultOf, type AgentSession } from '../../participant/index.ts';
import { messageLead, noticeText, restText } from '../../wording/index.ts';
import { agentPorts, submit } from '../commands/speak.ts';
import { line } from '../format/text.ts';
import { digestOfFile } from './digest-of-file.ts';
import type { HookWork } from './hook-work.ts';
import { placed, type Named } from './places.ts';

/** What it has written it knows. */
export function noteWritten(work: HookWork, paths: readonly Named[]): void {
  for (const { absolute } of placed(work, paths)) {
    if (absolute === null) continue;
    const token = work.memory.seen(absolute)?.token ?? null;
    work.memory.keepSeen(absolute, { digest: digestOfFile(absolute), token });
  }
}

/** Renews the session with all that it holds; null: it takes no part any more. */
export async function renew({ call }: HookWork, session: AgentSession): Promise<boolean> {
  return (await submit(call, { kind: 'Heartbeat', ...proofOf(session) })).ok;
}

const as = { agent: asIs, name: asIs, text: asIs };
function asIs(text: string): string {
  return text;
}

/** What it has to know and was not told, each thing once; for a moment at which its client passes that on. Empty: nothing. */
export async function news(work: HookWork, session: AgentSession): Promise<readonly string[]> {
  const { call, repository } = work;
  const coordinator = await call.coordinator();
  const kept = await call.world.sessions.read(repository, session.agent);
  if (kept?.secret !== session.secret) return [];
  const found = await newsOf(coordinator, kept);
  const messages = await messagesTo(work, session);
  if (isNews(found)) await keepTold((await agentPorts(call)).sessions, kept, found.upTo);
  return [
    ...found.notices.map((notice) => noticeText(notice, { nowMs: found.nowMs, as })),
    ...restText(found),
    ...messages.map((message) => line`${messageLead(message, as)}: ${message.text}`),
  ];
}

/** Takes the messages that it has not read: whoever asks passes them on. */
export async function messagesTo({ call }: HookWork, session: AgentSession): Promise<readonly Message[]> {
  if (call.unread === null) return [];
  const reply = await submit(call, { kind: 'ReadMessages', ...proofOf(session) });
  return reply.ok ? resultOf(reply.result, 'messagesRead').messages : [];
}
