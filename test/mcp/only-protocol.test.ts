import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownersOf } from '../withstand/support/processes.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';
import { RawServer } from './support/mcp-process.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox({ api: [] });
});
afterEach(() => sandbox.clear());

async function killOwner(): Promise<void> {
  const [owner] = ownersOf(sandbox.worktree);
  if (owner === undefined) throw new Error('there is no coordinator');
  process.kill(owner.pid, 'SIGKILL');
  await until('it is gone', () => !ownersOf(sandbox.worktree).some(({ pid }) => pid === owner.pid));
}

it('whatever goes wrong, standard output has messages of the protocol alone, and standard error lines of JSON', async () => {
  sandbox.env['RHEMA_LOG_LEVEL'] = 'debug';
  const server = new RawServer(sandbox);
  await server.initialize();
  await server.tool(1, 'agent_join', { agent: 'ann' });
  await server.tool(2, 'lock_acquire', { agent: 'ann', scopes: ['api'] });
  server.send('\u001b[2Jno message\r');
  server.send('{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"\\n{}\\u001b[31m"}}');
  await server.tool(4, 'agent_join', { agent: 'a\nb\u001b[2J\u202e' });
  await server.tool(5, 'lock_check', { agent: 'ann', path: '../../\u0000\n' });
  await killOwner();
  expect(await server.tool(6, 'lock_check', { agent: 'ann', path: 'api/a.ts' })).not.toBe('');
  await killOwner();
  writeFileSync(sandbox.paths.database, 'no database');
  expect(await server.tool(7, 'lock_release', { agent: 'ann' })).not.toBe('');
  server.child.stdin.end();
  await server.ended;
  const lines = server.stdout.split('\n');
  expect(lines.pop()).toBe('');
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  for (const line of server.stderr.split('\n').filter((text) => text !== ''))
    expect(JSON.parse(line)).toMatchObject({ event: expect.any(String) as string });
});
