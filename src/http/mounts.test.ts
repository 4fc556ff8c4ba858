import { beforeEach, expect, it } from 'vitest';
import { HostNames } from './hosts.ts';
import { Mounts } from './mounts.ts';
import type { HttpApp } from './app.ts';
import { bodyOf, openStage, type Stage } from './testing.ts';
import { ManualTime } from '../time/index.ts';

let time: ManualTime;
let mounts: Mounts;
let shop: Stage;
let faults: string[];

beforeEach(async () => {
  time = new ManualTime();
  faults = [];
  mounts = openMounts('/rhema', '/rhema/shop', '/rhema/shop2');
  shop = await openStage({ prefix: '/rhema/shop' });
});

const openMounts = (prefix: string, ...paths: readonly string[]): Mounts =>
  new Mounts(
    {
      hosts: new HostNames([]),
      newRequestId: () => 'made-1',
      onFault: ({ message }) => faults.push(message),
      time,
    },
    prefix,
    paths,
  );

const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  mounts.fetch(
    new Request(`http://localhost:7421${path}`, {
      headers: { host: 'localhost:7421', authorization: 'Bearer wall', ...headers },
    }),
    {},
  );

const statusOf = async (path: string): Promise<number> => (await get(path)).status;

it('each app has what is below its path, and no more', async () => {
  const shop2 = await openStage({ prefix: '/rhema/shop2' });
  shop2.tokens.clear();
  mounts.mount('/rhema/shop', shop.app);
  mounts.mount('/rhema/shop2', shop2.app);
  expect(await statusOf('/rhema/shop/api/v1/whoami')).toBe(200);
  expect(await statusOf('/rhema/shop2/api/v1/whoami')).toBe(401);
  for (const path of [
    '/',
    '/api/v1/whoami',
    '/rhema/api/v1/whoami',
    '/rhema/shop3/healthz',
    '/rhema//shop/healthz',
  ])
    expect([path, await statusOf(path)]).toEqual([path, 404]);
  expect(await statusOf('/rhema/%73hop/healthz')).toBe(404);
  expect(await (await get('/nothing')).text()).toContain('the one which rhema serve printed');
  expect(await statusOf('/rhema/shop/../shop2/healthz')).toBe(200);
});

it('a repository that is not served now is told apart from none', async () => {
  const close = mounts.mount('/rhema/shop', shop.app);
  expect(await statusOf('/rhema/shop/healthz')).toBe(200);
  await close();
  expect(await statusOf('/rhema/shop3/healthz')).toBe(404);
  for (const path of ['/rhema/shop', '/rhema/shop/healthz', '/rhema/shop2/healthz']) {
    const answer = await get(path, { 'x-request-id': 'mine-1' });
    expect([path, answer.status, answer.headers.get('x-request-id')]).toEqual([path, 503, 'mine-1']);
    expect(await bodyOf(answer)).toMatchObject({ type: 'urn:rhema:failed:UNAVAILABLE', retryable: true });
  }
});

it('who calls a repository that is being opened waits until it is there, but who asks how it is does not', async () => {
  const call = statusOf('/rhema/shop/api/v1/whoami');
  const vain = statusOf('/rhema/shop2/api/v1/whoami');
  const ready = await get('/rhema/shop/readyz');
  expect([ready.status, await bodyOf(ready)]).toEqual([503, { ok: false, checks: {} }]);
  const close = mounts.mount('/rhema/shop', shop.app);
  expect(await call).toBe(200);
  time.advance(10_000);
  expect(await vain).toBe(503);
  await close();
  expect(await statusOf('/rhema/shop/api/v1/whoami')).toBe(503);
});

it('is ready once all are there, and ready', async () => {
  const ready = async (): Promise<unknown> => {
    const answer = await get('/rhema/readyz');
    return [answer.status, await bodyOf(answer)];
  };
  mounts.mount('/rhema/shop', shop.app);
  expect(await statusOf('/rhema/healthz')).toBe(200);
  expect(await ready()).toEqual([503, { ok: false }]);
  const close = mounts.mount('/rhema/shop2', shop.app);
  expect(await ready()).toEqual([200, { ok: true }]);
  await close();
  mounts.mount('/rhema/shop2', (await shop.served({ canWrite: async () => false })).app);
  expect(await ready()).toEqual([503, { ok: false }]);
});

it('answers to its own names alone, whatever is asked for', async () => {
  for (const path of ['/rhema/readyz', '/elsewhere', '/rhema/shop2/x'])
    expect((await get(path, { host: 'evil.example.org' })).status).toBe(403);
  expect((await get('/', { origin: 'https://evil.example.org' })).headers.get('x-content-type-options')).toBe(
    'nosniff',
  );
});

/** An app that answers when it is told to. */
function slow(): { readonly app: HttpApp; readonly answer: () => void; readonly ended: () => boolean } {
  let answer = (): void => {};
  let ended = false;
  const app: HttpApp = {
    ...shop.app,
    fetch: () => new Promise((resolve) => (answer = () => resolve(new Response('late')))),
    endStreams: () => void (ended = true),
  };
  return { app, answer: () => answer(), ended: () => ended };
}

it('closes once what is under way is answered', async () => {
  const { app, answer, ended } = slow();
  const close = mounts.mount('/rhema/shop', app);
  const asked = get('/rhema/shop/api/v1/whoami');
  const done: string[] = [];
  const closed = close().then(() => done.push('closed'));
  expect(ended()).toBe(true);
  await new Promise(setImmediate);
  expect(done).toEqual([]);
  answer();
  await closed;
  expect(await (await asked).text()).toBe('late');
});

it('waits no longer than a second for it', async () => {
  const close = mounts.mount('/rhema/shop', slow().app);
  void get('/rhema/shop/api/v1/whoami');
  const closed = close();
  time.advance(1_000);
  await closed;
});

it('an only app at the top has everything', async () => {
  mounts = openMounts('', '');
  expect(await statusOf('/readyz')).toBe(503);
  mounts.mount('', (await openStage()).app);
  expect(await statusOf('/readyz')).toBe(200);
  expect(await statusOf('/api/v1/whoami')).toBe(200);
  expect(await statusOf('/nothing')).toBe(404);
});
