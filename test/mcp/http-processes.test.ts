import { Client, StreamableHTTPClientTransport, type CallToolResult } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhemaJson, startRhema, type Running } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';

let sandbox: Sandbox;
let token: string;

beforeEach(async () => {
  sandbox = new Sandbox({ 'services/auth': [] });
  const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'laptop', '--role', 'agent');
  token = String(envelope['token']);
});

afterEach(() => sandbox.clear());

interface Served {
  readonly running: Running;
  readonly url: string;
}

async function serve(port: string): Promise<Served> {
  const running = startRhema(sandbox, 'serve', '--json', '--port', port);
  const line = await until('it serves', () => /^(.+)\n/.exec(running.said.stdout)?.[1]);
  return { running, url: (JSON.parse(line) as { readonly url: string }).url };
}

async function connect(url: string, mode: 'legacy' | { readonly pin: string }): Promise<Client> {
  const client = new Client({ name: 'test-client', version: '1' }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  return client;
}

async function said(client: Client, name: string, args: object): Promise<string> {
  const { content } = (await client.callTool({ name, arguments: { ...args } })) as CallToolResult;
  return content[0]?.type === 'text' ? content[0].text : '';
}

it.each([['legacy'], [{ pin: '2026-07-28' }]] as const)(
  'after a kill of rhema serve an agent goes on as itself, with its lock (%j)',
  async (mode) => {
    const first = await serve('0');
    const before = await connect(first.url, mode);
    const handle = /agent: "(\S+)"/.exec(await said(before, 'agent_join', { agent: 'alice' }))?.[1];
    expect(await said(before, 'lock_acquire', { agent: handle, scopes: ['services/auth'] })).toMatch(
      /^GRANTED/,
    );
    first.running.child.kill('SIGKILL');
    await first.running.ended;
    const second = await serve(new URL(first.url).port);
    const again = said(before, 'lock_check', { agent: handle, path: 'services/auth' });
    // A session is gone with the server that knew it; who has none does not notice.
    if (mode === 'legacy') await expect(again).rejects.toThrow(/404|Session not found/);
    else expect(await again).toContain('resume true');
    const after = mode === 'legacy' ? await connect(second.url, mode) : before;
    expect(await said(after, 'agent_join', { agent: handle, resume: true })).toMatch(
      /^RESUMED as alice, where it left off[\s\S]*You hold "services\/auth"/,
    );
    const { envelope } = await rhemaJson(sandbox, 'status');
    expect(envelope['locks']).toMatchObject([{ agent: 'alice', scope: 'services/auth' }]);
    await Promise.all([before.close(), after.close()]);
    second.running.child.kill();
    await second.running.ended;
  },
);
