import { describe, expect, test } from 'vitest';
import { agentId, codeOf, eventKinds, Machine, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import { asDurationMs } from './ids.ts';
import type { Settings } from './settings.ts';

function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({
    sessionTtlMs: asDurationMs(100_000),
    lockTtlMs: asDurationMs(60_000),
    ...settings,
  });
  machine.define({ a: [], b: [], c: [], d: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave']) machine.join(name);
  return machine;
}

const setStatus = (machine: Machine, name: string, status: 'blocked' | 'completed'): Decision =>
  machine.say({ kind: 'SetAgentStatus', agent: agentId(name), status, reason: 'so it is' });

describe('every way a lock can end serves the queue in the same revision', () => {
  const ways: Readonly<Record<string, (machine: Machine) => unknown>> = {
    release: (machine) => machine.release('alice'),
    expiry: (machine) => {
      machine.advance(58_999);
      expect(machine.holder('a')).toBe('alice');
      machine.advance(1);
    },
    'revocation by an operator': (machine) =>
      machine.say({ kind: 'RevokeLock', scope: scopePath('a'), reason: 'needed' }),
    leave: (machine) => machine.leave('alice'),
    completion: (machine) => setStatus(machine, 'alice', 'completed'),
    loss: (machine) => {
      machine.renew('alice', 'a', { ttlMs: 200_000 });
      machine.advance(99_999);
      machine.heartbeat('bob');
      machine.advance(1);
    },
    'a block that lasts too long': (machine) => {
      setStatus(machine, 'alice', 'blocked');
      machine.renew('alice', 'a', { ttlMs: 200_000 });
      machine.advance(10_000);
      machine.say({ kind: 'CancelWait', agent: agentId('bob') });
      machine.acquire('bob', 'a', { wait: 'open' });
      machine.advance(70_000);
    },
  };

  test.each(Object.entries(ways))('%s', (name, end) => {
    const machine = newMachine({ maxBlockMs: asDurationMs(name.startsWith('a block') ? 80_000 : 500_000) });
    machine.acquire('alice', 'a');
    machine.advance(1_000);
    machine.acquire('bob', 'a', { wait: 'open' });
    end(machine);
    expect(machine.holder('a')).toBe('bob');
    expect(machine.status('bob')).toBe('working');
    const last = machine.log.at(-1);
    const kinds = last?.events.map((event) => event.kind) ?? [];
    expect(kinds.slice(-2)).toEqual(['ticket.ended', 'lock.granted']);
  });
});

describe('every way a ticket can end leaves no trace of it', () => {
  const ways: Readonly<Record<string, (machine: Machine) => unknown>> = {
    cancel: (machine) => machine.say({ kind: 'CancelWait', agent: agentId('bob') }),
    'its deadline': (machine) => machine.advance(5_000),
    'a wait that lasts too long': (machine) => machine.advance(4_000),
    leave: (machine) => machine.leave('bob'),
    grant: (machine) => machine.release('alice'),
  };

  test.each(Object.entries(ways))('%s', (name, end) => {
    const machine = newMachine({ maxBlockMs: asDurationMs(name.startsWith('a wait') ? 4_000 : 50_000) });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 5_000 });
    end(machine);
    const { tickets, index } = machine.state;
    expect([tickets.size, index.queue.size, index.queues.size, index.ticketDeadlines.size]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(machine.state.agents.get(agentId('bob'))?.ticket ?? null).toBeNull();
    expect(machine.status('bob')).not.toBe('blocked');
  });
});

describe('tickets', () => {
  test('for one scope are served in order of asking', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    for (const name of ['carol', 'bob', 'dave']) machine.acquire(name, 'a', { wait: 'open' });
    const order: (string | null)[] = [];
    for (let turn = machine.holder('a'); turn !== null; turn = machine.holder('a')) {
      order.push(turn);
      machine.release(turn);
    }
    expect(order).toEqual(['alice', 'carol', 'bob', 'dave']);
  });

  test('whose scope is free overtake those whose scope is not', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('carol', 'a', { wait: 'open' });
    machine.acquire('dave', 'b', { wait: 'open' });
    machine.release('bob');
    expect(machine.holder('b')).toBe('dave');
  });

  test('for several scopes keep them once they are the oldest, and are served when all are free together', () => {
    const machine = newMachine({ maxLocksPerAgent: 2, maxConcurrentAgents: 4 });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('carol', ['a', 'b'], { wait: 'open' });
    machine.acquire('dave', 'a', { wait: 'open' });
    machine.release('alice');
    expect(machine.holder('a')).toBeNull();
    expect(codeOf(machine.acquire('alice', 'a'))).toBe('RESERVED_FOR_WAITER');
    machine.release('bob');
    expect([machine.holder('a'), machine.holder('b')]).toEqual(['carol', 'carol']);
    expect(machine.token('a')).toBe(machine.token('b'));
  });

  test('that give up what they kept let the next one have it at once', () => {
    const machine = newMachine({ maxLocksPerAgent: 2, maxConcurrentAgents: 4 });
    machine.acquire('bob', 'b');
    machine.acquire('carol', ['a', 'b'], { wait: 'open' });
    machine.acquire('dave', 'a', { wait: 'open' });
    const decision = machine.say({ kind: 'CancelWait', agent: agentId('carol') });
    expect(eventKinds(decision)).toEqual(['ticket.ended', 'ticket.ended', 'lock.granted']);
    expect(machine.holder('a')).toBe('dave');
  });

  test('of agents that hold a lock need no further place', () => {
    const machine = newMachine({ maxLocksPerAgent: 2, maxConcurrentAgents: 2 });
    machine.acquire('alice', 'a');
    machine.acquire('bob', ['b', 'c']);
    machine.acquire('dave', 'c', { wait: 'open' });
    machine.acquire('alice', 'b', { wait: 'open' });
    machine.release('bob', 'b');
    expect(machine.holder('b')).toBe('alice');
    expect(machine.status('dave')).toBe('blocked');
  });

  test('are issued again only once: a second ask for another scope is refused', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 'open' });
    expect(codeOf(machine.acquire('bob', 'b', { wait: 'open' }))).toBe('ALREADY_WAITING');
    expect(codeOf(machine.acquire('bob', 'b'))).toBe('ALREADY_WAITING');
  });
});

test('where no place is free holders are served in order of asking, not of their grants', () => {
  const machine = newMachine({ maxLocksPerAgent: 2, maxConcurrentAgents: 3 });
  machine.acquire('carol', ['c', 'd']);
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'b');
  machine.acquire('dave', 'a', { wait: 'open' }); // The oldest: nothing of what the others want is kept for it.
  machine.acquire('bob', 'c', { wait: 'open' });
  machine.acquire('alice', 'c', { wait: 'open' });
  machine.release('carol', 'c');
  expect(machine.holder('c')).toBe('bob');
});

describe('waiting for a place', () => {
  function machineWithoutPlace(): Machine {
    const machine = newMachine({ maxConcurrentAgents: 1 });
    machine.acquire('alice', 'a');
    return machine;
  }

  test('counts from the first who does, also when others join', () => {
    const machine = machineWithoutPlace();
    machine.acquire('bob', 'b', { wait: 'open' });
    const sinceMs = machine.nowMs;
    machine.advance(1_000);
    expect(eventKinds(machine.acquire('carol', 'c', { wait: 'open' }))).toEqual(['ticket.issued']);
    expect(machine.state.placeWaitSinceMs).toBe(sinceMs);
  });

  test('goes on when an older ticket waits for its scope and another one gives up', () => {
    const machine = machineWithoutPlace();
    machine.acquire('bob', 'a', { wait: 'open' });
    machine.acquire('carol', 'c', { wait: 'open' });
    machine.acquire('dave', 'a', { wait: 'open' });
    const decision = machine.say({ kind: 'CancelWait', agent: agentId('dave') });
    expect(eventKinds(decision)).toEqual(['ticket.ended']);
    expect(machine.state.placeWaitSinceMs).toBe(machine.nowMs);
  });

  test('is over when the last who does gives up', () => {
    const machine = machineWithoutPlace();
    machine.acquire('bob', 'a', { wait: 'open' });
    machine.acquire('carol', 'c', { wait: 'open' });
    const decision = machine.say({ kind: 'CancelWait', agent: agentId('carol') });
    expect(eventKinds(decision)).toEqual(['ticket.ended', 'place.uncontended']);
    expect(machine.state.placeWaitSinceMs).toBeNull();
  });
});

describe('cancelling', () => {
  const cancel = (machine: Machine): Decision => machine.say({ kind: 'CancelWait', agent: agentId('bob') });

  test('tells which ticket was given up, and why it ended is in the log', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 'open' });
    const ticket = machine.state.revision;
    expect(cancel(machine)).toEqual({
      kind: 'committed',
      events: [{ kind: 'ticket.ended', ticket, agent: 'bob', cause: 'cancelled' }],
      result: { kind: 'waitCancelled', ticket },
    });
  });

  test('changes nothing when the agent does not wait', () => {
    const result = { kind: 'waitCancelled', ticket: null };
    expect(cancel(newMachine())).toEqual({ kind: 'committed', events: [], result });
  });
});

test('waits that end by time count as timeouts, the others do not', () => {
  const ends: Readonly<Record<string, (machine: Machine) => unknown>> = {
    'its deadline 1': (machine) => machine.advance(5_000),
    'the longest block 1': (machine) => machine.advance(4_000),
    'a cancel 0': (machine) => machine.say({ kind: 'CancelWait', agent: agentId('bob') }),
    'a grant 0': (machine) => machine.release('alice'),
    'a removed scope 0': (machine) => machine.define({ b: [] }),
  };
  for (const [title, end] of Object.entries(ends)) {
    const machine = newMachine({
      maxBlockMs: asDurationMs(title.startsWith('the longest') ? 4_000 : 50_000),
    });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 5_000 });
    end(machine);
    expect(`${title.slice(0, -2)} ${machine.state.totals.timeouts}`).toBe(title);
  }
});

test('a place that comes free goes to the oldest ticket that can use it', () => {
  const machine = newMachine({ maxConcurrentAgents: 2 });
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'b');
  machine.acquire('carol', 'a', { wait: 'open' });
  machine.acquire('dave', 'c', { wait: 'open' });
  expect(eventKinds(machine.release('bob'))).toEqual([
    'lock.released',
    'ticket.ended',
    'lock.granted',
    'place.uncontended',
  ]);
  expect(machine.holder('c')).toBe('dave');
});

test('a settings change that makes room serves the queue', () => {
  const machine = newMachine({ maxConcurrentAgents: 1 });
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'b', { wait: 'open' });
  machine.acquire('carol', 'c', { wait: 'open' });
  machine.say({ kind: 'Configure', settings: { ...machine.state.settings, maxConcurrentAgents: 2 } });
  expect([machine.holder('b'), machine.holder('c')]).toEqual(['bob', null]);
});
