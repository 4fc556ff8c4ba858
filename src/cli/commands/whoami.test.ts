import { expect, it } from 'vitest';
import type { Admitted } from '../../protocol/index.ts';
import { Harness } from '../testing/harness.ts';

const server = 'https://build.example.org';

async function run(who: Admitted | null, ...args: readonly string[]) {
  const harness = new Harness({
    coordinator: new Error('no coordinator is asked'),
    servers: { token: async () => (who === null ? null : 'rhema_x'), whoAmI: async () => who as Admitted },
  });
  return harness.run('whoami', ...args);
}

it.each([
  [
    { name: 'ci', role: 'agent', agents: ['ci-*'], expiresAtMs: null },
    'ci by a token of https://build.example.org: an agent, under a name such as ci-*; without an end\n',
  ],
  [
    { name: 'wall', role: 'observer', agents: [] },
    'wall by a token of https://build.example.org: an observer, who may look; without an end\n',
  ],
] as [Admitted, string][])(
  'by a server it says whose token it is, and what that may do: %j',
  async (who, stdout) => {
    expect(await run(who, '--server', server)).toEqual({ code: 0, stdout, stderr: '' });
  },
);

it('it says until when, for people and for programs', async () => {
  const { clock } = new Harness({ coordinator: new Error('none') }).ports;
  const expiresAtMs = clock.wallMs() + 86_400_000;
  const who: Admitted = { name: 'ci', role: 'agent', agents: ['*'], expiresAtMs };
  expect((await run(who, '--server', server)).stdout).toContain('under any name; good for 1 d more');
  expect(JSON.parse((await run(who, '--server', server, '--json')).stdout)).toMatchObject({
    server,
    principal: 'ci',
    role: 'agent',
    agents: ['*'],
    expiresAtMs,
  });
});

it('on this machine its user is an operator', async () => {
  expect((await run(null)).stdout).toBe('olga on this machine: an operator, who may do everything\n');
  expect(JSON.parse((await run(null, '--json')).stdout)).toMatchObject({
    server: null,
    principal: 'olga',
    role: 'operator',
  });
});

it('where no token is kept it says how one is', async () => {
  const { code, stderr } = await run(null, '--server', server);
  expect(code).not.toBe(0);
  expect(stderr).toContain(`rhema login ${server}`);
});
