import { expect, test } from 'vitest';
import { newRequestId, requestIds } from './requests.ts';

test('request ids are different, and have the form of a UUID', () => {
  const ids = Array.from({ length: 100 }, newRequestId);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test('the kernel is asked for the first one only', () => {
  let asked = 0;
  const next = requestIds(() => `of the kernel ${(asked += 1)}`);
  expect(next()).toBe('of the kernel 1');
  expect(next()).not.toContain('kernel');
  expect(next()).not.toContain('kernel');
  expect(asked).toBe(1);
});

test('where the kernel makes none the first one is made here', () => {
  expect(requestIds(() => null)()).toMatch(/^[0-9a-f-]{36}$/);
});
