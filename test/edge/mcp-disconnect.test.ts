/** An MCP client that goes away: it closes its end while it holds something, or is killed while it waits. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { McpClient } from '../mcp/support/mcp-process.ts';
import { rhemaJson } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';

interface Logged {
  readonly revision: number;
  readonly events: readonly { readonly kind: string; readonly scope?: string; readonly agent?: string }[];
}

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = new Sandbox({ api: [] }, { dead_grace: '1s', lock_timeout: '1h' });
  await rhemaJson(sandbox, 'agent', 'join', 'bob');
});
afterEach(() => sandbox.clear());

const bobWaits = () => rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob', '--wait', '50s');

const areWaiting = (count: number): Promise<unknown> =>
  until(`${count} wait`, async () => {
    const { envelope } = await rhemaJson(sandbox, 'status');
    return (envelope['waiters'] as readonly unknown[]).length === count;
  });

/** What began and ended holding `api`, in order. */
async function holdersOfApi(): Promise<string[]> {
  const { envelope } = await rhemaJson(sandbox, 'log', '--scope', 'api');
  const entries = [...(envelope['entries'] as readonly Logged[])].sort((a, b) => a.revision - b.revision);
  return entries.flatMap(({ events }) =>
    events
      .filter(({ kind, scope }) => scope === 'api' && /^lock\.(?!renewed)/.test(kind))
      .map(({ kind, agent = '' }) => `${agent} ${kind}`),
  );
}

it('that closes its end holds nothing much later, and nobody else did meanwhile', async () => {
  const alice = await McpClient.start(sandbox);
  await alice.join('alice');
  await alice.acquire('alice', 'api');
  const waiting = bobWaits();
  await areWaiting(1);
  await alice.close();
  expect((await waiting).exitCode).toBe(0);
  const [first, ended, next, ...more] = await holdersOfApi();
  expect([first, next, more]).toEqual(['alice lock.granted', 'bob lock.granted', []]);
  expect(ended).toMatch(/^alice lock\./);
});

it('that is killed while it waits, and does not come back, is passed over by who waits behind it', async () => {
  await rhemaJson(sandbox, 'agent', 'join', 'carol');
  await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'carol', '--ttl', '10m');
  const alice = await McpClient.start(sandbox);
  await alice.join('alice');
  const lost = alice.acquire('alice', 'api', { wait_seconds: 50 }).catch(() => null);
  await areWaiting(1);
  const waiting = bobWaits();
  await areWaiting(2);
  alice.kill();
  await lost;
  await rhemaJson(sandbox, 'lock', 'release', 'api', '--agent', 'carol');
  expect((await waiting).exitCode).toBe(0);
  expect((await holdersOfApi()).at(-1)).toBe('bob lock.granted');
});
