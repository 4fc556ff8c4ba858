import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerCommand } from './command-schemas.ts';
import { plainSubmit } from './plain-submits.ts';

const proof = { agent: 'alice', epoch: 1, secret: 'ab'.repeat(16) };
const acquire = {
  kind: 'AcquireLock',
  ...proof,
  scopes: ['src/api'],
  ttlMs: null,
  wait: { kind: 'none' },
  reason: null,
};
const release = { kind: 'ReleaseLock', ...proof, scopes: ['src/api'], token: 3 };
const renewal = { kind: 'RenewLock', ...proof, scope: 'src/api', token: 3, ttlMs: null };
const heartbeat = { kind: 'Heartbeat', ...proof };
const submit = (command: unknown): unknown => ({ id: 1, op: 'submit', request: { requestId: 'r', command } });
/** As it comes over the socket. */
const plain = (message: unknown): unknown => plainSubmit(JSON.parse(JSON.stringify(message)));

describe('what comes over and over', () => {
  it.each([
    acquire,
    { ...acquire, ttlMs: 1_000, reason: 'why', wait: { kind: 'queue', forMs: null } },
    { ...acquire, scopes: [], files: ['src/api/a.ts'] },
    { ...acquire, files: ['src/api/a.ts'] },
    release,
    { ...release, scopes: [], files: ['src/api/a.ts'], token: null },
    renewal,
    heartbeat,
  ])('is told without the schemas: %j', (command) => {
    expect(plain(submit(command))).toEqual(submit(command));
  });
});

/** Values that are right somewhere, and wrong nearly everywhere else. */
const odd = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1,
  1.5,
  2 ** 53,
  1e300,
  '',
  'alice',
  '../a',
  'a//b',
  './a',
  'a\\b',
  '.',
  '@db',
  'x'.repeat(2_000),
  'ab'.repeat(20),
  'AB'.repeat(20),
  'Heartbeat',
  'AcquireLock',
  [],
  ['b', 'a'],
  ['a', 'a'],
  ['a/'],
  ['.'],
  ['@db#1'],
  [1],
  {},
  { kind: 'none' },
  { kind: 'none', forMs: null },
  { kind: 'queue' },
  { kind: 'queue', forMs: null },
  { kind: 'queue', forMs: 0 },
  { kind: 'queue', forMs: null, more: 1 },
);
const fieldNames = [
  ...new Set([acquire, release, renewal].flatMap((command) => Object.keys(command))),
  'files',
  'resources',
  'changed',
  'file',
  'resource',
  'more',
  '__proto__',
];

type Change = { readonly name: string; readonly value: unknown; readonly drop: boolean };

function changed(command: object, changes: readonly Change[]): unknown {
  const fields = new Map<string, unknown>(Object.entries(command));
  for (const { name, value, drop } of changes) {
    if (drop) fields.delete(name);
    else fields.set(name, value);
  }
  // As text, so that a field may have any name.
  const texts = [...fields].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return JSON.parse(`{${texts.join(',')}}`);
}

describe('what the schemas would refuse or change', () => {
  it('is never taken for plain', () => {
    const change = fc.record({ name: fc.constantFrom(...fieldNames), value: odd, drop: fc.boolean() });
    const base = fc.constantFrom<object>(acquire, release, renewal, heartbeat);
    let plainOnes = 0;
    fc.assert(
      fc.property(base, fc.array(change, { maxLength: 2 }), (command, changes) => {
        const altered = changed(command, changes);
        const told = plainSubmit({ id: 1, op: 'submit', request: { requestId: 'r', command: altered } });
        if (told === null) return;
        plainOnes += 1;
        const parsed = callerCommand.safeParse(altered);
        expect(parsed.success && parsed.data).toEqual(altered);
      }),
      { numRuns: 5_000 },
    );
    expect(plainOnes).toBeGreaterThan(100);
  });

  it.each([
    { id: 0, op: 'submit' },
    { id: 1.5, op: 'submit' },
    { id: '1', op: 'submit' },
    { id: 1, op: 'query' },
    { id: 1, op: 'submit', more: 1 },
    { op: 'submit' },
  ])('is no call: %j', (call) => {
    expect(plain({ ...call, request: { requestId: 'r', command: heartbeat } })).toBeNull();
  });

  it.each([
    { requestId: '' },
    { requestId: 'x'.repeat(1_000) },
    { requestId: 7 },
    {},
    { requestId: 'r', more: 1 },
  ])('is no request: %j', (request) => {
    expect(plain({ id: 1, op: 'submit', request: { ...request, command: heartbeat } })).toBeNull();
  });

  it.each([null, 1, 'text', [], [heartbeat]])('is no message at all: %j', (value) => {
    expect(plain(value)).toBeNull();
    expect(plain({ id: 1, op: 'submit', request: value })).toBeNull();
    expect(plain(submit(value))).toBeNull();
  });
});
