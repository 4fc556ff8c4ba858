/** An agent whose process is seen to have ended is lost sooner than by its silence, and never later. */
import { describe, expect, test } from 'vitest';
import {
  agentId,
  codeOf,
  committed,
  eventKinds,
  Machine,
  type SaidCommand,
} from '../../test/support/machine.ts';
import { asDurationMs, asSessionId, type Epoch, type SessionId } from './ids.ts';
import type { Settings } from './settings.ts';
import { decodeState, encodeState } from './snapshot.ts';
import type { Agent } from './state.ts';

const alice = agentId('alice');
const [sessionTtlMs, deadGraceMs] = [asDurationMs(1_000), asDurationMs(50)] as const;

function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({ sessionTtlMs, deadGraceMs, lockTtlMs: asDurationMs(10_000), ...settings });
  machine.define({ docs: [] });
  machine.join('alice');
  machine.join('bob');
  machine.acquire('alice', 'docs');
  return machine;
}

const seen = (session?: SessionId): SaidCommand => ({
  kind: 'SeeDead',
  agent: alice,
  ...(session !== undefined && { session }),
});

const agent = ({ state }: Machine): Agent => state.agents.get(alice)!;
const startMs = 1_000_000;

test('the agent keeps what it has for the grace, and is lost at its end', () => {
  const machine = newMachine();
  machine.acquire('bob', 'docs', { wait: 'open' });
  expect(committed(machine.say(seen())).events).toEqual([
    { kind: 'agent.seenDead', agent: 'alice', deadlineMs: startMs + 50 },
  ]);
  machine.advance(49);
  expect([machine.holder('docs'), agent(machine).presence]).toEqual(['alice', 'present']);
  machine.advance(1);
  expect([machine.holder('docs'), agent(machine).presence]).toEqual(['bob', 'lost']);
  const lost = machine.log.flatMap(({ events }) => events).find(({ kind }) => kind === 'agent.lost');
  expect(lost).toEqual({ kind: 'agent.lost', agent: 'alice', held: ['docs'], seenDead: true });
});

test('who was silent for too long is not said to have been seen dead', () => {
  const machine = newMachine();
  machine.advance(1_000);
  const lost = machine.log.flatMap(({ events }) => events).find(({ kind }) => kind === 'agent.lost');
  expect(lost).not.toHaveProperty('seenDead');
});

test('without a grace it is lost with the next thing that is due', () => {
  const machine = newMachine({ deadGraceMs: asDurationMs(0) });
  machine.say(seen());
  expect(agent(machine).presence).toBe('present');
  machine.settleDue();
  expect(agent(machine).presence).toBe('lost');
});

test('it is not heard by that: when it was last seen stays, and so does what it waits for', () => {
  const machine = newMachine();
  machine.advance(10);
  machine.say(seen());
  expect(agent(machine)).toMatchObject({ seenAtMs: startMs, seenDeadAtMs: startMs + 10, status: 'working' });
  expect(machine.log.at(-1)?.agent).toBeNull();
});

describe('more time than it had is never given', () => {
  test('by being seen dead again', () => {
    const machine = newMachine();
    machine.say(seen());
    machine.advance(30);
    expect(eventKinds(machine.say(seen()))).toEqual([]);
    machine.advance(20);
    expect(agent(machine).presence).toBe('lost');
  });

  test.each([
    [999, []],
    [950, []],
    [949, ['agent.seenDead']],
  ])('by being seen dead after %i of 1000 ms of silence', (silentMs, events) => {
    const machine = newMachine();
    machine.advance(silentMs);
    expect(eventKinds(machine.say(seen()))).toEqual(events);
    machine.advance(1_000 - silentMs);
    expect(agent(machine).presence).toBe('lost');
  });

  test('by a grace that is longer than a session', () => {
    const machine = newMachine({ deadGraceMs: asDurationMs(5_000) });
    expect(eventKinds(machine.say(seen()))).toEqual([]);
    machine.advance(1_000);
    expect(agent(machine).presence).toBe('lost');
  });
});

describe('an agent that is heard again', () => {
  test.each<readonly [string, (machine: Machine) => unknown]>([
    ['by a heartbeat', (machine) => machine.heartbeat('alice')],
    ['by giving back what it held', (machine) => machine.release('alice')],
    [
      'by going on in another process',
      (machine) =>
        machine.say({
          kind: 'AgentResume',
          agent: alice,
          newSession: asSessionId('another'),
          way: 'resume',
          from: 'shell',
        }),
    ],
  ])('%s lives as long as ever', (_how, act) => {
    const machine = newMachine();
    machine.say(seen());
    machine.advance(20);
    act(machine);
    expect(agent(machine)).toMatchObject({ seenDeadAtMs: null, sessionDeadlineMs: startMs + 20 + 1_000 });
    machine.advance(999);
    expect(agent(machine).presence).toBe('present');
  });

  test('with what it may not do is not heard by that', () => {
    const machine = newMachine();
    machine.say(seen());
    machine.acquire('alice', 'nowhere');
    expect(agent(machine).seenDeadAtMs).toBe(startMs);
  });
});

describe('a process that speaks for the agent no longer', () => {
  test('is refused as such when its end is seen, and the agent goes on', () => {
    const machine = newMachine();
    const former = agent(machine).session;
    const newSession = asSessionId('another');
    machine.say({ kind: 'AgentResume', agent: alice, newSession, way: 'resume', from: 'shell' });
    expect(codeOf(machine.say(seen(former)))).toBe('SESSION_MISMATCH');
    expect(agent(machine)).toMatchObject({ seenDeadAtMs: null, sessionDeadlineMs: startMs + 1_000 });
    expect(eventKinds(machine.say(seen(newSession)))).toEqual(['agent.seenDead']);
  });

  test('of an earlier incarnation is refused as that; of one that is lost, too', () => {
    const machine = newMachine();
    expect(codeOf(machine.say({ ...seen(), epoch: 1 as Epoch } as SaidCommand))).toBe('STALE_EPOCH');
    machine.advance(1_000);
    expect(codeOf(machine.say(seen()))).toBe('AGENT_LOST');
    machine.leave('bob');
    expect(codeOf(machine.say({ ...seen(), agent: agentId('carol') } as SaidCommand))).toBe(
      'AGENT_NOT_FOUND',
    );
  });
});

test('the process that a session is bound to is that of the join, then that of whoever goes on', () => {
  const machine = newMachine();
  machine.leave('alice');
  const process = { pid: 12, start: 'then', namespace: 'here' };
  const session = asSessionId('s');
  machine.say({ kind: 'AgentJoin', agent: alice, session, metadata: {}, process });
  expect(agent(machine).process).toEqual(process);
  machine.say({ kind: 'AgentResume', agent: alice, newSession: asSessionId('t'), way: 'resume', from: 'x' });
  expect(agent(machine).process).toBeNull();
});

test('a stored state has the end of the process and the sooner deadline, and goes on with them', () => {
  const machine = newMachine();
  machine.say(seen());
  const twin = decodeState(encodeState(machine.state));
  expect(twin.agents.get(alice)).toMatchObject({ seenDeadAtMs: startMs, sessionDeadlineMs: startMs + 50 });
  expect(twin.index.sessionDeadlines.get(alice)).toBe(startMs + 50);
});

test('with another clock its session begins anew in full, and nothing is known of its process', () => {
  const machine = newMachine();
  machine.say(seen());
  machine.advance(10);
  machine.say({ kind: 'TakeOver', clock: { host: 'h', boot: 'b', offsetMs: 0 }, cause: 'otherBoot' });
  expect(agent(machine)).toMatchObject({ seenDeadAtMs: null, sessionDeadlineMs: startMs + 10 + 1_000 });
});

test('who is lost after its process ended is told so when it comes back', () => {
  const machine = newMachine();
  machine.say(seen());
  machine.advance(50);
  expect(machine.heartbeat('alice')).toMatchObject({
    rejection: { code: 'AGENT_LOST', message: expect.stringContaining('after its process had ended') },
  });
  const silent = newMachine();
  silent.advance(1_000);
  expect(silent.heartbeat('alice')).toMatchObject({
    rejection: { code: 'AGENT_LOST', message: expect.stringContaining('was silent for too long') },
  });
});

describe('agents whose process may be seen to end are found without a look at all', () => {
  const process = { pid: 12, start: 'then', namespace: 'here' };
  const bound = ({ state }: Machine): string[] => [...state.index.bound];

  /** Carol is bound to a process, alice and bob to none. */
  function withBound(): Machine {
    const machine = newMachine();
    const session = asSessionId('s');
    machine.say({ kind: 'AgentJoin', agent: agentId('carol'), session, metadata: {}, process });
    return machine;
  }
  const resume = (machine: Machine, name: string, more: object): unknown =>
    machine.say({
      kind: 'AgentResume',
      agent: agentId(name),
      newSession: asSessionId(`next of ${name}`),
      way: 'resume',
      from: 'shell',
      ...more,
    });
  const seeCarolDead = { kind: 'SeeDead', agent: agentId('carol') } as const;

  test.each<readonly [string, (machine: Machine) => unknown, readonly string[]]>([
    ['from the join', () => undefined, ['carol']],
    ['until it is seen dead', (machine) => machine.say(seeCarolDead), []],
    [
      'again when it is heard after that',
      (machine) => machine.say(seeCarolDead) && machine.heartbeat('carol'),
      ['carol'],
    ],
    ['until another goes on that is bound to none', (machine) => resume(machine, 'carol', {}), []],
    ['also when it is bound by going on', (machine) => resume(machine, 'bob', { process }), ['carol', 'bob']],
    ['until it leaves', (machine) => machine.leave('carol'), []],
    ['until it is lost', (machine) => machine.advance(1_000), []],
    [
      'again with another clock',
      (machine) =>
        machine.say(seeCarolDead) &&
        machine.say({ kind: 'TakeOver', clock: { host: 'h', boot: 'b', offsetMs: 0 }, cause: 'otherBoot' }),
      ['carol'],
    ],
  ])('%s', (_when, act, expected) => {
    const machine = withBound();
    act(machine);
    expect(bound(machine)).toEqual(expected);
    expect([...decodeState(encodeState(machine.state)).index.bound].sort()).toEqual([...expected].sort());
  });
});
