import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder.ts';
import { runCli } from '../../program.ts';
import { FakeCoordinator } from '../../testing/fake-coordinator.ts';
import { Harness, type Ended } from '../../testing/harness.ts';
import { createRealWorld } from '../../world/real-world.ts';

let root: string;

beforeEach(() => {
  root = folderOfTest('rhema-init-client-');
  execFileSync('git', ['init', '-q', root]);
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src/a.ts'), 'export {};\n');
});

async function run(...args: readonly string[]): Promise<Ended> {
  const harness = new Harness({ coordinator: new FakeCoordinator({}), env: { PATH: process.env['PATH'] } });
  const code = await runCli(args, {
    ...harness.ports,
    cwd: root,
    world: createRealWorld(() => '1.2.3'),
  });
  return { code, stdout: harness.stdout, stderr: harness.stderr };
}

const textOf = (file: string): string | null =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : null;

const agentsMd = '# House rules\r\n\r\nBe kind.';

it('gives clients the tools and the hooks with the scopes, and rhema uninstall takes all of it out', async () => {
  writeFileSync(join(root, 'AGENTS.md'), agentsMd);
  const { code, stdout, stderr } = await run('init', '--yes', '--client', 'claude', 'gemini');
  expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining('reads its hooks when')]);
  expect(textOf('.mcp.json')).toContain('"rhema"');
  expect(textOf('.claude/settings.json')).toContain('hook claude');
  expect(textOf('.gemini/settings.json')).toMatch(/hook gemini[^]*"mcpServers"|"mcpServers"[^]*hook gemini/);
  expect(textOf('AGENTS.md')).toMatch(/^# House rules\r\n\r\nBe kind\.\r\n\r\n<!-- rhema:begin -->\r\n/);
  expect((await run('init', '--yes', '--client', 'claude', 'gemini')).stdout).toContain('nothing to do');
  expect((await run('uninstall', '--yes')).code).toBe(0);
  expect(textOf('AGENTS.md')).toBe(agentsMd);
  expect(execFileSync('git', ['-C', root, 'status', '--porcelain', '-uall'], { encoding: 'utf8' })).toBe(
    '?? AGENTS.md\n?? src/a.ts\n',
  );
});

it('shows all of it first, and writes nothing without --yes', async () => {
  const { code, stdout } = await run('init', '--client', 'codex');
  expect(code).toBe(2);
  expect(stdout).toContain('+++ b/.codex/config.toml');
  expect(stdout).toContain('+++ b/.codex/hooks.json');
  const shown = await run('init', '--client', 'codex', '--dry-run');
  expect(shown.stdout).toContain('+++ b/.codex/hooks.json');
  expect(shown.stdout).toContain('rhema.yaml');
  expect(existsSync(join(root, '.codex'))).toBe(false);
});

it('writes AGENTS.md where there is none only when that is asked for', async () => {
  expect((await run('init', '--yes', '--client', 'claude')).stdout).toContain('--agents-md writes it');
  expect(textOf('AGENTS.md')).toBeNull();
  await run('init', '--yes', '--client', 'claude', '--agents-md');
  expect(textOf('AGENTS.md')).toMatch(/^<!-- rhema:begin -->\n/);
});

it('writes nothing at all where one file cannot be written', async () => {
  mkdirSync(join(root, '.claude'));
  writeFileSync(join(root, '.claude/settings.json'), '{ broken');
  const { code, stderr } = await run('init', '--yes', '--client', 'claude');
  expect([code, stderr]).toEqual([
    3,
    expect.stringContaining('.claude/settings.json cannot be changed: line 1'),
  ]);
  expect(textOf('.mcp.json')).toBeNull();
});

it('leaves a server alone that is started in another way, and says so', async () => {
  writeFileSync(join(root, '.mcp.json'), '{ "mcpServers": { "rhema": { "command": "mine" } } }');
  const { code, stdout } = await run('init', '--yes', '--client', 'claude');
  expect([code, stdout]).toEqual([0, expect.stringContaining('.mcp.json starts it in another way')]);
  expect(textOf('.claude/settings.json')).toContain('hook claude');
});

it('hooks that nobody noted are told of by rhema uninstall, with what takes them out', async () => {
  await run('hooks', 'install', 'claude', '--yes');
  execFileSync('rm', ['-r', join(root, '.git/rhema')]);
  await run('init', '--yes');
  const { stdout } = await run('uninstall', '--yes');
  expect(stdout).toContain('rhema hooks uninstall claude');
});

it('lets agents with hooks work in all scopes and as many as there may be, and says so where a block is tighter', async () => {
  await run('init', '--yes', '--client', 'claude');
  expect(textOf('rhema.yaml')).toMatch(/max_locks_per_agent: 1000\n[^]*max_concurrent_agents: 32\n/);
  await run('uninstall', '--yes');
  writeFileSync(join(root, 'rhema.yaml'), 'name: x\nagent_coordination:\n  scopes: { src: {}, lib: {} }\n');
  const { stdout } = await run('init', '--yes', '--client', 'claude');
  expect(stdout).toContain('in the rhema.yaml of the top folder: max_locks_per_agent: 1000');
});

it('lets somebody else say how many agents there are', async () => {
  await run('init', '--yes', '--client', 'claude', '--agents', '5');
  expect(textOf('rhema.yaml')).toContain('max_concurrent_agents: 5\n');
});
