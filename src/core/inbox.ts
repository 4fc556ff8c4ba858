/** What an agent has not read: how it begins, is bounded, and ends. */
import type { Inbox } from './message-forms.ts';
import type { Settings } from './settings.ts';
import type { Agent, State } from './state.ts';

export const emptyInbox = (): Inbox => ({ unread: [], gaveWay: 0 });

/** What an event of the end of an agent says of what it never read; nothing when there was none. */
export function neverRead({ inbox }: Agent): { readonly unread?: number } {
  const unread = inbox.unread.length + inbox.gaveWay;
  return unread === 0 ? {} : { unread };
}

/** A smaller bound is in force at once. */
export function keepWithinBound({ agents, settings }: State): void {
  for (const { inbox } of agents.values()) giveWay(inbox, settings);
}

/** What is more than is kept gives way, the oldest first, and is counted. */
export function giveWay(inbox: Inbox, { maxUnreadMessages }: Settings): void {
  const excess = inbox.unread.length - maxUnreadMessages;
  if (excess <= 0) return;
  inbox.unread.splice(0, excess);
  inbox.gaveWay += excess;
}

/** Nobody reads it any more. */
export function dropInbox({ inbox }: Agent): void {
  inbox.unread.length = 0;
  inbox.gaveWay = 0;
}
