/** An agent whose client is killed while it holds something, has written, and others wait. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { McpClient } from '../mcp/support/mcp-process.ts';
import { rhema, rhemaJson } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';

const todos = 'api/.rhema/todos.yaml';
let sandbox: Sandbox;
let alice: McpClient;
beforeEach(async () => {
  sandbox = new Sandbox({ api: [] }, { dead_grace: '1s', lock_timeout: '1h' });
  alice = await McpClient.start(sandbox);
});
afterEach(() => sandbox.clear());

async function holdsAndWrites(): Promise<number> {
  await alice.join('alice');
  await alice.acquire('alice', 'api', { reason: 'new interface' });
  const entry = { id: 'rename', title: 'Rename it' };
  const recorded = await alice.call('context_record', { agent: 'alice', path: todos, entry });
  expect(recorded.isError).toBe(false);
  const { envelope } = await rhemaJson(sandbox, 'status');
  const [lock] = envelope['locks'] as readonly { readonly token: number }[];
  return lock?.token ?? 0;
}

it('loses its lock to whoever waits, long before its lease is over; what it wrote stays, and who it was is told', async () => {
  await holdsAndWrites();
  await rhemaJson(sandbox, 'agent', 'join', 'bob');
  alice.kill();
  const words = ['lock', 'acquire', 'api', '--agent', 'bob', '--wait', '50s'];
  const { exitCode, envelope } = await rhemaJson(sandbox, ...words);
  expect(exitCode).toBe(0);
  expect(JSON.stringify(envelope['since'] ?? envelope['locks'])).toContain('new interface');
  expect(readFileSync(join(sandbox.worktree, todos), 'utf8')).toContain('Rename it');
  const listed = await rhemaJson(sandbox, 'context', 'list');
  expect(listed.envelope).toMatchObject({ files: [{ file: todos, standing: 'recorded' }] });
  expect(await rhema(sandbox, 'safety', 'check')).toMatchObject({ code: 0 });
});

it('is gone on with only by who says so, who is told what was lost, and writes nothing under the old token', async () => {
  const token = await holdsAndWrites();
  await rhemaJson(sandbox, 'agent', 'join', 'bob');
  alice.kill();
  const taken = await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob', '--wait', '50s');
  expect(taken.exitCode).toBe(0);
  const next = await McpClient.start(sandbox);
  const back = await next.call('agent_join', { agent: 'alice', resume: true });
  expect(back.text).toContain('LOST "api"');
  const before = readFileSync(join(sandbox.worktree, todos), 'utf8');
  const entry = { id: 'rename', title: 'Late' };
  const late = await next.call('context_record', { agent: 'alice', path: todos, token, entry });
  expect(late.isError).toBe(true);
  expect(readFileSync(join(sandbox.worktree, todos), 'utf8')).toBe(before);
  await next.close();
});

it('has what it held again, under the same token, where its next process is there before the grace is over', async () => {
  sandbox.write(
    'repository/rhema.yaml',
    'name: root\nagent_coordination: { dead_grace: 5m, lock_timeout: 1h }\n',
  );
  await rhemaJson(sandbox, 'scope', 'refresh');
  const token = await holdsAndWrites();
  alice.kill();
  const next = await McpClient.start(sandbox);
  await next.join('alice', { resume: true });
  const { envelope } = await rhemaJson(sandbox, 'status');
  expect(envelope).toMatchObject({ locks: [{ scope: 'api', agent: 'alice', token }] });
  expect(existsSync(join(sandbox.worktree, todos))).toBe(true);
  await next.close();
});
