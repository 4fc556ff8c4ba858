/**
 * Messages: what an agent or an operator says to an agent, to whoever holds something, or to all who are present.
 *
 * For whom a message is, is settled when it is sent: who takes hold of the thing later does not get it, and neither does who
 * joins later. Each agent keeps what it has not read, up to `maxUnreadMessages`; then the oldest gives way, and the reader is
 * told how many did. Reading takes all of it at once, so that each message is delivered once; the answer is kept with the
 * request id, so that a repeat of a lost answer gives the same messages.
 *
 *     sent --(read)--> delivered
 *     sent --(the inbox is full)--> gave way, and is counted
 *     sent --(its reader leaves, or is lost)--> gone; the event of that says how many
 *
 * What is unread belongs to one incarnation of an agent: one that goes on in another process keeps it, one that joins again
 * begins with nothing. A message never changes a lock, a wait or a status.
 */
import { assert } from './assert.ts';
import type { ReadMessages, SendAsOperator, SendMessage } from './commands.ts';
import { locksOverlapping } from './contention.ts';
import type { Decision } from './decision.ts';
import type { EventOf, Stamp } from './events.ts';
import { presentAgent, refusedUnknown } from './gate.ts';
import { addMs, named, type AgentId, type TimeMs } from './ids.ts';
import { giveWay } from './inbox.ts';
import { messagesPerMinuteMax } from './limits.ts';
import type { Addressee, Sent, Way } from './message-forms.ts';
import { byText } from './order.ts';
import { wantedName } from './overlap.ts';
import { reject } from './rejections.ts';
import type { Agent, State } from './state.ts';
import { shownName, targetNamed, wishFor } from './targets.ts';

const minuteMs = 60_000;

/** Sends a message to each of its recipients. Rejects: SCOPE_NOT_FOUND, RESOURCE_NOT_FOUND, NO_RECIPIENT, MESSAGE_LIMIT_REACHED. */
export function decideSendMessage(state: State, command: SendMessage): Decision {
  const agent = presentAgent(state, command.agent);
  const recipients = recipientsOf(state, command, agent.id);
  if (!Array.isArray(recipients)) return recipients;
  return refusedRate(agent, command.atMs) ?? sent(state, command, { agent: agent.id }, recipients);
}

/** The same from an operator, who may send as many as need be. Rejects: SCOPE_NOT_FOUND, RESOURCE_NOT_FOUND, NO_RECIPIENT. */
export function decideSendAsOperator(state: State, command: SendAsOperator): Decision {
  const recipients = recipientsOf(state, command, null);
  return Array.isArray(recipients) ? sent(state, command, { by: command.by }, recipients) : recipients;
}

type Saying = Pick<SendMessage, 'to' | 'messageKind' | 'text'>;
type From = { readonly agent: AgentId } | { readonly by: string };

function sent(state: State, saying: Saying, from: From, recipients: readonly AgentId[]): Decision {
  const { to, messageKind, text } = saying;
  const way = wayOf(state, to);
  return {
    kind: 'committed',
    events: [{ kind: 'message.sent', ...from, messageKind, way, recipients, text }],
    result: { kind: 'messageSent', recipients },
  };
}

/** At least one, in order of name, or why there is none. */
function recipientsOf(state: State, { to }: Saying, sender: AgentId | null): AgentId[] | Decision {
  const unknown = to.kind === 'holder' ? refusedUnknown(state, wishFor(to)) : null;
  if (unknown !== null) return unknown;
  const others = addressedBy(state, to).filter((id) => id !== sender);
  return others.length === 0 ? noRecipient(state, to, sender) : others;
}

/** In order of name, each once. */
function addressedBy(state: State, to: Addressee): AgentId[] {
  switch (to.kind) {
    case 'agent':
      return state.agents.get(to.agent)?.presence === 'present' ? [to.agent] : [];
    case 'holder': {
      const holders = locksOverlapping(state, targetNamed(to)).map(({ agent }) => agent);
      return [...new Set(holders)].sort(byText);
    }
    case 'all': {
      const present = [...state.agents.values()].filter(({ presence }) => presence === 'present');
      return present.map(({ id }) => id).sort(byText);
    }
  }
}

function wayOf(state: State, to: Addressee): Way {
  return to.kind === 'holder' ? { kind: 'holder', ...wantedName(state, targetNamed(to)) } : { kind: to.kind };
}

function noRecipient(state: State, to: Addressee, sender: AgentId | null): Decision {
  if (to.kind === 'agent')
    return reject('NO_RECIPIENT', `no other agent ${to.agent} is present: send it once it has joined`, {
      agent: to.agent,
    });
  if (to.kind === 'all')
    return reject('NO_RECIPIENT', 'no other agent is present: there is nobody to hear it', {});
  const name = wantedName(state, targetNamed(to));
  const what = named(shownName(name));
  const isOwn = addressedBy(state, to).length > 0;
  const free = sender === null ? 'there is nobody to tell' : 'there is nobody to ask, so acquire it';
  return reject(
    'NO_RECIPIENT',
    isOwn ? `nobody but ${sender} holds ${what}: there is nobody to ask` : `nobody holds ${what}: ${free}`,
    name,
  );
}

function refusedRate({ id, sent }: Agent, atMs: TimeMs): Decision | null {
  if (sent === null || countedFrom(sent, atMs) !== sent || sent.count < messagesPerMinuteMax) return null;
  return reject(
    'MESSAGE_LIMIT_REACHED',
    `${id} has sent ${sent.count} messages within a minute, and no more may be sent in one: say several things in one message, and wait a little`,
    { agent: id, messagesPerMinuteMax, againAtMs: addMs(sent.sinceMs, minuteMs) },
  );
}

/** What was sent in the minute that is counted at a time: of an earlier one nothing. */
function countedFrom(sent: Sent | null, atMs: TimeMs): Sent {
  return sent === null || atMs >= sent.sinceMs + minuteMs ? { sinceMs: atMs, count: 0 } : sent;
}

/** An agent takes all that it has not read. With nothing there, nothing changes. Rejects: only the gate. */
export function decideReadMessages(state: State, command: ReadMessages): Decision {
  const { id, inbox } = presentAgent(state, command.agent);
  const { gaveWay } = inbox;
  const messages = [...inbox.unread];
  const read = messages.map(({ revision }) => revision);
  return {
    kind: 'committed',
    events: read.length === 0 ? [] : [{ kind: 'message.read', agent: id, messages: read, gaveWay }],
    result: { kind: 'messagesRead', messages, gaveWay },
  };
}

// What happens to messages.

export function evolveMessageSent(state: State, event: EventOf<'message.sent'>, stamp: Stamp): void {
  const { agent: from = null, by = null, messageKind, way, text } = event;
  const message = { revision: stamp.revision, atMs: stamp.atMs, from, by, messageKind, way, text };
  for (const id of event.recipients) {
    const { inbox } = presentAgent(state, id);
    inbox.unread.push(message);
    giveWay(inbox, state.settings);
  }
  if (from !== null) noteSent(presentAgent(state, from), stamp.atMs);
}

function noteSent(agent: Agent, atMs: TimeMs): void {
  const { sinceMs, count } = countedFrom(agent.sent, atMs);
  agent.sent = { sinceMs, count: count + 1 };
}

export function evolveMessagesRead(state: State, event: EventOf<'message.read'>): void {
  const { inbox } = presentAgent(state, event.agent);
  const taken = inbox.unread.splice(0, event.messages.length);
  assert(
    taken.every(({ revision }, place) => revision === event.messages[place]),
    `${event.agent} has read what it had`,
  );
  inbox.gaveWay = 0;
}
