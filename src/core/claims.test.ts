/** Locks of files beside those of whole scopes: who gets what, and who must wait for whom. */
import { describe, expect, test } from 'vitest';
import { agentId, codeOf, committed, Machine, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import { holdersShownMax } from './limits.ts';
import type { FactsByCode } from './refusal-facts.ts';
import { defaultSettings, type Settings } from './settings.ts';

const waiting = { wait: 'open' } as const;
const a = { files: ['docs/a'] };
const b = { files: ['docs/b'] };
const both = { files: ['docs/a', 'docs/b'] };

function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({ maxConcurrentAgents: 99, ...settings });
  machine.define({ docs: [], web: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave']) machine.join(name);
  return machine;
}

function factsOf<Code extends keyof FactsByCode>(decision: Decision, code: Code): FactsByCode[Code] {
  expect(codeOf(decision)).toBe(code);
  const { rejection } = decision as Extract<Decision, { kind: 'rejected' }>;
  return rejection.details as FactsByCode[Code];
}

describe('a file', () => {
  test('is granted beside other files of its scope, whoever has them', () => {
    const machine = newMachine();
    expect(committed(machine.acquire('alice', a)).result).toMatchObject({
      locks: [{ scope: 'docs', file: 'docs/a', token: machine.state.revision }],
    });
    expect(codeOf(machine.acquire('bob', b))).toBe('committed');
    expect(codeOf(machine.acquire('carol', 'web'))).toBe('committed');
  });

  test('is not granted to two, nor with the whole of its scope to another', () => {
    const machine = newMachine();
    machine.acquire('alice', a);
    expect(codeOf(machine.acquire('bob', a))).toBe('LOCK_HELD');
    expect(codeOf(machine.acquire('bob', both))).toBe('LOCK_HELD');
    expect(codeOf(machine.acquire('bob', 'docs'))).toBe('LOCK_HELD');
    machine.acquire('carol', 'web');
    expect(codeOf(machine.acquire('dave', { files: ['web/x'] }))).toBe('LOCK_HELD');
    expect(machine.holder('docs/b')).toBeNull(); // Of several all or none.
  });

  test("and the whole may be one agent's, each under a token and a lease of its own", () => {
    const machine = newMachine();
    machine.acquire('alice', a);
    const file = machine.token('docs/a');
    machine.advance(1_000);
    machine.acquire('alice', 'docs');
    expect(machine.token('docs/a')).toBe(file);
    expect(machine.token('docs')).toBeGreaterThan(file);
    machine.advance(defaultSettings.lockTtlMs - 1_000);
    expect([machine.holder('docs/a'), machine.holder('docs')]).toEqual([null, 'alice']);
  });

  test('of a path that is a scope is the scope', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['docs'] });
    expect(machine.state.locks.get(scopePath('docs'))).not.toHaveProperty('file');
    expect(codeOf(machine.acquire('bob', a))).toBe('LOCK_HELD');
    expect(codeOf(machine.release('alice', 'docs'))).toBe('committed');
  });

  test('in no scope is refused as that, in a wish, a release, a renewal and a revocation', () => {
    const machine = newMachine();
    const file = 'nowhere/x';
    const nowhere = { files: [file] };
    expect(factsOf(machine.acquire('alice', nowhere), 'SCOPE_NOT_FOUND')).toMatchObject({
      scope: 'nowhere/x',
    });
    expect(codeOf(machine.release('alice', nowhere))).toBe('SCOPE_NOT_FOUND');
    expect(codeOf(machine.renew('alice', { file }))).toBe('SCOPE_NOT_FOUND');
    expect(codeOf(machine.say({ kind: 'RevokeLock', file: file as never, reason: null }))).toBe(
      'SCOPE_NOT_FOUND',
    );
  });

  test('is given back, renewed and revoked by itself', () => {
    const machine = newMachine();
    machine.acquire('alice', both);
    machine.release('alice', a);
    expect([machine.holder('docs/a'), machine.holder('docs/b')]).toEqual([null, 'alice']);
    expect(codeOf(machine.release('alice', a))).toBe('LOCK_NOT_HELD');
    machine.advance(1_000);
    expect(committed(machine.renew('alice', { file: 'docs/b' })).result).toMatchObject({
      locks: [{ file: 'docs/b', deadlineMs: machine.nowMs + defaultSettings.lockTtlMs }],
    });
    const revoked = machine.say({ kind: 'RevokeLock', file: 'docs/b' as never, reason: null });
    expect(committed(revoked).result).toMatchObject({ kind: 'revoked', scope: 'docs', file: 'docs/b' });
    expect(machine.status('alice')).toBe('idle');
  });

  test('that another has is no more given back by the holder of the whole than by anybody', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    expect(codeOf(machine.release('alice', a))).toBe('LOCK_NOT_HELD');
    expect(codeOf(machine.renew('alice', { file: 'docs/a' }))).toBe('LOCK_NOT_HELD');
  });
});

test('tokens grow along a file, whichever level it was held on', () => {
  const machine = newMachine();
  const tokens: number[] = [];
  for (const [name, wish] of [
    ['alice', a],
    ['bob', 'docs'],
    ['carol', both],
    ['alice', 'docs'],
    ['bob', a],
  ] as const) {
    machine.acquire(name, wish);
    tokens.push(Math.max(machine.token('docs'), machine.token('docs/a')));
    machine.release(name);
  }
  expect(tokens).toEqual([...new Set(tokens)].toSorted((x, y) => x - y));
  machine.acquire('dave', a);
  for (const token of tokens)
    expect(codeOf(machine.renew('dave', { file: 'docs/a' }, { token }))).toBe('STALE_FENCING_TOKEN');
});

describe('who waits', () => {
  test('for the whole is served when the last file is given back, by every way in which a lock ends', () => {
    const ways: readonly ((machine: Machine) => unknown)[] = [
      (machine) => machine.release('alice'),
      (machine) => machine.advance(defaultSettings.lockTtlMs),
      (machine) => machine.leave('alice'),
      (machine) => machine.say({ kind: 'RevokeLock', file: 'docs/a' as never, reason: null }),
      (machine) =>
        machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'completed', reason: null }),
    ];
    for (const end of ways) {
      const machine = newMachine();
      machine.acquire('alice', a);
      machine.acquire('carol', b);
      machine.acquire('bob', 'docs', waiting);
      machine.release('carol');
      expect(machine.holder('docs')).toBeNull();
      end(machine);
      expect(machine.holder('docs')).toBe('bob');
    }
  });

  test('for files is served when the whole is given back, all of them in one revision', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    machine.acquire('bob', a, waiting);
    machine.acquire('carol', b, waiting);
    machine.release('alice');
    expect([machine.holder('docs/a'), machine.holder('docs/b')]).toEqual(['bob', 'carol']);
    expect(machine.token('docs/a')).toBe(machine.token('docs/b'));
  });

  test('for the whole is not starved by a stream of claims of files once it is the oldest', () => {
    const machine = newMachine();
    machine.acquire('alice', a);
    machine.acquire('bob', 'docs', waiting);
    expect(factsOf(machine.acquire('carol', b), 'RESERVED_FOR_WAITER')).toMatchObject({
      scope: 'docs',
      file: 'docs/b',
      waiter: 'bob',
    });
    machine.acquire('carol', b, waiting);
    machine.release('alice');
    expect([machine.holder('docs'), machine.holder('docs/b')]).toEqual(['bob', null]);
    machine.release('bob');
    expect(machine.holder('docs/b')).toBe('carol');
  });

  test('for a file keeps the whole from a later one once it is the oldest, but not other files', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('dave', 'web');
    machine.acquire('alice', { files: ['docs/a'], scopes: ['web'] }, waiting);
    expect(codeOf(machine.acquire('carol', 'docs'))).toBe('RESERVED_FOR_WAITER');
    expect(codeOf(machine.acquire('carol', a))).toBe('RESERVED_FOR_WAITER');
    expect(codeOf(machine.acquire('carol', b))).toBe('committed');
  });

  test('for what is free overtakes who waits for what is not, as long as that one is not the oldest', () => {
    const machine = newMachine();
    machine.acquire('dave', 'web');
    machine.acquire('alice', a);
    machine.acquire('carol', { files: ['web/x'] }, waiting); // The oldest.
    machine.acquire('bob', 'docs', waiting);
    machine.join('erin');
    expect(codeOf(machine.acquire('erin', b))).toBe('committed');
  });

  test('for the same again keeps its ticket; for something else it is refused', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    const first = committed(machine.acquire('bob', both, waiting)).result;
    expect(committed(machine.acquire('bob', both, waiting)).result).toEqual(first);
    expect(factsOf(machine.acquire('bob', a, waiting), 'ALREADY_WAITING')).toMatchObject({
      scopes: [],
      files: ['docs/a', 'docs/b'],
    });
  });

  test('is told its place among those who want what overlaps', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    const placeOf = (name: string, wish: Parameters<Machine['acquire']>[1]): unknown =>
      (committed(machine.acquire(name, wish, waiting)).result as { position?: number }).position;
    expect(placeOf('bob', a)).toBe(1);
    expect(placeOf('carol', b)).toBe(1);
    expect(placeOf('dave', 'docs')).toBe(3);
  });
});

describe('waiting that would never end is refused, with one scope for each agent', () => {
  test("of two that hold a file each and want the other's", () => {
    const machine = newMachine();
    machine.acquire('alice', a);
    machine.acquire('bob', b);
    machine.acquire('alice', b, waiting);
    expect(factsOf(machine.acquire('bob', a, waiting), 'WOULD_DEADLOCK')).toEqual({
      cycle: [
        { agent: 'bob', waitsFor: 'alice', scope: 'docs', file: 'docs/a' },
        { agent: 'alice', waitsFor: 'bob', scope: 'docs', file: 'docs/b' },
      ],
      held: ['docs/b'],
    });
  });

  test('of two that hold files and want the whole', () => {
    const machine = newMachine();
    machine.acquire('alice', a);
    machine.acquire('bob', b);
    machine.acquire('alice', 'docs', waiting);
    const refused = machine.acquire('bob', 'docs', waiting);
    expect(factsOf(refused, 'WOULD_DEADLOCK').cycle).toEqual([
      { agent: 'bob', waitsFor: 'alice', scope: 'docs' },
      { agent: 'alice', waitsFor: 'bob', scope: 'docs' },
    ]);
    expect(refused).toMatchObject({
      rejection: {
        message: expect.stringMatching(/Release what bob holds \(docs\/b\) and ask for everything at once$/),
      },
    });
    machine.release('bob');
    expect(machine.holder('docs')).toBe('alice');
  });

  test("of one that waits for another's file behind a ticket for the whole that waits for its own", () => {
    const machine = newMachine();
    machine.acquire('alice', a);
    machine.acquire('carol', 'docs', waiting);
    machine.acquire('bob', 'web');
    expect(codeOf(machine.acquire('alice', b, waiting))).toBe('WOULD_DEADLOCK');
  });

  test('of a file and a resource', () => {
    const machine = newMachine();
    machine.acquire('alice', { resources: ['@git'] });
    machine.acquire('bob', a);
    machine.acquire('bob', { resources: ['@git'] }, waiting);
    expect(factsOf(machine.acquire('alice', a, waiting), 'WOULD_DEADLOCK').cycle).toEqual([
      { agent: 'alice', waitsFor: 'bob', scope: 'docs', file: 'docs/a' },
      { agent: 'bob', waitsFor: 'alice', resource: '@git' },
    ]);
  });

  test('but not of who wants the whole of what it has in part, while others can go on', () => {
    const machine = newMachine();
    machine.acquire('alice', a);
    machine.acquire('bob', b);
    expect(codeOf(machine.acquire('alice', 'docs', waiting))).toBe('committed');
    machine.release('bob');
    expect([machine.holder('docs'), machine.holder('docs/a')]).toEqual(['alice', 'alice']);
  });
});

describe('a refusal names who is in the way', () => {
  test('alone, without saying how many there are', () => {
    const machine = newMachine();
    machine.acquire('alice', a, { reason: 'renaming' });
    const facts = factsOf(machine.acquire('bob', 'docs'), 'LOCK_HELD');
    expect(facts).toMatchObject({
      scope: 'docs',
      holder: 'alice',
      reason: 'renaming',
      token: machine.token('docs/a'),
    });
    expect(facts).not.toHaveProperty('others');
    expect(facts).not.toHaveProperty('holdersInTheWay');
  });

  test('with all others, in order of their files', () => {
    const machine = newMachine();
    machine.acquire('carol', { files: ['docs/c'] });
    machine.acquire('alice', b, { reason: 'renaming' });
    machine.acquire('dave', a);
    machine.acquire('bob', { files: ['docs/own'] });
    const refused = machine.acquire('bob', 'docs');
    expect(factsOf(refused, 'LOCK_HELD')).toMatchObject({
      holder: 'dave',
      others: [
        {
          scope: 'docs',
          file: 'docs/b',
          holder: 'alice',
          reason: 'renaming',
          token: machine.token('docs/b'),
          grantedAtMs: machine.nowMs,
          deadlineMs: machine.nowMs + defaultSettings.lockTtlMs,
        },
        { file: 'docs/c', holder: 'carol' },
      ],
      holdersInTheWay: 3,
    });
    expect(refused).toMatchObject({
      rejection: {
        message: expect.stringMatching(/^docs cannot be had: .* is held by dave, and 2 more in the way; /),
      },
    });
  });

  test('first who has the very thing, then who has the whole', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    machine.acquire('alice', a);
    expect(factsOf(machine.acquire('bob', a), 'LOCK_HELD')).toMatchObject({
      token: machine.token('docs/a'),
      others: [{ scope: 'docs', token: machine.token('docs') }],
    });
  });

  test('up to a bound, and says how many there are', () => {
    const machine = newMachine();
    const files = Array.from({ length: holdersShownMax + 5 }, (_, number) => `docs/f${number}`);
    for (const [number, file] of files.entries()) {
      machine.join(`agent-${number}`);
      machine.acquire(`agent-${number}`, { files: [file] });
    }
    const facts = factsOf(machine.acquire('bob', 'docs'), 'LOCK_HELD');
    expect(facts.others).toHaveLength(holdersShownMax - 1);
    expect(facts.holdersInTheWay).toBe(files.length);
  });

  test('and how many wait for what overlaps, each once', () => {
    const machine = newMachine();
    machine.acquire('alice', both);
    machine.acquire('carol', both, waiting);
    machine.acquire('dave', 'docs', waiting);
    expect(factsOf(machine.acquire('bob', 'docs'), 'LOCK_HELD').queueLength).toBe(2);
    expect(factsOf(machine.acquire('bob', a), 'LOCK_HELD').queueLength).toBe(2);
  });
});

describe("the end of a file's lock is remembered by its scope", () => {
  test('and told to who held it, but not of another file', () => {
    const machine = newMachine();
    machine.acquire('alice', both);
    machine.release('alice', b);
    machine.say({ kind: 'RevokeLock', file: 'docs/a' as never, reason: null });
    const messageOf = (file: string): string =>
      (machine.renew('alice', { file }) as { rejection: { message: string } }).rejection.message;
    expect(messageOf('docs/a')).toContain('its last hold was revoked by an operator');
    expect(messageOf('docs/b')).not.toContain('last hold');
    expect(factsOf(machine.renew('alice', { file: 'docs/a' }), 'LOCK_NOT_HELD').lastEnd).toMatchObject({
      file: 'docs/a',
      cause: 'revoked',
    });
    expect(factsOf(machine.renew('alice', 'docs'), 'LOCK_NOT_HELD').lastEnd).toBeNull();
  });
});
