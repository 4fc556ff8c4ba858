import { expect, test } from 'vitest';
import { asDurationMs } from '../core/index.ts';
import { Machine, scopePath } from '../../test/support/machine.ts';
import { viewLock, viewStatus } from '../service/views.ts';
import { holderText, statusText } from './views.ts';

test('a lock is told to end with the session of its holder, where that ends before its lease', () => {
  const machine = new Machine({ sessionTtlMs: asDurationMs(60_000) });
  machine.define({ a: [] });
  machine.join('alice');
  machine.acquire('alice', 'a', { ttlMs: 600_000 });
  const lock = machine.state.locks.get(scopePath('a'));
  if (lock === undefined) throw new Error('a is free');
  const told = 'it ends with the session of its holder in 1 min unless renewed';
  expect(holderText(viewLock(machine.state, lock), machine.nowMs)).toContain(told);
  expect(statusText(viewStatus(machine.state, []), machine.nowMs)).toContain(told);
});
