import { describe, expect, test } from 'vitest';
import {
  agentId,
  codeOf,
  committed,
  Machine,
  scopePath,
  type SaidCommand,
} from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import type { Event } from './events.ts';
import type { Settings } from './settings.ts';

const waiting = { wait: 'open' } as const;

function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({ maxLocksPerAgent: 3, maxConcurrentAgents: 9, ...settings });
  machine.define({ '.': [], api: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  return machine;
}

const scopeSaid = (path: string): SaidCommand => ({
  kind: 'DefineScope',
  scope: { path: scopePath(path), name: path, type: 'library', dependencies: [] },
});

/** What happened, as `lock.released api/db/a moved`. */
function story(decision: Decision): string[] {
  return committed(decision).events.map((event: Event) => {
    const what =
      'file' in event && event.file !== undefined ? event.file : 'scope' in event ? event.scope : '';
    const named = typeof what === 'object' ? what.path : what;
    const rest = 'cause' in event ? event.cause : 'agent' in event ? event.agent : '';
    return [event.kind, named, rest].filter((word) => word !== '').join(' ');
  });
}

describe('a scope that is defined around files that are held', () => {
  test('ends their locks, with that as the cause, before it is there; others stay', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/db/a', 'api/db/b', 'api/main', 'api/dbx'] });
    const token = machine.token('api/main');
    expect(story(machine.say(scopeSaid('api/db')))).toEqual([
      'lock.released api/db/a moved',
      'lock.released api/db/b moved',
      'scope.defined api/db',
    ]);
    expect(machine.holder('api/db/a')).toBeNull();
    expect([machine.holder('api/main'), machine.token('api/main')]).toEqual(['alice', token]);
    expect(machine.status('alice')).toBe('working');
  });

  test('leaves who lost all it had idle, and free to ask again, under a greater token', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/db/a'] });
    const before = machine.token('api/db/a');
    machine.define({ '.': [], api: [], 'api/db': [] });
    expect(machine.status('alice')).toBe('idle');
    expect(codeOf(machine.renew('alice', { file: 'api/db/a' }))).toBe('LOCK_NOT_HELD');
    machine.acquire('bob', 'api/db');
    expect(codeOf(machine.acquire('alice', { files: ['api/db/a'] }))).toBe('LOCK_HELD');
    machine.release('bob');
    machine.acquire('alice', { files: ['api/db/a'] });
    expect(machine.token('api/db/a')).toBeGreaterThan(before);
    expect(machine.state.locks.get(scopePath('api/db/a'))?.scope).toBe('api/db');
  });

  test('is the file itself no longer: what was held under its path ends as well', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/db'] });
    expect(story(machine.say(scopeSaid('api/db')))).toEqual([
      'lock.released api/db moved',
      'scope.defined api/db',
    ]);
    machine.acquire('bob', { files: ['api/db'] });
    expect(machine.state.locks.get(scopePath('api/db'))).toMatchObject({ agent: 'bob', scope: 'api/db' });
    expect(machine.state.locks.get(scopePath('api/db'))).not.toHaveProperty('file');
  });

  test('does so under the top of the repository, too, and for several at once', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['web/a', 'docs/b', 'README.md'] });
    machine.define({ '.': [], api: [], web: [], docs: [] });
    expect([machine.holder('web/a'), machine.holder('docs/b'), machine.holder('README.md')]).toEqual([
      null,
      null,
      'alice',
    ]);
  });

  test('leaves a lock of the whole around it, which covers its files no more', () => {
    const machine = newMachine();
    machine.acquire('alice', 'api');
    expect(story(machine.say(scopeSaid('api/db')))).toEqual(['scope.defined api/db']);
    expect(machine.holder('api')).toBe('alice');
    expect(codeOf(machine.acquire('bob', { files: ['api/db/a'] }))).toBe('committed');
  });
});

describe('a wait for a file that comes to be in another scope', () => {
  test('ends, also when it is for other things as well; its agent is told why', () => {
    const machine = newMachine();
    machine.acquire('alice', 'api');
    machine.acquire('bob', { files: ['api/db/a', 'web/x'] }, waiting);
    machine.acquire('carol', { files: ['api/main'] }, waiting);
    expect(story(machine.say(scopeSaid('api/db')))).toEqual(['ticket.ended moved', 'scope.defined api/db']);
    expect([machine.status('bob'), machine.status('carol')]).toEqual(['idle', 'blocked']);
    expect(machine.state.agents.get(agentId('bob'))?.retryCount).toBe(1);
  });

  test('no longer contends the lock it waited for', () => {
    const machine = newMachine();
    machine.acquire('alice', 'api');
    machine.acquire('bob', { files: ['api/db/a'] }, waiting);
    machine.say(scopeSaid('api/db'));
    expect(machine.state.locks.get(scopePath('api'))?.contendedSinceMs).toBeNull();
  });

  test('no longer keeps others waiting: the queue is served in the same revision', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/db/a'] });
    machine.acquire('bob', 'api', waiting);
    expect(story(machine.say(scopeSaid('api/db')))).toEqual([
      'lock.released api/db/a moved',
      'ticket.ended granted',
      'lock.granted api bob',
      'scope.defined api/db',
    ]);
    expect(machine.holder('api')).toBe('bob');
  });
});

describe('a scope that goes', () => {
  test('moves nothing: it stays, withdrawn, while a file of it is held or waited for', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/a'] });
    machine.acquire('bob', { files: ['api/a'] }, waiting);
    expect(story(machine.define({ '.': [] }))).toEqual(['scope.withdrawn api']);
    expect(machine.holder('api/a')).toBe('alice');
    machine.release('alice');
    expect(machine.holder('api/a')).toBe('bob');
    expect(machine.state.scopes.get(scopePath('api'))?.withdrawn).toBe(true);
    expect(story(machine.release('bob'))).toEqual(['lock.released api/a released', 'scope.removed api']);
  });

  test('goes at once when all that was held of it moves to a scope within it', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/db/a'] });
    machine.define({ '.': [], 'api/db': [] });
    expect([...machine.state.scopes.keys()]).toEqual(['.', 'api/db']);
  });

  test('and was withdrawn before goes when the last of its files moves', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/db/a'] });
    machine.define({ '.': [] });
    machine.define({ '.': [], 'api/db': [] });
    expect([...machine.state.scopes.keys()]).toEqual(['.', 'api/db']);
  });

  test('and is named again together with a scope in it stays, though the last of its files moves', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/db/a'] });
    machine.define({ '.': [] });
    machine.define({ '.': [], api: [], 'api/db': [] });
    expect([...machine.state.scopes.values()].map(({ path, withdrawn }) => [path, withdrawn])).toEqual([
      ['.', false],
      ['api', false],
      ['api/db', false],
    ]);
  });

  test('and comes back is not new: its files stay held', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['api/a'] });
    machine.define({ '.': [] });
    expect(story(machine.define({ '.': [], api: [] }))).toEqual(['scope.defined api']);
    expect(machine.holder('api/a')).toBe('alice');
  });
});

test('a graph that is refused moves nothing', () => {
  const machine = newMachine();
  machine.acquire('alice', { files: ['api/db/a'] });
  expect(codeOf(machine.define({ '.': [], api: [], 'api/db': ['nowhere'] }))).toBe('DEPENDENCY_UNKNOWN');
  expect(machine.holder('api/db/a')).toBe('alice');
});
