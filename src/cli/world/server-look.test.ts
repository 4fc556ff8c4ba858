import { afterEach, expect, it } from 'vitest';
import { listen } from '../../http/listen.ts';
import { openStage, principal, type Stage } from '../../http/testing.ts';
import { lookAtServer } from './server-look.ts';

let close = (): Promise<void> => Promise.resolve();
afterEach(() => close());

async function serve(): Promise<{ readonly stage: Stage; readonly url: string }> {
  const stage = await openStage();
  const server = await listen(stage.app, { host: '127.0.0.1', port: 0, tls: null, connectionsMax: 10 });
  close = server.close;
  return { stage, url: server.url };
}

it('a server says what it is, that it is ready, and whom the token lets in', async () => {
  const { stage, url } = await serve();
  stage.tokens.set('soon', { ...principal('soon', 'observer'), expiresAtMs: 7 } as never);
  const { alive, ready, about } = await lookAtServer(url, 'soon');
  expect(alive).toEqual({ known: true, value: { status: 200, body: { ok: true } } });
  expect(ready).toMatchObject({ value: { body: { checks: { sync_status: true } } } });
  expect(about).toMatchObject({ value: { version: '1.2.3', commit: 'c0ffee', token: { expiresAtMs: 7 } } });
  const aheadMs = (about as { value: { aheadMs: number } }).value.aheadMs;
  expect(Math.abs(aheadMs - (stage.time.wallMs() - Date.now()))).toBeLessThan(60_000);
});

it('a token that is not known is told of by the words of the server, and hides nothing else', async () => {
  const { url } = await serve();
  const { ready, about } = await lookAtServer(url, 'stolen');
  expect(ready).toMatchObject({ known: true });
  expect(about).toMatchObject({
    known: false,
    code: 'UNAUTHENTICATED',
    problem: expect.stringContaining('not known here'),
  });
});

it('where nobody listens the system says why', async () => {
  const { url } = await serve();
  await close();
  expect(await lookAtServer(url, null)).toMatchObject({
    alive: { known: false, code: 'ECONNREFUSED' },
    ready: null,
    about: null,
  });
});

it('where a server sends on to another, that one is named and not asked', async () => {
  let asked = 0;
  const fetch = (): Response => {
    asked += 1;
    return new Response(null, { status: 301, headers: { location: 'https://rhema.example/shop/healthz' } });
  };
  const app = { fetch, endStreams: () => undefined };
  const server = await listen(app, { host: '127.0.0.1', port: 0, tls: null, connectionsMax: 10 });
  close = server.close;
  expect((await lookAtServer(server.url, 'token')).alive).toMatchObject({
    known: false,
    code: 'SENT_ELSEWHERE',
    problem: expect.stringContaining('sends its callers on to https://rhema.example/shop (HTTP 301)'),
  });
  expect(asked).toBe(1);
});
