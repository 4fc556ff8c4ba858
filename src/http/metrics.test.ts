import { expect, it } from 'vitest';
import { openStage } from './testing.ts';

it('figures are for whoever has a token, an observer too, and for nobody else', async () => {
  const { call } = await openStage();
  const shown = await call('/metrics', { token: 'wall' });
  expect([shown.status, await shown.text()]).toEqual([200, '# none\n']);
  expect(shown.headers.get('content-type')).toBe('text/plain');
  expect((await call('/metrics', { token: null })).status).toBe(401);
  expect((await call('/metrics', { token: 'old' })).status).toBe(401);
});

it('each answer is told of by the pattern of its address, whatever the address says', async () => {
  const { call, say, answered } = await openStage({ prefix: '/rhema' });
  await call('/rhema/api/v1/commands/AgentJoin', { token: null, method: 'POST' });
  await call('/rhema/api/v1/tickets/7?agent=ann', { token: 'wall' });
  await call('/rhema/healthz');
  await call('/rhema/healthz', { method: 'PROPFIND' });
  await call('/rhema/api/v1/rhema_0123456789ab_token');
  await call('/healthz');
  await call('/rhema/healthz', { headers: { host: 'evil.example' } });
  await say('AgentJoin', {});
  expect(answered.map(({ method, route, status }) => [method, route, status])).toEqual([
    ['POST', '/api/v1/commands/:kind', 401],
    ['GET', '/api/v1/tickets/:ticket', 403],
    ['GET', '/healthz', 200],
    ['PROPFIND', '/healthz', 405],
    ['GET', 'other', 404],
    ['GET', 'other', 404],
    ['GET', '/healthz', 403],
    ['POST', 'other', 404],
  ]);
});

it('what is served is among the patterns', async () => {
  const { call, answered } = await openStage();
  const { servedRoutes } = await import('./routes.ts');
  for (const route of servedRoutes) {
    const path = route.replace(':kind', 'status').replace(':ticket', '1');
    const method = /commands|queries|refresh/.test(route) ? 'POST' : 'GET';
    const response = await call(path, { method, token: null });
    expect(response.status).toBeLessThan(402);
  }
  expect(answered.map(({ route }) => route)).toEqual([...servedRoutes]);
});
