import { expect, it } from 'vitest';
import type { SpanEnd, SpanWish, Tracing } from '../observe/index.ts';
import { joining, openStage } from './testing.ts';

interface Told extends SpanEnd {
  readonly name: string;
  readonly from: unknown;
}

/** Notes what it is told. */
function noting(told: Told[]): Tracing {
  return {
    span: async <T>({ name, attributes, from, ended }: SpanWish<T>, run: () => Promise<T>): Promise<T> => {
      const result = await run();
      const end = ended?.(result) ?? { attributes: {}, isError: false };
      told.push({
        name,
        from: from?.['traceparent'],
        ...end,
        attributes: { ...attributes, ...end.attributes },
      });
      return result;
    },
    headers: () => ({}),
  };
}

it('a request of whoever was let in is followed, by the pattern of its address and by how it ended', async () => {
  const told: Told[] = [];
  const { call, say } = await openStage({ tracing: noting(told), prefix: '/rhema' });
  await call('/rhema/api/v1/whoami', { headers: { traceparent: 'of the caller' } });
  await call('/rhema/api/v1/tickets/7?agent=ann', { token: 'wall' });
  expect(told).toEqual([
    {
      name: 'GET /api/v1/whoami',
      from: 'of the caller',
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/v1/whoami',
        'http.response.status_code': 200,
      },
      isError: false,
    },
    expect.objectContaining({ name: 'GET /api/v1/tickets/:ticket', from: undefined, isError: false }),
  ]);
  await say('AgentJoin', joining('ann'));
  expect(told).toHaveLength(2);
});

it('a fault of the server is an error', async () => {
  const told: Told[] = [];
  const coordinator = { submit: () => Promise.reject(new Error('a bug')) } as never;
  const { say } = await openStage({ tracing: noting(told), coordinator });
  await say('AgentJoin', joining('ann'));
  expect(told).toMatchObject([{ isError: true, attributes: { 'http.response.status_code': 500 } }]);
});

it('who is not let in, and what is no work, is not followed', async () => {
  const told: Told[] = [];
  const { call } = await openStage({ tracing: noting(told) });
  for (const path of ['/api/v1/whoami', '/mcp', '/metrics']) await call(path, { token: null });
  await call('/metrics');
  await call('/healthz');
  expect(told).toEqual([]);
});
