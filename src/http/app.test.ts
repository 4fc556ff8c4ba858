import { describe, expect, it } from 'vitest';
import { rejectionCodes } from '../core/index.ts';
import { CoordinatorError, failureCodes } from '../protocol/index.ts';
import { HostNames } from './hosts.ts';
import { defaultLimits } from './ports.ts';
import { failureProblem, refusalProblem } from './problems.ts';
import { acquiring, bodyOf, joined, joining, jsonOf, openStage, secret } from './testing.ts';

describe('who is let in', () => {
  it.each([
    [null, 'missing'],
    ['nobody', 'unknown'],
    ['old', 'expired'],
  ])('without a token that is good nobody: %s', async (token, reason) => {
    const { call } = await openStage();
    for (const path of ['/api/v1/whoami', '/api/v1/events', '/api/v1/nothing', '/api/v1/queries/status']) {
      const response = await call(path, { token });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="rhema"');
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await bodyOf(response)).toMatchObject({ code: 'UNAUTHENTICATED', details: { reason } });
    }
  });

  it('who has one is told who that is; from the next request on after it is revoked, nobody', async () => {
    const { call, tokens } = await openStage();
    expect(await bodyOf(await call('/api/v1/whoami', { token: 'ci' }))).toEqual({
      name: 'ci',
      role: 'agent',
      agents: ['ci-*'],
      expiresAtMs: null,
    });
    tokens.delete('ci');
    expect((await call('/api/v1/whoami', { token: 'ci' })).status).toBe(401);
  });

  it('an observer looks and does nothing, an agent acts by its names alone, an operator does all', async () => {
    const stage = await openStage();
    const join = (agent: string, token: string) => stage.say('AgentJoin', joining(agent), { token });
    expect((await join('ci-1', 'wall')).status).toBe(403);
    expect(await bodyOf(await join('alice', 'ci'))).toMatchObject({ code: 'FORBIDDEN' });
    expect((await join('ci-1', 'ci')).status).toBe(200);
    expect((await join('alice', 'ops')).status).toBe(200);
    const revoking = { scope: 'src/core', by: 'x', reason: null };
    for (const token of ['wall', 'ci'])
      expect((await stage.say('RevokeLock', revoking, { token })).status).toBe(403);
    expect(await bodyOf(await stage.say('RevokeLock', revoking))).toMatchObject({ code: 'LOCK_NOT_HELD' });
    const looking = jsonOf({ at: null }, { token: 'wall' });
    expect((await stage.call('/api/v1/queries/status', looking)).status).toBe(200);
    expect((await stage.call('/api/v1/refresh', jsonOf({}, { token: 'wall' }))).status).toBe(403);
    expect((await stage.call('/api/v1/refresh', jsonOf({}, { token: 'ci' }))).status).toBe(200);
    expect((await stage.call('/api/v1/refresh', jsonOf({ acceptNone: true }, { token: 'ci' }))).status).toBe(
      403,
    );
  });

  it('what an agent holds is nobody else’s who only knows its name', async () => {
    const stage = await openStage();
    const alice = await joined(stage, 'ci-1', 'ci');
    await stage.say('AcquireLock', acquiring(alice, 'src/core'), { token: 'ci' });
    const stolen = { ...alice, secret: secret.replace('0', 'f'), scopes: null, token: null };
    const answer = await stage.say('ReleaseLock', stolen, { token: 'ops' });
    expect([answer.status, await bodyOf(answer)]).toMatchObject([403, { code: 'SESSION_MISMATCH' }]);
  });

  it('the log has who did it, and by which way; what an operator calls itself is not believed', async () => {
    const stage = await openStage();
    const alice = await joined(stage, 'alice');
    await stage.say('AcquireLock', acquiring(alice, 'src/core'));
    await stage.say('RevokeLock', { scope: 'src/core', by: 'somebody else', reason: null });
    const { entries } = (await bodyOf(
      await stage.call('/api/v1/queries/history', jsonOf({ filter: {}, limit: 1, before: null })),
    )) as { entries: object[] };
    expect(entries[0]).toMatchObject({
      kind: 'RevokeLock',
      by: 'ops',
      principal: { name: 'ops', way: 'http' },
    });
  });

  it('who tries many tokens is refused for a while, and who has a good one is not', async () => {
    const stage = await openStage();
    const guess = async (): Promise<number> =>
      (await stage.call('/api/v1/whoami', { token: 'guess' })).status;
    for (let tries = 0; tries < 20; tries += 1) expect(await guess()).toBe(401);
    const refused = await stage.call('/api/v1/whoami', { token: 'guess' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect((await stage.call('/api/v1/whoami', { token: 'ci' })).status).toBe(200);
    stage.time.advance(5_000);
    expect(await guess()).toBe(401);
    expect(await guess()).toBe(429);
  });

  it('a token has so many requests in a second, and another one its own', async () => {
    const stage = await openStage({ limits: { ...defaultLimits, requestsPerSecond: 2 } });
    const ask = async (token: string): Promise<number> =>
      (await stage.call('/api/v1/whoami', { token })).status;
    expect([await ask('ci'), await ask('ci'), await ask('ci'), await ask('wall')]).toEqual([
      200, 200, 429, 200,
    ]);
    stage.time.advance(500);
    expect([await ask('ci'), await ask('ci')]).toEqual([200, 429]);
  });
});

describe('from where', () => {
  it.each([
    'evil.example',
    'evil.example:7421',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil',
    '',
  ])('it does not answer to the name %j: no page reaches it by a name of its own', async (host) => {
    const { call } = await openStage();
    for (const path of ['/healthz', '/api/v1/whoami'])
      expect((await call(path, { headers: { host } })).status).toBe(403);
  });

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1:7421', '[::1]:7421'])('it answers to %s', async (host) => {
    const { call } = await openStage();
    expect((await call('/healthz', { headers: { host } })).status).toBe(200);
  });

  it('it answers to the names that it was given, and to pages of theirs alone', async () => {
    const { call } = await openStage({ hosts: new HostNames(['build.example', 'fd00::1']) });
    const from = async (origin: string): Promise<number> =>
      (await call('/api/v1/whoami', { headers: { host: 'build.example', origin } })).status;
    expect((await call('/healthz', { headers: { host: '[fd00::1]:7421' } })).status).toBe(200);
    expect(await from('https://build.example')).toBe(200);
    expect([await from('https://evil.example'), await from('null')]).toEqual([403, 403]);
  });

  it('a page of another site cannot send a command without asking first: JSON must be called that', async () => {
    const stage = await openStage();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const response = await stage.say('AgentJoin', joining('alice'), { headers: { 'content-type': type } });
      expect(response.status).toBe(415);
    }
    const asked = await stage.call('/api/v1/commands/AgentJoin', { method: 'OPTIONS', token: null });
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('no answer lacks the strict headers', async () => {
    const { call } = await openStage();
    for (const path of ['/healthz', '/nothing', '/api/v1/whoami', '/api/v1/openapi.json']) {
      const { headers } = await call(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });
});

describe('methods', () => {
  it.each([
    ['GET', '/api/v1/commands/AgentJoin', 'POST'],
    ['DELETE', '/api/v1/queries/status', 'POST'],
    ['PUT', '/api/v1/whoami', 'GET, HEAD'],
    ['POST', '/readyz', 'GET, HEAD'],
    ['POST', '/metrics', 'GET, HEAD'],
  ])('%s %s is told which it is asked by', async (method, path, allow) => {
    const { call } = await openStage();
    const response = await call(path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect(await bodyOf(response)).toMatchObject({ code: 'INVALID_INPUT', status: 405 });
  });

  it('HEAD is GET without its body, and what is nowhere is nowhere by any method', async () => {
    const { call } = await openStage();
    expect((await call('/api/v1/whoami', { method: 'HEAD' })).status).toBe(200);
    expect((await call('/nothing', { method: 'PUT' })).status).toBe(404);
  });

  it('a question without a body is one with an empty body, whatever type that is said to have', async () => {
    const stage = await openStage();
    for (const headers of [{}, { 'content-type': 'application/json' }] as Record<string, string>[])
      expect((await stage.call('/api/v1/queries/violations', { method: 'POST', headers })).status).toBe(200);
    const headers = { 'content-type': 'text/plain' };
    expect((await stage.call('/api/v1/refresh', { method: 'POST', headers })).status).toBe(415);
  });
});

describe('commands', () => {
  it('a repeat under the same key gets the first answer, and one is made where there is none', async () => {
    const stage = await openStage();
    const headers = { 'idempotency-key': 'once' };
    const [first, again] = [
      await stage.say('AgentJoin', joining('alice'), { headers }),
      await stage.say('AgentJoin', joining('alice'), { headers }),
    ];
    expect(first.headers.get('idempotency-key')).toBe('once');
    const { atMs: _, ...told } = await bodyOf(first);
    expect(await bodyOf(again)).toMatchObject(told);
    const made = await stage.say('AgentJoin', joining('bob'));
    expect(made.headers.get('idempotency-key')).toBe('made-4');
  });

  it('a key is its token’s own: under the key of another token one asks for something else', async () => {
    const stage = await openStage();
    const headers = { 'idempotency-key': 'join-1' };
    const ours = await stage.say('AgentJoin', joining('ci-1'), { headers, token: 'ci' });
    const same = await stage.say('AgentJoin', joining('ci-1'), { headers, token: 'ops' });
    const other = await stage.say('AgentJoin', joining('bob'), { headers, token: 'ops' });
    expect([ours.status, same.status, other.status]).toEqual([200, 409, 200]);
    const reused = await stage.say('AgentJoin', joining('ci-2'), { headers, token: 'ci' });
    expect(await bodyOf(reused)).toMatchObject({
      status: 422,
      code: 'REQUEST_ID_REUSED',
      detail: expect.stringMatching(/^request id join-1 was /) as string,
    });
  });

  it.each(['', 'x'.repeat(129), 'ünï', 'a\tb'])('%j is no key', async (key) => {
    const stage = await openStage();
    const response = await stage.say('AgentJoin', joining('bob'), { headers: { 'idempotency-key': key } });
    expect(response.status).toBe(400);
    expect(await bodyOf(response)).toMatchObject({
      code: 'INVALID_INPUT',
      details: { path: 'Idempotency-Key' },
    });
  });

  it('a refusal is a problem document with all that the rules said', async () => {
    const stage = await openStage();
    const [alice, bob] = [await joined(stage, 'alice'), await joined(stage, 'bob')];
    await stage.say('AcquireLock', acquiring(alice, 'src/core'));
    const response = await stage.say('AcquireLock', acquiring(bob, 'src/core'));
    expect(response.status).toBe(423);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await bodyOf(response)).toMatchObject({
      type: 'urn:rhema:refused:LOCK_HELD',
      status: 423,
      code: 'LOCK_HELD',
      retry: 'afterOthersAct',
      revision: 5,
    });
  });

  it('the process of an agent elsewhere is nothing that could be seen to end', async () => {
    const stage = await openStage();
    await stage.say('AgentJoin', { ...joining('alice'), process: { pid: 7, start: 'x', namespace: 'y' } });
    expect(await stage.service.bound()).toEqual([]);
  });

  it.each([
    ['AgentJoin', '{"agent":', 400],
    ['AgentJoin', '[]', 400],
    ['AgentJoin', '{"agent":"alice","secret":"short","metadata":{}}', 400],
    ['AgentJoin', '{"agent":"alice","kind":"RevokeLock"}', 400],
    ['ExpireDue', '{}', 404],
    ['__proto__', '{}', 404],
  ])('malformed: %s %s', async (kind, body, status) => {
    const stage = await openStage();
    const response = await stage.call(`/api/v1/commands/${kind}`, { ...jsonOf({}), body });
    expect(response.status).toBe(status);
    expect((await bodyOf(response))['code']).toBe('INVALID_INPUT');
  });

  it('what is wrong is named as the caller has written it', async () => {
    const stage = await openStage();
    const { detail, details } = await bodyOf(
      await stage.say('AgentJoin', { ...joining('alice'), agent: '../x' }),
    );
    expect(details).toMatchObject({ path: 'agent' });
    expect(detail).toMatch(/^agent: /);
    for (const path of ['commands/AgentJoin', 'queries/violations']) {
      const body = path.startsWith('c') ? joining('alice') : {};
      const asked = await bodyOf(await stage.call(`/api/v1/${path}`, jsonOf({ ...body, x: 1 })));
      expect(asked['detail']).toMatch(/^there is no argument "x"/);
    }
  });

  it('more than fits is not read', async () => {
    const stage = await openStage({ limits: { ...defaultLimits, bodyBytesMax: 100 } });
    expect(
      (await stage.say('AgentJoin', { ...joining('alice'), metadata: { x: 'x'.repeat(100) } })).status,
    ).toBe(413);
  });

  it('a fault of the server keeps its words to itself, and tells its log', async () => {
    const stage = await openStage({
      coordinator: {
        submit: () => Promise.reject(new Error('/home/someone/secret')),
        query: () => Promise.reject(new CoordinatorError('STORE_FAILURE', 'the disk is full')),
      } as never,
    });
    const response = await stage.say('AgentJoin', joining('alice'));
    expect(response.status).toBe(500);
    expect(JSON.stringify(await bodyOf(response))).not.toContain('secret');
    expect(stage.faults).toEqual(['/home/someone/secret']);
    expect((await stage.call('/readyz')).status).toBe(503);
  });
});

describe('problem documents', () => {
  it('each refusal and each failure has a status of an error', () => {
    for (const code of rejectionCodes) {
      const reply = {
        ok: false,
        revision: 1,
        atMs: 2,
        rejection: { code, message: '', details: {} },
      } as never;
      expect(refusalProblem(reply).status).toBeGreaterThanOrEqual(400);
    }
    for (const code of failureCodes)
      expect(failureProblem(new CoordinatorError(code, '')).status).toBeGreaterThanOrEqual(400);
  });
});

describe('tickets', () => {
  const asked = (token = 'ops'): [string, { token: string }] => [
    '/api/v1/tickets/6?agent=bob&waitMs=1000',
    { token },
  ];

  it('it says how a wait ended, or after a while that it goes on', async () => {
    const stage = await openStage();
    const [alice, bob] = [await joined(stage, 'alice'), await joined(stage, 'bob')];
    await stage.say('AcquireLock', acquiring(alice, 'src/core'));
    const { result } = await bodyOf(await stage.say('AcquireLock', acquiring(bob, 'src/core', true)));
    expect(result).toMatchObject({ kind: 'queued', ticket: 6 });
    const first = stage.call(...asked());
    await new Promise(setImmediate);
    stage.time.advance(1_000);
    expect((await first).status).toBe(204);
    const second = stage.call(...asked());
    await stage.say('ReleaseLock', { ...alice, scopes: null, token: null });
    expect(await bodyOf(await second)).toMatchObject({ kind: 'granted', locks: [{ scope: 'src/core' }] });
  });

  it('nobody waits as another, and what is no number is said to be none', async () => {
    const { call } = await openStage();
    expect((await call(...asked('ci'))).status).toBe(403);
    expect((await call(...asked('wall'))).status).toBe(403);
    expect((await call('/api/v1/tickets/x?agent=bob')).status).toBe(400);
    expect((await call('/api/v1/tickets/7?agent=bob&waitMs=99999999')).status).toBe(400);
  });
});

describe('health', () => {
  it('it is said without a token, and says nothing of the log', async () => {
    const { call } = await openStage();
    expect(await bodyOf(await call('/healthz', { token: null }))).toEqual({ ok: true });
    expect(await bodyOf(await call('/readyz', { token: null }))).toEqual({
      ok: true,
      checks: {
        log: true,
        agent_coordination: true,
        lock_consistency: true,
        sync_status: true,
        safety_invariants: true,
      },
    });
  });
});

it('who asks all the time has the invariants looked at once in a second', async () => {
  let looks = 0;
  const query = async ({ kind }: { kind: string }): Promise<object> => {
    if (kind === 'violations') looks += 1;
    return { ok: true, violations: [] };
  };
  const { call, time } = await openStage({ coordinator: { query } as never });
  for (let times = 0; times < 10; times += 1)
    expect((await call('/readyz', { token: null })).status).toBe(200);
  expect(looks).toBe(1);
  time.advance(1_000);
  await call('/readyz', { token: null });
  expect(looks).toBe(2);
});

it('all is below a prefix where there is one', async () => {
  const { call } = await openStage({ prefix: '/rhema' });
  expect((await call('/rhema/healthz')).status).toBe(200);
  expect((await call('/rhema/api/v1/whoami')).status).toBe(200);
  expect((await call('/healthz')).status).toBe(404);
  expect((await call('/api/v1/whoami')).status).toBe(404);
});
