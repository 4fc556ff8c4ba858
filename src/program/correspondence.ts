/** What an agent says and hears, as a program has it. */
import {
  messageKinds,
  messageLengthMax,
  namesOf,
  parseAgentIdForm,
  type Addressee,
  type Message,
  type MessageKind,
  type Notice,
} from '../core/index.ts';
import { onlyOne, type Heard, type Saying } from '../participant/index.ts';
import { invalidInput } from '../protocol/index.ts';
import { count, messageLead, noticeText, restText } from '../wording/index.ts';
import { bare } from './lock.ts';
import { parsed, wishOf, type Named } from './named.ts';

/** For whom a message is: one of these. */
export interface Addressed {
  readonly to?: string;
  /** Whoever holds that scope, or the one thing that is named. */
  readonly holderOf?: string | Named;
  readonly all?: true;
  /** To a holder `request_release` unless given, else `info`. */
  readonly kind?: MessageKind;
}

/** What the agent was not told before. */
export interface News {
  /** The most important first. */
  readonly notices: readonly Notice[];
  /** How many notices there were besides: the log has them. */
  readonly left: number;
  readonly messages: readonly Message[];
  /** How many messages before them gave way to later ones. */
  readonly gaveWay: number;
  /** All of it in sentences. */
  readonly lines: readonly string[];
}

/** Throws `INVALID_INPUT`. */
export function sayingOf(text: string, addressed: Addressed): Saying {
  if (text.length === 0 || text.length > messageLengthMax)
    throw invalidInput('text', `has to be of 1 to ${messageLengthMax} characters, not ${text.length}`);
  const to = addresseeOf(addressed);
  return { to, messageKind: addressed.kind ?? (to.kind === 'holder' ? 'request_release' : 'info'), text };
}

export function newsOf(heard: Heard): News {
  const { notices, left, messages, gaveWay } = heard;
  return { notices, left, messages, gaveWay, lines: linesOf(heard) };
}

function addresseeOf({ to, holderOf, all, kind }: Addressed): Addressee {
  const given = [to, holderOf, all].filter((value) => value !== undefined);
  if (given.length !== 1) throw invalidInput('to', 'name one of to, holderOf and all');
  if (kind !== undefined && !messageKinds.includes(kind))
    throw invalidInput('kind', `has to be one of ${messageKinds.join(', ')}`);
  if (kind === 'request_release' && holderOf === undefined)
    throw invalidInput('kind', 'request_release asks for something: name it with holderOf');
  if (to !== undefined) return { kind: 'agent', agent: parsed('to', parseAgentIdForm(to)) };
  return holderOf === undefined ? { kind: 'all' } : { kind: 'holder', ...holderName(holderOf) };
}

function holderName(holderOf: string | Named): ReturnType<typeof onlyOne> {
  const wish = wishOf(holderOf);
  if (namesOf(wish).length === 1) return onlyOne(wish);
  throw invalidInput('holderOf', 'name one scope, file or resource');
}

function linesOf(heard: Heard): string[] {
  const { notices, messages, gaveWay, nowMs } = heard;
  return [
    ...notices.map((notice) => noticeText(notice, { nowMs, as: bare })),
    ...restText(heard),
    ...(gaveWay === 0 ? [] : [`${count(gaveWay, 'message')} gave way to later ones, unread.`]),
    ...messages.map((message) => `${messageLead(message, bare)}: ${message.text}`),
  ];
}
