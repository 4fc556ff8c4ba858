import { describe, expect, test } from 'vitest';
import { agentId, codeOf, committed, Machine, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import type { FencingToken } from './ids.ts';
import { contextFilesPerScopeMax } from './limits.ts';
import type { Settings } from './settings.ts';

const [one, two] = ['1'.repeat(64), '2'.repeat(64)] as const;

function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine(settings);
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
  readonly scope?: string;
}

function write(
  machine: Machine,
  name: string,
  { digest = one, base = null, token = null, file = 'f', scope = 'docs' }: Write = {},
): Decision {
  return machine.say({
    kind: 'ContextModify',
    agent: agentId(name),
    scope: scopePath(scope),
    file,
    token: token as FencingToken | null,
    digest,
    baseDigest: base,
  });
}

test('a write to a free scope takes its lock for the writer, and tells its token', () => {
  const machine = newMachine();
  const { events, result } = committed(write(machine, 'alice'));
  const token = machine.state.revision;
  const written = { scope: 'docs', file: 'f', digest: one, token };
  expect(events.map(({ kind }) => kind)).toEqual(['lock.granted', 'context.modified']);
  expect(events[1]).toEqual({ kind: 'context.modified', agent: 'alice', ...written });
  expect(result).toEqual({ kind: 'contextModified', ...written, invalidated: [] });
  expect([machine.holder('docs'), machine.status('alice')]).toEqual(['alice', 'working']);
});

test('a write under the lock keeps the lock and its token', () => {
  const machine = newMachine();
  machine.acquire('alice', 'docs');
  const token = machine.token('docs');
  expect(committed(write(machine, 'alice', { token })).result).toMatchObject({ token });
});

test('whoever presents a token and does not hold the lock is not granted it anew', () => {
  const machine = newMachine();
  machine.acquire('alice', 'docs');
  const token = machine.token('docs');
  machine.release('alice');
  expect(codeOf(write(machine, 'alice', { token }))).toBe('LOCK_NOT_HELD');
  expect(machine.holder('docs')).toBeNull();
});

test('a holder that waits for another scope, or has said that it is blocked, must not write', () => {
  const machine = newMachine();
  machine.acquire('alice', 'docs');
  machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: 'unsure' });
  expect(write(machine, 'alice')).toMatchObject({
    rejection: { code: 'AGENT_BLOCKED', details: { agent: 'alice', reason: 'unsure' } },
  });
  machine.acquire('bob', 'docs', { wait: 'open' });
  expect(write(machine, 'bob')).toMatchObject({
    rejection: { code: 'ALREADY_WAITING', details: { ticket: machine.state.revision } },
  });
});

test('a holder of another scope must release it before it can write here', () => {
  const machine = newMachine();
  machine.acquire('alice', 'api');
  expect(write(machine, 'alice')).toMatchObject({
    rejection: { code: 'AGENT_HOLDS_LOCK', details: { held: ['api'] } },
  });
});

test('a token that is not the current one is stale, whoever holds the lock now', () => {
  const machine = newMachine();
  machine.acquire('alice', 'docs');
  const token = machine.token('docs') - 1;
  for (const name of ['alice', 'bob'])
    expect(codeOf(write(machine, name, { token }))).toBe('STALE_FENCING_TOKEN');
});

test('a write to a scope that is not to be had is refused like an acquire that does not wait', () => {
  const machine = newMachine({ maxConcurrentAgents: 1 });
  expect(codeOf(write(machine, 'alice', { scope: 'nowhere' }))).toBe('SCOPE_NOT_FOUND');
  machine.acquire('bob', 'api');
  expect(write(machine, 'alice')).toMatchObject({
    rejection: { code: 'CONCURRENCY_LIMIT', details: { scopes: ['docs'], holders: ['bob'] } },
  });
  machine.release('bob');
  machine.acquire('bob', 'docs');
  expect(codeOf(write(machine, 'alice'))).toBe('LOCK_HELD');
});

test('a file that is tracked can be written when no more can be', () => {
  const machine = newMachine();
  write(machine, 'alice');
  const { contexts } = machine.state.scopes.get(scopePath('docs')) ?? { contexts: new Map() };
  for (let number = contexts.size; number < contextFilesPerScopeMax; number += 1)
    contexts.set(`${number}.yaml`, contexts.get('f'));
  expect(codeOf(write(machine, 'alice', { file: 'another' }))).toBe('CONTEXT_LIMIT_REACHED');
  expect(codeOf(write(machine, 'alice', { base: one, digest: two }))).toBe('committed');
});

test('a writer that has not seen the present content is refused, and a refused write takes no lock', () => {
  const machine = newMachine();
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
  const machine = newMachine();
  for (const scope of ['docs', 'api']) {
    machine.startSync('alice', scope);
    machine.completeSync('alice', scope);
  }
  expect(committed(write(machine, 'alice')).result).toMatchObject({ invalidated: ['docs', 'api'] });
});

test('a token that is that of a lock of another is refused as that, whichever of those that cover the file it is of', () => {
  const machine = newMachine({ maxConcurrentAgents: 2 });
  machine.acquire('bob', 'docs');
  machine.acquire('bob', { files: ['docs/f'] });
  for (const target of ['docs', 'docs/f'])
    expect(codeOf(write(machine, 'alice', { token: machine.token(target) }))).toBe('LOCK_NOT_HELD');
  expect(codeOf(write(machine, 'alice', { token: 1 }))).toBe('STALE_FENCING_TOKEN');
});

describe('under a lock of files', () => {
  test('the file itself may be written, under its token or that of the whole', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['docs/f'] });
    const token = machine.token('docs/f');
    expect(committed(write(machine, 'alice', { token })).result).toMatchObject({ token });
    machine.acquire('alice', 'docs');
    const whole = machine.token('docs');
    const again = committed(write(machine, 'alice', { token: whole, base: one, digest: two }));
    expect(again.result).toMatchObject({ token: whole });
  });

  test('another file takes the whole for the writer, unless somebody else holds a file', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['docs/other'] });
    expect(codeOf(write(machine, 'alice'))).toBe('committed');
    expect(machine.holder('docs')).toBe('alice');
    const busy = newMachine();
    busy.acquire('alice', { files: ['docs/other'] });
    busy.acquire('bob', { files: ['docs/f'] });
    expect(codeOf(write(busy, 'alice'))).toBe('LOCK_HELD');
    expect(codeOf(write(busy, 'bob'))).toBe('committed');
  });

  test('a context file that belongs to a scope within is written under the lock of the whole', () => {
    const machine = newMachine();
    machine.define({ docs: [], 'docs/in': [] });
    machine.acquire('alice', { files: ['docs/in/f'] });
    expect(codeOf(write(machine, 'alice', { file: 'in/f' }))).toBe('AGENT_HOLDS_LOCK');
    machine.release('alice');
    expect(codeOf(write(machine, 'alice', { file: 'in/f' }))).toBe('committed');
    expect(machine.holder('docs')).toBe('alice');
  });
});
