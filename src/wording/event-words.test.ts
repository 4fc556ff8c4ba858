import { expect, it } from 'vitest';
import { asRevision, type AgentId, type Event, type ReleaseCause, type ScopePath } from '../core/index.ts';
import { eventText, type Quoting } from './event-words.ts';
import { lockEndText } from './lock-ends.ts';

const quoting: Quoting = {
  agent: (text) => `<${text}>`,
  name: (text) => `[${text}]`,
  text: (text) => `'${text}'`,
};
const lock = { agent: 'ann' as AgentId, scope: 'src/a' as ScopePath, token: asRevision(7) };
const sent = { kind: 'message.sent', recipients: ['bob' as AgentId], text: 'now?' } as const;

it.each<readonly [Event, string]>([
  [{ kind: 'lock.revoked', ...lock, reason: 'late' }, "[src/a] was taken from <ann> (token 7): 'late'"],
  [
    { kind: 'ticket.ended', agent: lock.agent, ticket: asRevision(7), cause: 'deadline' },
    'the wait of <ann> ended (ticket 7): its time was over',
  ],
  [
    { kind: 'repository.changed', operation: 'checkout', scopes: [lock.scope, lock.scope] },
    '[checkout] changed [src/a], [src/a]',
  ],
  [
    {
      ...sent,
      agent: lock.agent,
      messageKind: 'request_release',
      way: { kind: 'holder', scope: lock.scope },
    },
    "<ann> asked <bob>, who holds [src/a], to give it back: 'now?'",
  ],
  [
    { ...sent, agent: lock.agent, messageKind: 'question', way: { kind: 'agent' } },
    "<ann> asked <bob>: 'now?'",
  ],
  [
    { ...sent, by: 'ops', messageKind: 'stop', way: { kind: 'all' } },
    "[ops] told all (1 agent) to stop: 'now?'",
  ],
  [
    { kind: 'message.read', agent: lock.agent, messages: [asRevision(8), asRevision(9)], gaveWay: 3 },
    '<ann> read 2 messages; 3 before had given way',
  ],
  [
    { kind: 'agent.lost', agent: lock.agent, held: [lock.scope], unread: 1 },
    '<ann> was lost, holding [src/a], and never read 1 message',
  ],
  [{ kind: 'agent.reported', agent: lock.agent, report: 'half done' }, "<ann> reported: 'half done'"],
])('of an event, what others named and wrote is shown as the face shows it: %o', (event, text) => {
  expect(eventText(event, quoting)).toBe(text);
});

it.each<readonly [ReleaseCause, string, string]>([
  ['released', '<ann> gave back [src/a] (token 7)', 'it was given back in your name elsewhere'],
  [
    'completed',
    '<ann> completed, and gave back [src/a] (token 7)',
    'somebody completed in your name elsewhere',
  ],
  ['left', '<ann> left, and gave back [src/a] (token 7)', 'somebody left in your name elsewhere'],
  ['lost', '<ann> was lost, and with it its lock on [src/a] (token 7)', 'your session ended'],
  [
    'blockedTooLong',
    '<ann> was blocked for too long, and lost its lock on [src/a] (token 7)',
    'your status was blocked for longer than max_block_time allows',
  ],
])('a lock that ended as %s is told to all, and to whoever lost it', (cause, toAll, toItsAgent) => {
  const event = { kind: 'lock.released', ...lock, cause } as const;
  expect(eventText(event, quoting)).toBe(toAll);
  expect(lockEndText(event, { by: null, whose: 'your', as: quoting })).toBe(toItsAgent);
});
