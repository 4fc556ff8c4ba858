import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { messageBytesMax } from '../../src/mcp/line-transport.ts';
import { rhema } from '../withstand/support/cli.ts';
import { cliMain, packageRoot } from '../withstand/support/paths.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';
import { RawServer } from './support/mcp-process.ts';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox({ 'services/auth': [] });
});
afterAll(() => sandbox.clear());

/** Ends the conversation as clients do, and expects that the server ends well. */
async function hangUp(server: RawServer): Promise<void> {
  server.child.stdin.end();
  expect(await server.ended).toEqual({ code: 0, signal: null });
}

const modern = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  },
};

it.each(['2025-06-18', '2025-11-25'])('answers initialize of %s, and says the workflow', async (revision) => {
  const server = new RawServer(sandbox);
  expect(await server.initialize(revision)).toMatchObject({
    result: {
      protocolVersion: revision,
      serverInfo: { name: 'rhema' },
      instructions: expect.stringContaining('lock_acquire') as string,
    },
  });
  await hangUp(server);
});

it('answers server/discover of 2026-07-28, and calls without any handshake', async () => {
  const server = new RawServer(sandbox);
  server.request(1, 'server/discover', modern);
  expect(await server.answer(1)).toMatchObject({
    result: { supportedVersions: expect.arrayContaining(['2026-07-28']) as string[] },
  });
  server.request(2, 'tools/list', modern);
  expect(await server.answer(2)).toMatchObject({ result: { ttlMs: 3_600_000, cacheScope: 'public' } });
  const args = { name: 'coordination_status', arguments: {} };
  server.request(3, 'tools/call', { ...modern, ...args });
  expect(await server.answer(3)).toMatchObject({ result: { isError: false } });
  await hangUp(server);
});

it('what is no message is answered with an error, and the session goes on', async () => {
  const server = new RawServer(sandbox);
  await server.initialize();
  server.send('{"jsonrpc": oops');
  expect(await server.answer(null)).toMatchObject({ error: { code: -32_700 } });
  server.send('{"id":7,"method":"tools/list"}');
  expect(await server.answer(7)).toMatchObject({ error: { code: -32_600 } });
  const params = { name: 'agent_join', arguments: { agent: 'a'.repeat(messageBytesMax) } };
  server.request(8, 'tools/call', params);
  expect(await server.answer(8)).toMatchObject({ error: { code: -32_600 } });
  server.request(9, 'no/such/method');
  expect(await server.answer(9)).toMatchObject({ error: { code: -32_601 } });
  server.request(10, 'tools/call', { name: 'no_such_tool', arguments: {} });
  expect(await server.answer(10)).toMatchObject({ error: { code: -32_602 } });
  server.request(11, 'resources/read', { uri: 'rhema://nothing' });
  expect(await server.answer(11)).toMatchObject({ error: {} });
  server.request(20, 'resources/read', { uri: 5 });
  expect(await server.answer(20)).toMatchObject({
    error: { code: -32_602, message: 'params.uri: 5 is a number: write text' },
  });
  expect(await server.tool(12, 'lock_acquire', { agent: 'alice', scopes: [1] })).toMatch(
    /^INVALID_INPUT: scopes\[0\]: /,
  );
  expect(await server.tool(13, 'agent_join', { agent: 'alice', colour: 'red' })).toMatch(/^INVALID_INPUT: /);
  await hangUp(server);
});

it('a script may send its questions at once and close the input', async () => {
  const server = new RawServer(sandbox);
  server.request(1, 'server/discover', modern);
  server.request(2, 'tools/list', modern);
  server.child.stdin.end();
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(server.messages().map((message) => message['id'])).toEqual([1, 2]);
});

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it at once, also in mid-wait', async (signal) => {
  const server = new RawServer(sandbox);
  await server.initialize();
  await server.tool(1, 'agent_join', { agent: `holder-${signal}` });
  await server.tool(2, 'agent_join', { agent: `waiter-${signal}` });
  await server.tool(3, 'lock_acquire', { agent: `holder-${signal}`, scopes: ['services/auth'] });
  const wait = { agent: `waiter-${signal}`, scopes: ['services/auth'] };
  server.request(4, 'tools/call', { name: 'lock_acquire', arguments: wait });
  await server.tool(5, 'lock_check', { agent: `holder-${signal}`, path: 'services/auth' });
  server.child.kill(signal);
  expect((await server.ended).code).toBe({ SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[signal]);
  const again = new RawServer(sandbox);
  await again.initialize();
  for (const [id, who] of [wait.agent, `holder-${signal}`].entries()) {
    await again.tool(2 * id, 'agent_join', { agent: who, resume: true });
    await again.tool(2 * id + 1, 'agent_report', { agent: who, status: 'left' });
  }
  await hangUp(again);
});

it('ends when whoever started it is dead, though its input stays open', async () => {
  const helper = join(packageRoot, 'test', 'mcp', 'support', 'parent.mjs');
  const words = [helper, process.execPath, cliMain, 'mcp'];
  const parent = spawn(process.execPath, words, { cwd: sandbox.worktree, env: sandbox.env });
  let text = '';
  parent.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  const pid = await until('the server is started', () => /^(\d+)\n/.exec(text)?.[1]);
  // What comes over the pipe shows that the server is up, and that it has the input.
  let answered = '';
  parent.stdout.setEncoding('utf8').on('data', (part: string) => (answered += part));
  parent.stdin.write(
    `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: modern })}\n`,
  );
  await until('the server has answered', () => answered !== '');
  parent.kill('SIGKILL');
  await until('the server has ended', () => isGone(Number(pid)));
});

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

it('standard output carries the protocol only, also when there is something to complain about', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rhema-no-repository-'));
  const server = new RawServer(sandbox, '--repo', folder);
  await server.initialize();
  const told = await server.tool(1, 'agent_join', { agent: 'alice' });
  expect(told).toMatch(/^NOT_A_REPOSITORY: /);
  expect(told).toContain('Next: stop editing, and ask your user');
  await hangUp(server);
  expect(server.messages().every((message) => message['jsonrpc'] === '2.0')).toBe(true);
  rmSync(folder, { recursive: true });
});

it('options are understood, and refused when they make no sense', async () => {
  const server = new RawServer(sandbox, '--wait', '1s', '--collect', '5s');
  await server.initialize();
  await server.tool(1, 'agent_join', { agent: 'alice' });
  await server.tool(2, 'agent_join', { agent: 'bob' });
  await server.tool(3, 'lock_acquire', { agent: 'alice', scopes: ['services/auth'] });
  expect(await server.tool(4, 'lock_acquire', { agent: 'bob', scopes: ['services/auth'] })).toMatch(
    /^WAITING/,
  );
  await server.tool(5, 'agent_report', { agent: 'bob', status: 'left' });
  await server.tool(6, 'agent_report', { agent: 'alice', status: 'left' });
  await hangUp(server);
  const refused = await rhema(sandbox, 'mcp', '--wait', '2m');
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('--wait 2m: at most 50 s');
});

it('says what it is when asked for help', async () => {
  const { code, stdout } = await rhema(sandbox, 'mcp', '--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Model Context Protocol');
});
