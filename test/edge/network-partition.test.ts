/** An agent that is cut off from the coordinator, and comes back. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, rhemaJson } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = new Sandbox({ api: [] });
  for (const name of ['alice', 'bob']) await rhemaJson(sandbox, 'agent', 'join', name);
});
afterEach(() => sandbox.clear());

it('has lost what it held to whoever waited, is told so, and writes nothing under its old token', async () => {
  const first = await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'alice', '--ttl', '1s');
  const token = String(first.envelope['token']);
  // Nothing is heard of alice from here on.
  const second = await rhemaJson(
    sandbox,
    'lock',
    'acquire',
    'api',
    '--agent',
    'bob',
    '--wait=20s',
    '--ttl',
    '5m',
  );
  expect(second).toMatchObject({ exitCode: 0, envelope: { ok: true } });
  expect(Number(second.envelope['token'])).toBeGreaterThan(Number(token));
  // She is back.
  const renewed = await rhemaJson(sandbox, 'lock', 'renew', 'api', '--agent', 'alice', '--token', token);
  expect(renewed.exitCode).toBe(3);
  const released = await rhemaJson(sandbox, 'lock', 'release', 'api', '--agent', 'alice', '--token', token);
  expect(released.exitCode).toBe(3);
  expect((await rhemaJson(sandbox, 'status')).envelope).toMatchObject({
    locks: [{ scope: 'api', agent: 'bob' }],
  });
  expect(await rhema(sandbox, 'safety', 'check')).toMatchObject({ code: 0 });
});
