import { expect, test } from 'vitest';
import { agentId, codeOf, committed, eventKinds, Machine, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decide.ts';
import type { FencingToken } from './ids.ts';

const [one, two] = ['1'.repeat(64), '2'.repeat(64)] as const;

function house(): Machine {
  const machine = new Machine();
  machine.define({ docs: [], api: ['docs'] });
  machine.join('alice');
  machine.join('bob');
  return machine;
}

interface Write {
  readonly digest?: string;
  readonly base?: string | null;
  readonly token?: number | null;
  readonly file?: string;
}

function write(
  machine: Machine,
  name: string,
  { digest = one, base = null, token = null, file = 'f' }: Write = {},
): Decision {
  return machine.say({
    kind: 'ContextModify',
    agent: agentId(name),
    scope: scopePath('docs'),
    file,
    token: token as FencingToken | null,
    digest,
    baseDigest: base,
  });
}

test('a write to a free scope takes its lock for the writer', () => {
  const machine = house();
  expect(eventKinds(write(machine, 'alice'))).toEqual(['lock.granted', 'context.modified']);
  expect([machine.holder('docs'), machine.status('alice')]).toEqual(['alice', 'working']);
});

test('a write under the lock keeps the lock and its token', () => {
  const machine = house();
  machine.acquire('alice', 'docs');
  const token = machine.token('docs');
  expect(committed(write(machine, 'alice', { token })).result).toMatchObject({ token });
});

test('whoever presents a token and does not hold the lock is not granted it anew', () => {
  const machine = house();
  machine.acquire('alice', 'docs');
  const token = machine.token('docs');
  machine.release('alice');
  expect(codeOf(write(machine, 'alice', { token }))).toBe('LOCK_NOT_HELD');
  expect(machine.holder('docs')).toBeNull();
});

test('a holder that waits for another scope, or has said that it is blocked, must not write', () => {
  const machine = house();
  machine.acquire('alice', 'docs');
  machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: 'unsure' });
  expect(codeOf(write(machine, 'alice'))).toBe('AGENT_BLOCKED');
  machine.acquire('bob', 'docs', { wait: 'open' });
  expect(codeOf(write(machine, 'bob'))).toBe('ALREADY_WAITING');
});

test('a holder of another scope must release it before it can write here', () => {
  const machine = house();
  machine.acquire('alice', 'api');
  expect(codeOf(write(machine, 'alice'))).toBe('AGENT_HOLDS_LOCK');
});

test('a writer that has not seen the present content is refused, and a refused write takes no lock', () => {
  const machine = house();
  write(machine, 'alice');
  machine.release('alice');
  expect(codeOf(write(machine, 'bob', { digest: two }))).toBe('CONTEXT_CONFLICT');
  expect(machine.holder('docs')).toBeNull();
  expect(codeOf(write(machine, 'bob', { digest: two, base: one }))).toBe('committed');
  expect(machine.state.scopes.get(scopePath('docs'))?.contexts.get('f')).toEqual({
    digest: two,
    revision: machine.state.revision,
    agent: 'bob',
  });
});

test('every write sends the scope and what depends on it back to be synced', () => {
  const machine = house();
  for (const scope of ['docs', 'api']) {
    machine.startSync('alice', scope);
    machine.completeSync('alice', scope);
  }
  expect(committed(write(machine, 'alice')).result).toMatchObject({ invalidated: ['docs', 'api'] });
});
