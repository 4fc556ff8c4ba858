import { expect, test } from 'vitest';
import { newMachine } from '../../test/support/three-agents.ts';
import type { Machine } from '../../test/support/machine.ts';
import { ClaimReader } from './recorded.ts';

const read = (machine: Machine, max = 10) => {
  const reader = new ClaimReader(max);
  for (const entry of machine.log) reader.take(entry);
  return reader.result();
};

test('what was granted together is one job, from the grant to the end of the last of it', () => {
  const machine = newMachine({ maxLocksPerAgent: 3 });
  const beganAtMs = machine.nowMs;
  machine.acquire('alice', ['a', 'b']);
  machine.advance(1_000);
  machine.release('alice', 'a');
  machine.advance(2_000);
  machine.release('alice', 'b');
  expect(read(machine)).toMatchObject({
    jobs: [{ scopes: ['a', 'b'], files: [], workMs: 3_000 }],
    resources: 0,
    from: beganAtMs,
    to: beganAtMs + 3_000,
  });
});

test('a file is a file, and a claim that is held when the log ends counts until then', () => {
  const machine = newMachine();
  machine.acquire('alice', { files: ['a/x'] });
  machine.advance(4_000);
  machine.acquire('bob', 'b');
  expect(read(machine).jobs).toMatchObject([
    { files: ['a/x'], scopes: [], workMs: 4_000 },
    { scopes: ['b'], workMs: 1 },
  ]);
});

test('of two who are granted something in one revision each has a job of its own', () => {
  const machine = newMachine({ maxLocksPerAgent: 2 });
  machine.acquire('carol', ['a', 'b']);
  machine.acquire('alice', 'a', { wait: 'open' });
  machine.acquire('bob', 'b', { wait: 'open' });
  machine.release('carol');
  machine.advance(1_000);
  machine.release('alice');
  machine.advance(1_000);
  machine.release('bob');
  expect(read(machine).jobs.map(({ scopes, workMs }) => [...scopes, workMs])).toEqual([
    ['a', 'b', 1],
    ['a', 1_000],
    ['b', 2_000],
  ]);
});

test('only the last are kept, and without any there is no time', () => {
  const machine = newMachine();
  for (const scope of ['a', 'b', 'c']) {
    machine.acquire('alice', scope);
    machine.release('alice');
  }
  expect(read(machine, 2).jobs.map(({ scopes }) => scopes)).toEqual([['b'], ['c']]);
  expect(read(newMachine())).toMatchObject({ jobs: [], from: null });
});
