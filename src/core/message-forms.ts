/** The forms of messages: what somebody says to an agent. */
import type { AgentId, Revision, TimeMs } from './ids.ts';
import type { OneName, WantedName } from './targets.ts';

/** What a message is meant as, so that nobody has to guess it from prose. */
export const messageKinds = ['info', 'request_release', 'question', 'answer', 'stop'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** For whom a message is. Who it comes from is never among them. */
export type Addressee =
  | { readonly kind: 'agent'; readonly agent: AgentId }
  /** Whoever holds what is named, or something that overlaps it; of a resource any of its slots. */
  | (OneName & { readonly kind: 'holder' })
  /** All agents that are present. */
  | { readonly kind: 'all' };

/** How a message came to whoever reads it: to it by name, as the holder of something, or as one of all. */
export type Way =
  | { readonly kind: 'agent' }
  | (WantedName & { readonly kind: 'holder' })
  | { readonly kind: 'all' };

/** A message as its reader has it. */
export interface Message {
  /** Where it was sent: later ones have larger numbers. */
  readonly revision: Revision;
  readonly atMs: TimeMs;
  /** The agent that sent it; null for an operator. */
  readonly from: AgentId | null;
  /** The operator that sent it; null for an agent. */
  readonly by: string | null;
  readonly messageKind: MessageKind;
  readonly way: Way;
  readonly text: string;
}

/** What nobody has read yet of what was sent to one agent, the oldest first, and how many had to give way to later ones. */
export interface Inbox {
  readonly unread: Message[];
  gaveWay: number;
}

/** How many messages an agent has sent since the minute began that is counted. */
export interface Sent {
  readonly sinceMs: TimeMs;
  readonly count: number;
}
