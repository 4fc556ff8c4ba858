/** A server that is named where hooks and tools are set up stands in what is written: clients start both without asking anybody. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { jsonHookClients, opencodeFile } from '../../../hooks/install/index.ts';
import { folderOfTest } from '../../../../test/support/folder.ts';
import { runCli } from '../../program.ts';
import { FakeCoordinator } from '../../testing/fake-coordinator.ts';
import { Harness, type Ended } from '../../testing/harness.ts';
import { createRealWorld } from '../../world/real-world.ts';

const server = 'https://build.example.org/shop';
const runHook = vi.hoisted(() => vi.fn(async () => 0));
vi.mock('../../hook/run-hook.ts', () => ({ runHook }));

let root: string;

beforeEach(() => {
  root = folderOfTest('rhema-named-server-');
  execFileSync('git', ['init', '-q', root]);
});

async function run(...args: readonly string[]): Promise<Ended> {
  const harness = new Harness({ coordinator: new FakeCoordinator({}), env: { PATH: process.env['PATH'] } });
  const world = createRealWorld(() => '1.2.3');
  const code = await runCli(args, { ...harness.ports, cwd: root, world });
  return { code, stdout: harness.stdout, stderr: harness.stderr };
}

const textOf = (file: string): string =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';

async function stateOf(name: string): Promise<unknown> {
  const { stdout } = await run('hooks', 'status', '--json');
  const { targets } = JSON.parse(stdout) as {
    targets: { name: string; state: string; commands: unknown[] }[];
  };
  const found = targets.find((target) => target.name === name);
  return [found?.state, found?.commands[0]];
}

it.each([...jsonHookClients.map(({ name, file }) => [name, file]), ['opencode', opencodeFile]])(
  'the hooks of %s name it, are known as ours, and are taken out again',
  async (name, file) => {
    const { code } = await run('hooks', 'install', name, '--server', server, '--yes');
    expect(code).toBe(0);
    expect(textOf(file)).toMatch(
      name === 'opencode' ? `"--server","${server}","hook","opencode"` : `--server ${server} hook ${name}`,
    );
    expect(await stateOf(name)).toMatchObject(['installed', {}]);
    await run('hooks', 'uninstall', name, '--yes');
    expect(textOf(file)).not.toContain(server);
  },
);

it('the file that the hooks of Git call names it, and is as it was written for whoever looks', async () => {
  await run('hooks', 'install', 'git', '--server', server, '--yes');
  expect(textOf('.git/hooks/rhema')).toContain(` --server '${server}' git-hook "$hook"`);
  expect(await stateOf('git')).toMatchObject(['installed', { problem: null }]);
});

it('the configuration of a client names it, and its token nowhere', async () => {
  const { stdout } = await run('mcp', '--client-config', 'claude', '--server', server);
  const { mcpServers } = JSON.parse(stdout) as { mcpServers: { rhema: { args: string[] } } };
  expect(mcpServers.rhema.args.slice(-3)).toEqual(['mcp', '--server', server]);
  expect(stdout).not.toMatch(/token/i);
});

it('rhema init --client writes both with it', async () => {
  mkdirSync(join(root, 'api'));
  writeFileSync(join(root, 'api', 'a.ts'), '');
  await run('init', '--client', 'claude', '--server', server, '--yes');
  expect(textOf('.mcp.json')).toContain(server);
  expect(textOf('.claude/settings.json')).toContain(`--server ${server} hook claude`);
});

it('without --server nothing of it is written, whatever RHEMA_SERVER says', async () => {
  await run('hooks', 'install', 'claude', '--yes');
  expect(textOf('.claude/settings.json')).not.toContain('--server');
});

it('a hook that is started with it asks that server', async () => {
  await run('--server', server, 'hook', 'claude');
  expect(runHook).toHaveBeenCalledWith({ client: 'claude', event: null }, { server });
});
