import { expect, it } from 'vitest';
import { joining, openStage } from './testing.ts';

const idOf = (response: Response): string | null => response.headers.get('x-request-id');

it('a request keeps the id that it has, and gets one where it has none', async () => {
  const { call } = await openStage();
  expect(idOf(await call('/healthz', { headers: { 'x-request-id': 'proxy-7.a_B' } }))).toBe('proxy-7.a_B');
  expect(idOf(await call('/healthz'))).toBe('made-1');
  expect(idOf(await call('/nothing'))).toBe('made-2');
  expect(idOf(await call('/api/v1/whoami', { token: null }))).toBe('made-3');
});

it.each(['', 'a'.repeat(65), 'a b', '{"level":"error"}', 'a%0a', 'ä'])(
  '%j is no id: another is made',
  async (id) => {
    const { call } = await openStage();
    expect(idOf(await call('/healthz', { headers: { 'x-request-id': id } }))).toBe('made-1');
  },
);

it('a fault of the server is told of with the id of its request', async () => {
  const told: string[] = [];
  const { say } = await openStage({
    coordinator: { submit: () => Promise.reject(new Error('a bug')) } as never,
    onFault: ({ message }, requestId) => void told.push(`${requestId}: ${message}`),
  });
  await say('AgentJoin', joining('ann'), { headers: { 'x-request-id': 'one' } });
  expect(told).toEqual(['one: a bug']);
});
