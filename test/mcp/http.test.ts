import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { createMcpServer } from '../../src/mcp/index.ts';
import { eras, openStage, toldBy } from './support/stage.ts';

it.each(eras)(
  'the same tools can be served over HTTP, with a new server for each request (%s)',
  async (era) => {
    const { face } = (await openStage()).startServer();
    let servers = 0;
    const handler = createMcpHandler(() => {
      servers += 1;
      return createMcpServer({ version: '1.2.3', face: () => face });
    });
    const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
    const client = new Client({ name: 'test-client', version: '1' }, { versionNegotiation: { mode } });
    const url = new URL('http://localhost/mcp');
    const fetch = (input: string | URL | Request, init?: RequestInit) =>
      handler.fetch(new Request(input, init));
    await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
    const call = async (name: string, args: object) =>
      toldBy(await client.callTool({ name, arguments: { agent: 'alice', ...args } }));
    await call('agent_join', {});
    expect((await call('lock_acquire', { scopes: ['services/auth'] })).facts).toMatchObject({
      status: 'granted',
    });
    expect((await call('lock_release', {})).text).toBe('RELEASED "services/auth".');
    expect(servers).toBeGreaterThanOrEqual(3);
    await client.close();
    await handler.close();
  },
);
