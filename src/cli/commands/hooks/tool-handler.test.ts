import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder.ts';
import { runCli } from '../../program.ts';
import { FakeCoordinator } from '../../testing/fake-coordinator.ts';
import { Harness, type Ended } from '../../testing/harness.ts';
import { createRealWorld } from '../../world/real-world.ts';

let root: string;

beforeEach(() => {
  root = folderOfTest('rhema-hooks-');
  execFileSync('git', ['init', '-q', root]);
});

const run = (...args: readonly string[]): Promise<Ended> => runOn(process.env['PATH'] ?? '', ...args);

async function runOn(PATH: string, ...args: readonly string[]): Promise<Ended> {
  const harness = new Harness({ coordinator: new FakeCoordinator({}), env: { PATH } });
  const ports = { ...harness.ports, cwd: root, world: createRealWorld(() => '1.2.3') };
  const code = await runCli(args, ports);
  return { code, stdout: harness.stdout, stderr: harness.stderr };
}

/** A PATH on which there is nothing else: this machine may have a client. */
function folderWithGit(): string {
  const folder = folderOfTest('rhema-bin-');
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  symlinkSync(git, join(folder, 'git'));
  return folder;
}

const at = (file: string): string => join(root, file);

function put(file: string, text: string): void {
  mkdirSync(dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
}

const textOf = (file: string): string | null =>
  existsSync(at(file)) ? readFileSync(at(file), 'utf8') : null;

describe('hooks of Claude Code by the agent’s own rhema mcp', () => {
  const file = '.claude/settings.json';
  const byTool = ['hooks', 'install', 'claude', '--handler', 'mcp', '--yes'];

  /** A client on the PATH that says of which version it is. */
  async function runWith(version: string | null, ...args: readonly string[]): Promise<Ended> {
    const folder = folderWithGit();
    if (version !== null)
      writeFileSync(join(folder, 'claude'), `#!/bin/sh\necho '${version} (Claude Code)'\n`, { mode: 0o755 });
    return runOn(folder, ...args);
  }

  const withServer = (): Promise<Ended> => run('mcp', '--client-config', 'claude', '--write');

  it.each([
    ['2.1.330', 0, ''],
    ['2.1.1000', 0, ''],
    ['3.0.0', 0, ''],
    ['2.1.329', 2, 'of version 2.1.329: before 2.1.330 it lets edits pass'],
    ['2.0.999', 2, 'before 2.1.330'],
    ['1.9.999', 2, 'before 2.1.330'],
    ['what', 2, 'no claude on your PATH'],
    [null, 2, 'no claude on your PATH'],
  ])('are written where the client is known to refuse without an answer: %s', async (version, code, said) => {
    await withServer();
    const ended = await runWith(version, ...byTool);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(said)]);
    expect(textOf(file)?.includes('"mcp_tool"') ?? false).toBe(code === 0);
  });

  it('are not written where the client has no server to ask', async () => {
    const { code, stderr } = await runWith('2.1.330', ...byTool);
    expect([code, stderr, textOf(file)]).toEqual([
      2,
      expect.stringContaining('.mcp.json has no server rhema'),
      null,
    ]);
  });

  it('do not take the word of a program of the repository for it', async () => {
    await withServer();
    put('bin/claude', `#!/bin/sh\ntouch ${at('ran')}\necho 2.1.330\n`);
    chmodSync(at('bin/claude'), 0o755);
    const outside = folderWithGit();
    symlinkSync(at('bin/claude'), join(outside, 'claude'));
    for (const folder of [`${at('bin')}:${folderWithGit()}`, outside])
      expect((await runOn(folder, ...byTool)).stderr).toContain('no claude on');
    expect(existsSync(at('ran'))).toBe(false);
  });

  it.each([null, '{ "model": "opus" }', '{\n  // mine\n  "hooks": { "PreToolUse": [] }\n}\n'])(
    'come and go without a trace, also by way of those by a command: %j',
    async (before) => {
      await withServer();
      if (before !== null) put(file, before);
      await runWith('2.1.330', ...byTool);
      const installed = textOf(file);
      expect((await run('hooks', 'status')).stdout).toMatch(/claude +installed, by rhema mcp +/);
      expect((await run('hooks', 'install', 'claude', '--yes')).stdout).toContain('is installed already');
      await run('hooks', 'install', 'claude', '--handler', 'command', '--yes');
      expect(textOf(file)).not.toContain('mcp_tool');
      await runWith('2.1.330', ...byTool);
      expect(textOf(file)).toBe(installed);
      expect((await run('hooks', 'uninstall', 'claude', '--yes')).code).toBe(0);
      expect(textOf(file)).toBe(before);
    },
  );

  it('are gone after rhema uninstall, and without a note of what was there by what they call', async () => {
    await withServer();
    put(file, '{\n  "model": "opus"\n}\n');
    await runWith('2.1.330', ...byTool);
    put(file, textOf(file)!.replace('opus', 'other'));
    execFileSync('rm', ['-r', at('.git/rhema')]);
    expect((await run('uninstall', '--yes')).stdout).toContain(file);
    expect((await run('hooks', 'uninstall', 'claude', '--yes')).code).toBe(0);
    expect(JSON.parse(textOf(file)!)).toEqual({ model: 'other' });
  });

  it('stay where somebody has changed one, and it is said', async () => {
    await withServer();
    await runWith('2.1.330', ...byTool);
    const changed = textOf(file)!.replace('"onFailure": "block"', '"onFailure": "continue"');
    put(file, changed);
    const kept = await run('hooks', 'install', 'claude', '--yes');
    expect(kept.stdout).toContain('the entry of PreToolUse was changed, and is left as it is');
    const other = await run('hooks', 'install', 'claude', '--handler', 'command', '--yes');
    expect([other.code, other.stderr, textOf(file)]).toEqual([
      3,
      expect.stringContaining('asks in another way at PreToolUse'),
      changed,
    ]);
    expect((await run('hooks', 'uninstall', 'claude', '--yes')).code).toBe(0);
    expect(textOf(file)).toBeNull();
  });

  it('are said to let no edit pass where the server is gone', async () => {
    await withServer();
    await runWith('2.1.330', ...byTool);
    execFileSync('rm', [at('.mcp.json')]);
    expect((await run('hooks', 'status')).stdout).toContain('no edit passes, since .mcp.json has no server');
  });

  it('are for this client alone, and it has to be named', async () => {
    for (const names of [['codex'], ['claude', 'git'], []])
      expect((await run('hooks', 'install', ...names, '--handler', 'mcp', '--yes')).stderr).toContain(
        '--handler is for claude alone',
      );
  });
});
