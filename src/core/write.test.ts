import { expect, test } from 'vitest';
import { agentId, codeOf, Machine, scopePath } from '../../test/support/machine.ts';
import { asRevision, asTimeMs, type Epoch } from './ids.ts';
import { defaultSettings } from './settings.ts';
import { writeObstacle, type WriteObstacle, type Writer } from './write.ts';

const alice = agentId('alice');
const a = scopePath('a');

function newMachine(): Machine {
  const machine = new Machine({ maxLocksPerAgent: 2 });
  machine.define({ a: [], b: [] });
  for (const name of ['alice', 'bob']) machine.join(name);
  return machine;
}

function present(machine: Machine): Writer {
  return { agent: alice, epoch: machine.state.agents.get(alice)?.epoch ?? (0 as Epoch) };
}

function obstacle(machine: Machine, token: number | null = null, writer = present(machine)): string | null {
  const presented = token === null ? null : asRevision(token);
  return writeObstacle(machine.state, writer, a, presented, asTimeMs(machine.nowMs));
}

const blocked = { kind: 'SetAgentStatus', agent: alice, status: 'blocked', reason: 'stuck' } as const;

const ways: readonly (readonly [string, (machine: Machine) => unknown, WriteObstacle | null])[] = [
  ['a holder', (machine) => machine.acquire('alice', 'a'), null],
  ['who holds nothing', () => undefined, 'LOCK_NOT_HELD'],
  ['who holds another scope', (machine) => machine.acquire('alice', 'b'), 'LOCK_NOT_HELD'],
  ['who comes while another holds it', (machine) => machine.acquire('bob', 'a'), 'LOCK_NOT_HELD'],
  [
    'a holder that says that it is blocked',
    (machine) => machine.acquire('alice', 'a') && machine.say(blocked),
    'AGENT_BLOCKED',
  ],
  [
    'a holder that waits for another scope',
    (machine) => {
      machine.acquire('alice', 'a');
      machine.acquire('bob', 'b');
      machine.acquire('alice', 'b', { wait: 'open' });
    },
    'ALREADY_WAITING',
  ],
  [
    'a holder whose lease has run out a moment ago',
    (machine) => {
      machine.acquire('alice', 'a');
      machine.nowMs += defaultSettings.lockTtlMs;
    },
    'LOCK_NOT_HELD',
  ],
  ['who is lost', (machine) => machine.advance(defaultSettings.sessionTtlMs), 'AGENT_LOST'],
  ['who has left', (machine) => machine.leave('alice'), 'AGENT_NOT_FOUND'],
  [
    'a holder of a scope that was withdrawn',
    (machine) => machine.acquire('alice', 'a') && machine.define({ b: [] }),
    null,
  ],
  ['who names a scope that is gone', (machine) => machine.define({ b: [] }), 'SCOPE_NOT_FOUND'],
];

test.each(ways)('of %s', (_who, act, expected) => {
  const machine = newMachine();
  act(machine);
  expect(obstacle(machine)).toBe(expected);
});

test('an earlier incarnation may not write, nor may who presents a token that is not the lock’s', () => {
  const machine = newMachine();
  const { epoch } = present(machine);
  machine.acquire('alice', 'a');
  const token = machine.token('a');
  expect(obstacle(machine, token)).toBeNull();
  for (const other of [token - 1, token + 1, 0]) expect(obstacle(machine, other)).toBe('STALE_FENCING_TOKEN');
  expect(obstacle(machine, token, { agent: alice, epoch: asRevision(epoch + 1) })).toBe('STALE_EPOCH');
});

test.each(ways)(
  'a context write of %s is refused for just that, or takes the free lock',
  (_who, act, expected) => {
    const machine = newMachine();
    act(machine);
    machine.settleDue();
    const said = machine.say({
      kind: 'ContextModify',
      agent: alice,
      scope: a,
      file: 'x.yaml',
      token: null,
      digest: '1'.repeat(64),
      baseDigest: null,
    });
    const isFreeToTake = expected === 'LOCK_NOT_HELD' && machine.holder('a') === 'alice';
    const isRefusedAsBusy = codeOf(said) === 'LOCK_HELD' && machine.holder('a') === 'bob';
    if (isFreeToTake || isRefusedAsBusy) return;
    expect(codeOf(said)).toBe(expected ?? 'committed');
  },
);
