import type { Message, ResultOf } from '../../core/index.ts';
import { count, messageLead } from '../../wording/index.ts';
import type { Style } from './style.ts';
import { line, safe } from './text.ts';
import { clockTime } from './time.ts';

/** What an agent had not read, one message below the other; the lines of a text are indented, so that none reads like another message. */
export function messagesText(
  style: Style,
  agent: string,
  { messages, gaveWay }: ResultOf<'messagesRead'>,
  nowMs: number,
): string {
  if (messages.length === 0) return line`${agent} has no unread message`;
  const earlier =
    gaveWay === 0 ? [] : [`${count(gaveWay, 'earlier message')} gave way unread (max_unread_messages)`];
  return [...earlier, ...messages.map((message) => messageText(style, message, nowMs))].join('\n');
}

const shown = { agent: safe, name: safe, text: safe };

function messageText(style: Style, message: Message, nowMs: number): string {
  const head = style.paint('dim', `@${message.revision} ${clockTime(message.atMs, nowMs)}`);
  const [first = '', ...others] = message.text.split(/\r?\n/).map(safe);
  return [`${head} ${messageLead(message, shown)}: ${first}`, ...others.map((text) => `    ${text}`)].join(
    '\n',
  );
}
