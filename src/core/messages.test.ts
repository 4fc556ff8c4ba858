import { describe, expect, test } from 'vitest';
import { agentId, codeOf, Machine, resourceName, scopePath, filePath } from '../../test/support/machine.ts';
import { alice, configure, docs, newMachine } from '../../test/support/two-agents.ts';
import type { Decision } from './decision.ts';
import { encodeState, decodeState } from './snapshot.ts';
import { asSessionId, type AgentId } from './ids.ts';
import { messagesPerMinuteMax } from './limits.ts';
import type { Addressee } from './message-forms.ts';
import type { ResultOf } from './results.ts';

const bob = agentId('bob');
const carol = agentId('carol');

const toBob: Addressee = { kind: 'agent', agent: bob };

function send(machine: Machine, text: string, to: Addressee = toBob, agent: AgentId = alice): Decision {
  return machine.say({ kind: 'SendMessage', agent, to, messageKind: 'info', text });
}

function read(machine: Machine, agent: AgentId = bob): ResultOf<'messagesRead'> {
  const decision = machine.say({ kind: 'ReadMessages', agent });
  if (decision.kind !== 'committed' || decision.result.kind !== 'messagesRead') throw new Error('not read');
  return decision.result;
}

const textsOf = ({ messages }: ResultOf<'messagesRead'>): string[] => messages.map(({ text }) => text);
const recipientsOf = (decision: Decision): unknown =>
  decision.kind === 'committed' && decision.result.kind === 'messageSent'
    ? decision.result.recipients
    : decision;

test('messages are delivered once, in the order in which they were sent', () => {
  const machine = newMachine();
  send(machine, 'first');
  send(machine, 'second');
  expect(textsOf(read(machine))).toEqual(['first', 'second']);
  expect(read(machine)).toEqual({ kind: 'messagesRead', messages: [], gaveWay: 0 });
});

test('a message says where, when and by whom it was sent, and how it came to its reader', () => {
  const machine = newMachine();
  machine.acquire('bob', 'docs');
  const to = { kind: 'holder', scope: docs } as const;
  machine.say({ kind: 'SendMessage', agent: alice, to, messageKind: 'request_release', text: 'please' });
  machine.say({ kind: 'SendAsOperator', to: { kind: 'all' }, messageKind: 'stop', text: 'now' });
  const { nowMs: atMs } = machine;
  const { revision } = machine.state;
  expect(read(machine).messages).toEqual([
    {
      revision: revision - 1,
      atMs,
      from: alice,
      by: null,
      messageKind: 'request_release',
      way: { kind: 'holder', scope: docs },
      text: 'please',
    },
    { revision, atMs, from: null, by: 'operator', messageKind: 'stop', way: { kind: 'all' }, text: 'now' },
  ]);
});

describe('whoever holds something is', () => {
  const machine = new Machine({ resources: { [resourceName('@port')]: 2 }, maxResourcesPerAgent: 2 });
  machine.define({ docs: [], api: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  machine.acquire('bob', { files: ['docs/b.md'], resources: ['@port'] });
  machine.acquire('carol', { files: ['docs/c.md'], resources: ['@port'] });

  test.each<[string, Addressee, readonly AgentId[]]>([
    ['of a file who holds it', { kind: 'holder', file: filePath('docs/b.md') }, [bob]],
    ['of a scope each who holds a file of it', { kind: 'holder', scope: docs }, [bob, carol]],
    ['of a resource each who has a slot', { kind: 'holder', resource: resourceName('@port') }, [bob, carol]],
  ])('%s', (_what, to, expected) => {
    expect(recipientsOf(send(machine, 'hello', to))).toEqual(expected);
  });

  test('of a file that is in a whole scope, who holds that', () => {
    machine.acquire('alice', 'api');
    const to: Addressee = { kind: 'holder', file: filePath('api/x.ts') };
    expect(recipientsOf(send(machine, 'hello', to, bob))).toEqual([alice]);
  });

  test('never who asks', () => {
    expect(recipientsOf(send(machine, 'hello', { kind: 'holder', scope: docs }, carol))).toEqual([bob]);
    expect(codeOf(send(machine, 'hello', { kind: 'holder', file: filePath('docs/c.md') }, carol))).toBe(
      'NO_RECIPIENT',
    );
  });
});

test('there must be somebody else to hear it', () => {
  const machine = newMachine();
  const codes = [
    send(machine, 'to myself', { kind: 'agent', agent: alice }),
    send(machine, 'to a stranger', { kind: 'agent', agent: carol }),
    send(machine, 'to nobody', { kind: 'holder', scope: docs }),
    send(machine, 'to nowhere', { kind: 'holder', scope: scopePath('nowhere') }),
    send(machine, 'to nothing', { kind: 'holder', resource: resourceName('@none') }),
  ].map(codeOf);
  expect(codes).toEqual([
    'NO_RECIPIENT',
    'NO_RECIPIENT',
    'NO_RECIPIENT',
    'SCOPE_NOT_FOUND',
    'RESOURCE_NOT_FOUND',
  ]);
  machine.say({ kind: 'AgentLeave', agent: bob });
  expect(codeOf(send(machine, 'to all', { kind: 'all' }))).toBe('NO_RECIPIENT');
});

test('the oldest unread message gives way when there are too many, and the reader is told how many did', () => {
  const machine = newMachine({ maxUnreadMessages: 2 });
  for (const text of ['1', '2', '3', '4', '5']) send(machine, text);
  const taken = read(machine);
  expect([textsOf(taken), taken.gaveWay]).toEqual([['4', '5'], 3]);
  send(machine, '6');
  expect(read(machine).gaveWay).toBe(0);
});

test('a smaller bound is in force at once', () => {
  const machine = newMachine();
  for (const text of ['1', '2', '3']) send(machine, text);
  configure(machine, { maxUnreadMessages: 1 });
  const taken = read(machine);
  expect([textsOf(taken), taken.gaveWay]).toEqual([['3'], 2]);
});

test('a greater bound brings nothing back, and a snapshot of the time can be read', () => {
  const machine = newMachine({ maxUnreadMessages: 2 });
  for (const text of ['1', '2', '3']) send(machine, text);
  expect(codeOf(configure(machine, { maxUnreadMessages: 3 }))).toBe('committed');
  expect(decodeState(encodeState(machine.state)).agents.get(bob)?.inbox.gaveWay).toBe(1);
  send(machine, '4');
  const taken = read(machine);
  expect([textsOf(taken), taken.gaveWay]).toEqual([['2', '3', '4'], 1]);
});

test('a repeat of a lost answer gives the same messages', () => {
  const machine = newMachine();
  send(machine, 'once');
  const first = machine.say({ kind: 'ReadMessages', agent: bob, requestId: 'r1' });
  send(machine, 'later');
  const again = machine.say({ kind: 'ReadMessages', agent: bob, requestId: 'r1' });
  expect(again).toMatchObject({ kind: 'repeated', result: (first as { result: unknown }).result });
  expect(textsOf(read(machine))).toEqual(['later']);
});

test('a message changes no lock, no wait and no status', () => {
  const machine = newMachine();
  machine.acquire('bob', 'docs');
  machine.acquire('alice', 'docs', { wait: 'open' });
  const standing = (): unknown =>
    structuredClone([machine.state.locks, machine.state.tickets, statuses(machine)]);
  const before = standing();
  send(machine, 'please', { kind: 'holder', scope: docs });
  read(machine);
  expect(standing()).toEqual(before);
});

const statuses = ({ state }: Machine): unknown =>
  [...state.agents.values()].map(({ id, status }) => [id, status]);

test('who goes on in another process keeps what it has not read, and only that one can take it', () => {
  const machine = newMachine();
  send(machine, 'wait for me');
  const former = machine.state.agents.get(bob)?.session ?? asSessionId('');
  const newSession = asSessionId('another');
  machine.say({ kind: 'AgentResume', agent: bob, newSession, way: 'resume', from: 'somebody' });
  expect(codeOf(machine.say({ kind: 'ReadMessages', agent: bob, session: former }))).toBe('SESSION_MISMATCH');
  expect(textsOf(read(machine))).toEqual(['wait for me']);
});

test.each(['leaves', 'is lost'])('who %s loses what it has not read, which its end tells', (how) => {
  const machine = newMachine({ maxUnreadMessages: 1 });
  for (const text of ['1', '2']) send(machine, text);
  if (how === 'leaves') machine.say({ kind: 'AgentLeave', agent: bob });
  else machine.advance(machine.state.settings.sessionTtlMs);
  const kind = how === 'leaves' ? 'agent.left' : 'agent.lost';
  const ends = machine.log.flatMap(({ events }) => events).filter((event) => event.kind === kind);
  expect(ends).toContainEqual(expect.objectContaining({ agent: bob, unread: 2 }));
  machine.join('bob');
  expect(read(machine)).toEqual({ kind: 'messagesRead', messages: [], gaveWay: 0 });
});

describe('an agent', () => {
  const machine = newMachine();
  const most = { kind: 'all' } as const;
  for (let count = 0; count < messagesPerMinuteMax; count += 1) send(machine, 'spam', most);

  test('may send no more than so many messages within a minute', () => {
    machine.advance(59_999);
    expect(codeOf(send(machine, 'one more', most))).toBe('MESSAGE_LIMIT_REACHED');
  });

  test('is not held back by what others send, nor is an operator', () => {
    expect(codeOf(send(machine, 'hello', { kind: 'agent', agent: alice }, bob))).toBe('committed');
    const stop = { kind: 'SendAsOperator', to: most, messageKind: 'stop', text: 'enough' } as const;
    expect(codeOf(machine.say(stop))).toBe('committed');
  });

  test('may send again when the minute is over', () => {
    machine.advance(1);
    expect(codeOf(send(machine, 'again', most))).toBe('committed');
  });
});

test('a snapshot keeps what is unread, how many gave way, and how many were sent', () => {
  const machine = newMachine({ maxUnreadMessages: 1 });
  for (const text of ['1', '2']) send(machine, text);
  const { agents } = decodeState(encodeState(machine.state));
  expect(agents.get(bob)?.inbox).toEqual(machine.state.agents.get(bob)?.inbox);
  expect(agents.get(alice)?.sent).toEqual({ sinceMs: machine.nowMs, count: 2 });
});

test('a snapshot of before has no messages', () => {
  const stored = JSON.parse(encodeState(newMachine().state)) as { format: number; agents: object[] };
  stored.format = 4;
  for (const agent of stored.agents)
    for (const field of ['inbox', 'sent']) Reflect.deleteProperty(agent, field);
  const [agent] = decodeState(JSON.stringify(stored)).agents.values();
  expect([agent?.inbox, agent?.sent]).toEqual([{ unread: [], gaveWay: 0 }, null]);
});
