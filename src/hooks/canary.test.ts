import { expect, test } from 'vitest';
import { canaryOf, canaryReason, dialects, hookClients, isCanary, readCall } from './index.ts';

test.each(hookClients)('%s would send such an edit, and its refusal is told from anything else', (client) => {
  const canary = canaryOf(client, '/r/shop', 'ab12');
  const read = readCall(dialects[client], canary.payload, client === 'copilot' ? canary.event : null);
  if (read.kind !== 'call') throw new Error(read.kind);
  const { call, name } = read;
  expect(isCanary(call)).toBe(true);
  expect([call.folder, call.act]).toEqual([
    '/r/shop',
    { kind: 'edit', paths: ['/r/shop/rhema-canary-ab12'] },
  ]);
  const refused = dialects[client].print({ kind: 'refuse', reason: canaryReason(call) }, call.event, name);
  expect(canary.isRefusal(refused)).toBe(true);
  expect(canary.isRefusal({ ...refused, exitCode: 0 })).toBe(false);
  expect(canary.isRefusal({ ...refused, stdout: '' })).toBe(false);
  expect(canary.isRefusal({ ...refused, stderr: 'sh: rhema: not found' })).toBe(false);
});

test('no other act is taken for one', () => {
  const read = readCall(dialects.claude, canaryOf('claude', '/r', 'x').payload, null);
  if (read.kind !== 'call') throw new Error(read.kind);
  expect(isCanary({ ...read.call, event: 'afterTool' })).toBe(false);
  expect(isCanary({ ...read.call, act: null })).toBe(false);
  expect(isCanary({ ...read.call, session: 'another' })).toBe(false);
});
