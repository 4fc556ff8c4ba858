import { describe, expect, test } from 'vitest';
import { agentId, codeOf, Machine, resourceName, type SaidWish } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import { rejectionCodes, type RejectionCode } from './rejection-codes.ts';
import { defaultSettings, type Settings } from './settings.ts';

type Refused = Extract<Decision, { kind: 'rejected' }>;

const resources = {
  [resourceName('@git')]: 1,
  [resourceName('@port')]: 3,
  [resourceName('@deploy')]: 1,
};
const bounds = { maxLocksPerAgent: 1, maxFilesPerAgent: 2, maxResourcesPerAgent: 1 };

/** Alice has one file of a, and the index of Git. */
function holding(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({ resources, ...bounds, ...settings });
  machine.define({ a: [], b: [], c: [] });
  for (const name of ['alice', 'bob']) machine.join(name);
  machine.acquire('alice', { files: ['a/1'], resources: ['@git'] });
  return machine;
}

const asked = (wish: SaidWish, settings: Partial<Settings> = {}): Decision =>
  holding(settings).acquire('alice', wish);
const messageOf = (decision: Decision): string => (decision as Refused).rejection.message;

describe('an agent that holds a file and a resource', () => {
  test.each<readonly [string, SaidWish, RejectionCode | 'committed']>([
    ['may ask for a second file of its scope', { files: ['a/2'] }, 'committed'],
    ['may ask for the whole of its scope', 'a', 'committed'],
    ['may ask for the whole and a file of its scope', { scopes: ['a'], files: ['a/2'] }, 'committed'],
    ['may not ask for another scope', 'b', 'AGENT_HOLDS_LOCK'],
    ['may not ask for a file of another scope', { files: ['b/1'] }, 'AGENT_HOLDS_LOCK'],
    ['may not ask for more files than it may hold', { files: ['a/2', 'a/3'] }, 'FILE_LIMIT_REACHED'],
    ['may ask again for what it holds, with as many more as fit', { files: ['a/1', 'a/2'] }, 'committed'],
    ['may not ask for a second resource', { resources: ['@port'] }, 'RESOURCE_LIMIT_REACHED'],
    ['may ask again for its resource', { resources: ['@git'] }, 'committed'],
  ])('%s', (_what, wish, outcome) => expect(codeOf(asked(wish))).toBe(outcome));
});

test('scopes are counted, not locks: all files of one scope are one', () => {
  const machine = holding({ maxLocksPerAgent: 2, maxFilesPerAgent: 9 });
  expect(codeOf(machine.acquire('alice', { scopes: ['a'], files: ['a/2', 'b/1', 'b/2'] }))).toBe('committed');
  expect(codeOf(machine.acquire('alice', { files: ['c/1'] }))).toBe('AGENT_HOLDS_LOCK');
});

test('who holds nothing is refused more scopes than it may hold, counted by where its files are', () => {
  const machine = holding();
  const decision = machine.acquire('bob', { files: ['a/2', 'b/1', 'b/2'] });
  expect(decision).toMatchObject({
    rejection: { code: 'LOCK_LIMIT_REACHED', details: { asked: 2, maxLocksPerAgent: 1 } },
  });
});

test('a resource counts as no scope, and a scope as no resource', () => {
  const machine = holding();
  expect(codeOf(machine.acquire('bob', { resources: ['@port'] }))).toBe('committed');
  expect(codeOf(machine.acquire('bob', { files: ['b/1', 'b/2'] }))).toBe('committed');
});

test('the refusals say how many are held, asked for and allowed, and what to do', () => {
  expect((asked({ files: ['a/2', 'a/3'] }) as Refused).rejection.details).toEqual({
    held: 1,
    asked: 2,
    maxFilesPerAgent: 2,
  });
  expect(messageOf(asked({ files: ['a/2', 'a/3'] }))).toMatch(
    /^alice holds 1 file and asks for 2 more, but may hold 2: ask for the whole scope, or raise max_files_per_agent$/,
  );
  expect((asked({ resources: ['@port'] }) as Refused).rejection.details).toEqual({
    held: 1,
    asked: 1,
    maxResourcesPerAgent: 1,
  });
  expect((asked({ files: ['b/1'] }) as Refused).rejection.details).toEqual({
    held: ['@git#1', 'a/1'],
    heldIn: ['a'],
    asked: ['b/1'],
    askedIn: ['b'],
    maxLocksPerAgent: 1,
  });
});

test('what is given back makes room again', () => {
  const machine = holding();
  machine.acquire('alice', { files: ['a/2'] });
  expect(codeOf(machine.acquire('alice', { files: ['a/3'] }))).toBe('FILE_LIMIT_REACHED');
  machine.release('alice', { files: ['a/1'] });
  expect(codeOf(machine.acquire('alice', { files: ['a/3'] }))).toBe('committed');
  machine.release('alice', { resources: ['@git'] });
  expect(codeOf(machine.acquire('alice', { resources: ['@port'] }))).toBe('committed');
});

describe('of several reasons the first in the list is given', () => {
  const tooLong = { ttlMs: defaultSettings.lockTtlMaxMs + 1 };
  const blocked = (machine: Machine): unknown =>
    machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: 'stuck' });

  test.each<readonly [readonly RejectionCode[], SaidWish, (machine: Machine) => unknown]>([
    [['SCOPE_NOT_FOUND', 'RESOURCE_NOT_FOUND'], { files: ['nowhere/x'], resources: ['@none'] }, blocked],
    [['RESOURCE_NOT_FOUND', 'AGENT_BLOCKED'], { resources: ['@none'] }, blocked],
    [['AGENT_BLOCKED', 'AGENT_HOLDS_LOCK'], { files: ['b/1'] }, blocked],
    [['AGENT_HOLDS_LOCK', 'FILE_LIMIT_REACHED'], { files: ['b/1', 'b/2', 'b/3'] }, () => undefined],
    [
      ['FILE_LIMIT_REACHED', 'RESOURCE_LIMIT_REACHED', 'TTL_TOO_LONG'],
      { files: ['a/2', 'a/3'], resources: ['@port'] },
      () => undefined,
    ],
    [
      ['RESOURCE_LIMIT_REACHED', 'TTL_TOO_LONG', 'LOCK_HELD'],
      { files: ['a/2'], resources: ['@port'] },
      (machine) => machine.acquire('bob', { files: ['a/2'] }),
    ],
    [
      ['TTL_TOO_LONG', 'LOCK_HELD'],
      { files: ['a/2'] },
      (machine) => machine.acquire('bob', { files: ['a/2'] }),
    ],
  ])('%j', (codes, wish, before) => {
    const machine = holding();
    before(machine);
    expect(codeOf(machine.acquire('alice', wish, tooLong))).toBe(codes[0]);
    const places = codes.map((code) => rejectionCodes.indexOf(code));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});
