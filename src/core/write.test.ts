import { describe, expect, test } from 'vitest';
import { agentId, codeOf, filePath, Machine, scopePath } from '../../test/support/machine.ts';
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

describe('of a file', () => {
  const file = filePath('a/x');
  const may = (machine: Machine, path = file, token: number | null = null): string | null =>
    writeObstacle(
      machine.state,
      present(machine),
      path,
      token === null ? null : asRevision(token),
      asTimeMs(machine.nowMs),
    );

  test.each<readonly [string, (machine: Machine) => unknown, WriteObstacle | null]>([
    ['its holder', (machine) => machine.acquire('alice', { files: ['a/x'] }), null],
    ['the holder of its whole scope', (machine) => machine.acquire('alice', 'a'), null],
    [
      'who holds another file of its scope',
      (machine) => machine.acquire('alice', { files: ['a/y'] }),
      'LOCK_NOT_HELD',
    ],
    ['who holds another scope', (machine) => machine.acquire('alice', 'b'), 'LOCK_NOT_HELD'],
    [
      'the holder of its folder as a file',
      (machine) =>
        machine.acquire('alice', { files: ['a/x', 'a'] }) && machine.release('alice', { files: ['a/x'] }),
      null, // The folder is the scope.
    ],
    [
      'its holder, when another has another file of the scope',
      (machine) => machine.acquire('bob', { files: ['a/y'] }) && machine.acquire('alice', { files: ['a/x'] }),
      null,
    ],
    [
      'who comes while another holds it',
      (machine) => machine.acquire('bob', { files: ['a/x'] }),
      'LOCK_NOT_HELD',
    ],
    [
      'its holder, who waits for the whole',
      (machine) => {
        machine.acquire('bob', { files: ['a/y'] });
        machine.acquire('alice', { files: ['a/x'] });
        machine.acquire('alice', 'a', { wait: 'open' });
      },
      'ALREADY_WAITING',
    ],
    [
      'its holder, whose lease has run out a moment ago',
      (machine) => {
        machine.acquire('alice', { files: ['a/x'] });
        machine.nowMs += defaultSettings.lockTtlMs;
      },
      'LOCK_NOT_HELD',
    ],
    [
      'its holder, whose lease has run out while that of the whole goes on',
      (machine) => {
        machine.acquire('alice', { files: ['a/x'] });
        machine.nowMs += 1_000;
        machine.acquire('alice', 'a');
        machine.nowMs += defaultSettings.lockTtlMs - 1_000;
      },
      null,
    ],
    [
      'who held it until it came to be in another scope',
      (machine) =>
        machine.acquire('alice', { files: ['a/x'] }) && machine.define({ a: [], 'a/x': [], b: [] }),
      'LOCK_NOT_HELD',
    ],
  ])('%s', (_who, act, expected) => {
    const machine = newMachine();
    act(machine);
    expect(may(machine)).toBe(expected);
  });

  test('in no scope nobody may', () => {
    expect(may(newMachine(), filePath('c/x'))).toBe('SCOPE_NOT_FOUND');
    expect(may(newMachine(), filePath('a/.git/config'))).toBe('SCOPE_NOT_FOUND');
  });

  test('the token of any lock that covers it is good, of no other', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['a/x', 'a/y'] });
    const own = machine.token('a/x');
    machine.acquire('alice', 'a');
    const whole = machine.token('a');
    expect([may(machine, file, own), may(machine, file, whole)]).toEqual([null, null]);
    expect(may(machine, file, own + 2)).toBe('STALE_FENCING_TOKEN');
    machine.release('alice', { files: ['a/x'] });
    expect(may(machine, file, own)).toBe('STALE_FENCING_TOKEN');
    expect(may(machine, file, whole)).toBeNull();
  });

  test('under a token, of what nobody holds, it is not held rather than stale', () => {
    expect(may(newMachine(), file, 1)).toBe('LOCK_NOT_HELD');
  });

  test('the whole of a scope may not be written under locks of its files, be they all there are', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['a/x', 'a/y'] });
    expect(obstacle(machine)).toBe('LOCK_NOT_HELD');
  });
});

describe('a file that is free', () => {
  const lockfile = filePath('a/pnpm-lock.yaml');
  const withFree = (freePaths: readonly string[]): Machine => {
    const machine = new Machine({ maxLocksPerAgent: 2, freePaths });
    machine.define({ a: [], b: [] });
    for (const name of ['alice', 'bob']) machine.join(name);
    return machine;
  };
  const configure = (machine: Machine, freePaths: readonly string[]): unknown =>
    machine.say({ kind: 'Configure', settings: { ...machine.state.settings, freePaths } });
  const obstacleTo = (machine: Machine, file: ReturnType<typeof filePath>): string | null =>
    writeObstacle(machine.state, present(machine), file, null, asTimeMs(machine.nowMs));

  test('may be written without a lock, whoever holds its scope, and outside of every scope', () => {
    const machine = withFree(['pnpm-lock.yaml', 'docs/**']);
    machine.acquire('bob', 'a');
    expect(obstacleTo(machine, lockfile)).toBeNull();
    expect(obstacleTo(machine, filePath('docs/x/y.md'))).toBeNull();
    expect(obstacleTo(machine, filePath('a/package.json'))).toBe('LOCK_NOT_HELD');
    expect(obstacleTo(machine, filePath('c/package.json'))).toBe('SCOPE_NOT_FOUND');
  });

  test('makes no scope free whose folder fits a pattern', () => {
    const machine = withFree(['a']);
    expect(obstacle(machine)).toBe('LOCK_NOT_HELD');
    expect(obstacleTo(machine, lockfile)).toBeNull();
  });

  test('is free from the moment when the settings say so, until they do not', () => {
    const machine = withFree([]);
    expect(obstacleTo(machine, lockfile)).toBe('LOCK_NOT_HELD');
    configure(machine, ['*.yaml']);
    expect(obstacleTo(machine, lockfile)).toBeNull();
    configure(machine, ['*.yml']);
    expect(obstacleTo(machine, lockfile)).toBe('LOCK_NOT_HELD');
  });

  test('needs its lock where a write is recorded: the record carries a token', () => {
    const machine = withFree(['*.yaml']);
    machine.acquire('bob', 'a');
    const digest = '0'.repeat(64);
    const write = { kind: 'ContextModify', scope: a, file: 'pnpm-lock.yaml', token: null, digest } as const;
    expect(codeOf(machine.say({ ...write, agent: alice, baseDigest: null }))).toBe('LOCK_HELD');
  });
});
