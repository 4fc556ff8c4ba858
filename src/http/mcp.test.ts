import { describe, expect, it } from 'vitest';
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
});
