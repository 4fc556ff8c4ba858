import { describe, expect, it } from 'vitest';
import type { DurationMs } from '../core/index.ts';
import { defaultLimits } from './ports.ts';
import { eras, handleOf, McpStage, type McpClient } from './testing/mcp-stage.ts';

async function joinedOn(client: McpClient, agent = 'ci-1'): Promise<string> {
  return handleOf(await client.call('agent_join', { agent }));
}

describe.each(eras)('the tools over HTTP (%s)', (era) => {
  it('an agent joins, acquires and releases; the log says who was let in, and by which way', async () => {
    const stage = await McpStage.open();
    const client = await stage.connect(era, 'ci');
    const agent = await joinedOn(client);
    expect((await client.call('lock_acquire', { agent, scopes: ['src/core'] })).text).toMatch(/^GRANTED/);
    expect((await client.call('lock_release', { agent })).text).toBe('RELEASED "src/core".');
    const said = (await stage.entries()).filter(({ agent: who }) => who === 'ci-1');
    expect(said.length).toBeGreaterThan(2);
    for (const { principal } of said) expect(principal).toEqual({ name: 'ci', way: 'mcp' });
    await client.close();
  });

  it('a client that listens is renewed; when it stops, its leases run out by themselves', async () => {
    const stage = await McpStage.open();
    const client = await stage.connect(era, 'ci');
    await client.listen();
    const agent = await joinedOn(client);
    await client.call('lock_acquire', { agent, scopes: ['src/core'] });
    await stage.pass(1_200_000);
    expect(await stage.held()).toEqual(['ci-1 src/core']);
    await client.stopListening();
    await stage.pass(59_000);
    await stage.pass(2_000);
    expect(await stage.held()).toEqual([]);
    await stage.pass(900_000);
    expect(await stage.presence('ci-1')).toBe('lost');
    expect((await client.call('lock_check', { agent, path: 'src/core/a.ts' })).text).toContain('AGENT_LOST');
    await client.close();
  });

  it('a client that does not listen is renewed by each call, and by nothing else', async () => {
    const stage = await McpStage.open();
    const client = await stage.connect(era, 'ci');
    const agent = await joinedOn(client);
    await client.call('lock_acquire', { agent, scopes: ['src/core'] });
    for (let turn = 0; turn < 4; turn += 1) {
      await stage.pass(50_000);
      await client.call('lock_check', { agent, path: 'src/web' });
    }
    expect(await stage.held()).toEqual(['ci-1 src/core']);
    await stage.pass(61_000);
    expect(await stage.held()).toEqual([]);
    await client.close();
  });

  it('a call that waits keeps its agent, and what the agent holds, for as long as it waits', async () => {
    const stage = await McpStage.open({}, { lockTtlMs: 10_000 as DurationMs });
    const other = await stage.connect(era, 'ops');
    await other.listen();
    const holder = await joinedOn(other, 'ops-1');
    await other.call('lock_acquire', { agent: holder, scopes: ['src/core'] });
    const client = await stage.connect(era, 'ci');
    const agent = await joinedOn(client);
    await client.call('lock_acquire', { agent, scopes: ['@git'] });
    const waiting = client.call('lock_acquire', { agent, scopes: ['src/core'], wait_seconds: 40 });
    await stage.pass(39_000);
    expect(await stage.held()).toEqual(['ci-1 @git', 'ops-1 src/core']);
    await stage.pass(1_500);
    expect((await waiting).text).toMatch(/^WAITING/);
    await stage.pass(11_000);
    expect(await stage.held()).toEqual(['ops-1 src/core']);
    await Promise.all([client.close(), other.close()]);
  });

  it('a fault of the program is reported with the id of the request', async () => {
    const stage = await McpStage.open();
    const client = await stage.connect(era, 'ci');
    const agent = await joinedOn(client);
    expect((await client.call('lock_check', { agent, path: 'a bug' })).text).toMatch(/^INTERNAL/);
    expect(stage.troubles).toMatchObject([
      { tool: 'lock_check', principal: 'ci', requestId: expect.stringMatching(/^mcp-\d+$/) as string },
    ]);
    await client.close();
  });

  it('a client that listens again in time is renewed at once', async () => {
    const stage = await McpStage.open();
    const client = await stage.connect(era, 'ci');
    const agent = await joinedOn(client);
    await client.call('lock_acquire', { agent, scopes: ['src/core'] });
    await stage.pass(55_000);
    await client.listen();
    await stage.pass(120_000);
    expect(await stage.held()).toEqual(['ci-1 src/core']);
    await client.close();
  });

  it('a stream whose token is revoked renews nobody, and is ended', async () => {
    const stage = await McpStage.open();
    const client = await stage.connect(era, 'ci');
    const agent = await joinedOn(client);
    await client.listen();
    await client.call('lock_acquire', { agent, scopes: ['src/core'] });
    stage.tokens.delete('ci');
    await stage.pass(61_000);
    expect(await stage.held()).toEqual([]);
    expect(stage.app.streams()).toBe(0);
    await client.close();
  });

  it('one token speaks for none of the agents of another, whatever it knows of them', async () => {
    const stage = await McpStage.open();
    const client = await stage.connect(era, 'ci');
    const agent = await joinedOn(client);
    await client.call('lock_acquire', { agent, scopes: ['src/core'] });
    const other = await stage.connect(era, 'ops');
    for (const [tool, more] of [
      ['lock_release', {}],
      ['lock_check', { path: 'src/core' }],
      ['agent_report', { status: 'completed' }],
    ] as const)
      expect(await other.call(tool, { agent, ...more })).toMatchObject({ isError: true });
    expect(await other.call('agent_join', { agent: 'ci-1', resume: true })).toMatchObject({
      isError: true,
      facts: { code: 'NAME_IN_USE' },
    });
    const handles = (await other.call('coordination_status', {})).text;
    expect(handles).not.toContain(agent);
    expect(await stage.held()).toEqual(['ci-1 src/core']);
    await Promise.all([client.close(), other.close()]);
  });

  it('a role decides what its tools may do', async () => {
    const stage = await McpStage.open();
    const wall = await stage.connect(era, 'wall');
    expect((await wall.call('coordination_status', {})).isError).toBe(false);
    expect(await wall.call('agent_join', { agent: 'ci-1' })).toMatchObject({
      isError: true,
      facts: { code: 'FORBIDDEN' },
    });
    const ci = await stage.connect(era, 'ci');
    const told = await ci.call('agent_join', { agent: 'alice' });
    expect(told.text).toBe(
      'FORBIDDEN: the token ci may not act as alice: only as ci-*\nNext: agent_join under a name that is let in, such as ci-alice.',
    );
    expect(await stage.presence('alice')).toBeUndefined();
    const agent = await joinedOn(ci);
    expect(await ci.call('sync_scope', { agent, scope: 'src/core', action: 'changed' })).toMatchObject({
      isError: true,
      facts: { code: 'FORBIDDEN' },
    });
    const ops = await stage.connect(era, 'ops');
    const operator = await joinedOn(ops, 'alice');
    const changed = { agent: operator, scope: 'src/core', action: 'changed' };
    expect((await ops.call('sync_scope', changed)).isError).toBe(false);
    await Promise.all([wall.close(), ci.close(), ops.close()]);
  });

  it('what reads the caller’s own files is not offered, and no process is bound', async () => {
    const stage = await McpStage.open();
    const client = await stage.connect(era, 'ci');
    expect(await client.tools()).toEqual([
      'agent_join',
      'agent_report',
      'lock_acquire',
      'lock_release',
      'lock_check',
      'sync_scope',
      'coordination_status',
    ]);
    await joinedOn(client);
    const joins = (await stage.entries()).filter(({ kind }) => kind === 'AgentJoin');
    expect(joins.map(({ events }) => events)).toEqual([
      [expect.not.objectContaining({ process: expect.anything() as unknown })],
    ]);
    expect(joins[0]?.events[0]).toMatchObject({ metadata: { program: 'test-client' } });
    await client.close();
  });

  it('after the server was killed an agent goes on as itself, by its token, with what it held', async () => {
    const before = await McpStage.open();
    const first = await before.connect(era, 'ci');
    const agent = await joinedOn(first);
    await first.call('lock_acquire', { agent, scopes: ['src/core'] });
    const stage = await before.restart();
    const thief = await stage.connect(era, 'ops');
    expect((await thief.call('agent_join', { agent: 'ci-1', resume: true })).isError).toBe(true);
    const client = await stage.connect(era, 'ci');
    expect((await client.call('lock_check', { agent, path: 'src/core' })).text).toContain('resume true');
    const resumed = await client.call('agent_join', { agent, resume: true });
    expect(resumed.text).toMatch(/^RESUMED as ci-1, where it left off/);
    expect(resumed.facts['held']).toMatchObject([{ scope: 'src/core' }]);
    expect((await client.call('lock_release', { agent: handleOf(resumed) })).text).toBe(
      'RELEASED "src/core".',
    );
    await Promise.all([thief.close(), client.close()]);
  });

  it('the connection of a call breaks: what it waited for is kept, and the next call goes on', async () => {
    const stage = await McpStage.open();
    const other = await stage.connect(era, 'ops');
    await other.listen();
    const holder = await joinedOn(other, 'ops-1');
    await other.call('lock_acquire', { agent: holder, scopes: ['src/core'] });
    const client = await stage.connect(era, 'ci');
    const agent = await joinedOn(client);
    const wish = { agent, scopes: ['src/core'], wait_seconds: 40 };
    client.breakNext();
    const broken = client.call('lock_acquire', wish).catch(() => 'broken');
    await stage.pass(1_000);
    client.breakNow();
    await stage.pass(1_000);
    await other.call('lock_release', { agent: holder });
    await stage.pass(1_000);
    // The call that waited would have told it, to nobody.
    expect((await client.call('lock_check', { agent, path: 'src/web' })).text).toMatch(
      /^GRANTED while you did not wait: "src\/core"/,
    );
    await Promise.all([client.close(), other.close()]);
    expect(await broken).toBe('broken');
  });
});

describe('the guards before /mcp', () => {
  const listing = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const accept = 'application/json, text/event-stream';
  const posting = { method: 'POST', headers: { 'content-type': 'application/json', accept }, body: listing };

  it('are those of the API: a token, a name of its own, no foreign page, a bounded body, strict headers', async () => {
    const { stage } = await McpStage.open();
    const post = (init: Parameters<typeof stage.call>[1] = {}) =>
      stage.call('/mcp', { ...posting, ...init, headers: { ...posting.headers, ...init.headers } });
    for (const token of [null, 'nobody', 'old']) {
      const refused = await post({ token });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="rhema"');
    }
    expect((await post({ headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await post({ headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect((await post({ body: `"${'x'.repeat(1_048_576)}"` })).status).toBe(413);
    const answered = await post({ headers: { origin: 'http://localhost:7421' } });
    expect(answered.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answered.headers.get('cache-control')).toBe('no-store');
    expect(answered.headers.get('access-control-allow-origin')).toBeNull();
    expect((await post({ headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });

  it('a token has so many requests, and so many streams', async () => {
    const few = { ...defaultLimits, requestsPerSecond: 4, streamsPerTokenMax: 1 };
    const stage = await McpStage.open({}, {}, few);
    const client = await stage.connect('legacy', 'ci');
    const other = await stage.connect('legacy', 'ops');
    await stage.pass(1_000);
    await client.listen();
    const second = await stage.connect('legacy', 'ci');
    await expect(second.listen()).rejects.toThrow('429');
    await other.listen();
    expect(stage.app.streams()).toBe(2);
    for (let turn = 0; turn < 4; turn += 1) await stage.stage.call('/mcp', { ...posting, token: 'ci' });
    expect((await stage.stage.call('/mcp', { ...posting, token: 'ci' })).status).toBe(429);
  });
});

describe('a session', () => {
  const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const asking = async (stage: McpStage, session: string | undefined, token = 'ci'): Promise<number> => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': session ?? '',
    };
    const response = await stage.fetch({ method: 'POST', headers, body: ping }, token);
    await response.text();
    return response.status;
  };

  it('is known to the token that opened it alone', async () => {
    const stage = await McpStage.open();
    const { sessionId } = await stage.connect('legacy', 'ci');
    expect(sessionId).toMatch(/^[0-9a-f]{64}$/);
    expect(await asking(stage, sessionId)).toBe(200);
    for (const token of ['ops', 'wall']) expect(await asking(stage, sessionId, token)).toBe(404);
    const stolen = { headers: { accept: 'text/event-stream', 'mcp-session-id': sessionId ?? '' } };
    expect((await stage.fetch(stolen, 'ops')).status).toBe(404);
    expect((await stage.fetch({ ...stolen, method: 'DELETE' }, 'ops')).status).toBe(404);
    expect(await asking(stage, sessionId)).toBe(200);
    expect((await stage.fetch({ ...stolen, method: 'DELETE' }, 'ci')).status).toBe(200);
    expect(await asking(stage, sessionId)).toBe(404);
  });

  it('ends when nothing is heard in it for half an hour, but not while it is listened to', async () => {
    const stage = await McpStage.open();
    const silent = await stage.connect('legacy', 'ci');
    const listening = await stage.connect('legacy', 'ci');
    await listening.listen();
    await stage.pass(1_700_000);
    expect(await asking(stage, silent.sessionId)).toBe(200);
    await stage.pass(1_840_000);
    expect(await asking(stage, silent.sessionId)).toBe(404);
    expect(await asking(stage, listening.sessionId)).toBe(200);
  });

  it('gives way to a newer one of its token when that has too many, the most silent first', async () => {
    const stage = await McpStage.open({ sessionsPerTokenMax: 2, sessionsMax: 3 });
    const open = (token = 'ci') => stage.connect('legacy', token);
    const [first, second] = [await open(), await open()];
    expect(await asking(stage, first.sessionId)).toBe(200);
    const third = await open();
    const known = (...clients: readonly McpClient[]) =>
      Promise.all(clients.map(({ sessionId }) => asking(stage, sessionId)));
    expect(await known(first, second, third)).toEqual([200, 404, 200]);
    await Promise.all([first.listen(), third.listen()]);
    await expect(open()).rejects.toThrow('too many MCP sessions');
    await open('ops');
    await expect(open('wall')).rejects.toThrow('too many MCP sessions');
  });

  it('its agents go on through another session of the token, by the same handle', async () => {
    const stage = await McpStage.open();
    const first = await stage.connect('legacy', 'ci');
    const agent = await joinedOn(first);
    await first.call('lock_acquire', { agent, scopes: ['src/core'] });
    await first.close();
    const second = await stage.connect('legacy', 'ci');
    expect((await second.call('lock_release', { agent })).text).toBe('RELEASED "src/core".');
  });

  it('one that is listened to renews the agents that speak through it, not those of another', async () => {
    const stage = await McpStage.open();
    const [here, there] = [await stage.connect('legacy', 'ci'), await stage.connect('legacy', 'ci')];
    const one = await joinedOn(here, 'ci-1');
    const two = await joinedOn(there, 'ci-2');
    await here.call('lock_acquire', { agent: one, scopes: ['src/core'] });
    await there.call('lock_acquire', { agent: two, scopes: ['src/web'] });
    await here.listen();
    await stage.pass(61_000);
    expect(await stage.held()).toEqual(['ci-1 src/core']);
  });
});

it('agents for whom nobody was there for an hour are put away, and their names are free again', async () => {
  const stage = await McpStage.open();
  const client = await stage.connect('modern', 'ci');
  await joinedOn(client);
  await stage.pass(3_700_000);
  const told = await client.call('agent_join', { agent: 'ci-1' });
  expect(told.text).toMatch(/^JOINED as ci-1 /);
  await client.close();
});
