import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { commitAll, git, makeRepository, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { shopFiles } from '../testing/hook-session.ts';

let root: string;

beforeEach(() => {
  root = makeRepository(shopFiles());
  commitAll(root);
});

interface Findings {
  readonly findings: readonly { subject: string; level: string; message: string; remedy: string | null }[];
}

/** What doctor finds of the hooks of one, and how it ends. */
async function found(title: string): Promise<readonly [number, ...string[]]> {
  const { code, stdout } = await rhemaIn(root, 'doctor', '--json');
  const answer = JSON.parse(stdout) as Findings & { readonly details?: Findings };
  const { findings } = answer.details ?? answer;
  const ours = findings.filter(({ subject }) => subject === `hooks of ${title}`);
  return [code, ...ours.map(({ level, message, remedy }) => `${level} ${message} -> ${remedy ?? ''}`)];
}

const matching = (text: string): string => expect.stringContaining(text) as string;

describe('the hooks of Git', () => {
  const hook = (name: string): string => join(root, '.git/hooks', name);

  beforeEach(async () => {
    expect((await rhemaIn(root, 'hooks', 'install', 'git', '--yes')).code).toBe(0);
  });

  test('are enforced and fail closed; those that were deleted are a problem', async () => {
    expect(await found('Git')).toEqual([
      0,
      matching('ok enforced: Git asks at each commit and each push; fails closed'),
    ]);
    for (const name of ['pre-commit', 'pre-push']) rmSync(hook(name));
    expect(await found('Git')).toEqual([
      1,
      'problem Git asks nothing at pre-commit, pre-push -> have them written anew: rhema hooks install git',
    ]);
    expect((await rhemaIn(root, 'hooks', 'install', 'git', '--yes')).code).toBe(0);
    expect((await found('Git'))[0]).toBe(0);
  });

  test.each([
    ['git-hook', 'pre-commit', '--'],
    ['hooks', 'install', 'git', '--yes'],
  ])('all of which were deleted, with the file that they call, are known by %s %s', async (...words) => {
    expect((await rhemaIn(root, 'agent', 'join', 'alice')).code).toBe(0);
    rmSync(hook('pre-commit'));
    expect((await rhemaIn(root, ...words)).code).toBe(0);
    rmSync(join(root, '.git/hooks'), { recursive: true });
    expect(await found('Git')).toEqual([
      1,
      matching('problem nothing: they were installed, and all of them are gone: no commit is asked about'),
    ]);
    const { stdout } = await rhemaIn(root, 'hooks', 'status');
    expect(stdout).toContain('were installed, and somebody has deleted all of them');
    expect((await rhemaIn(root, 'hooks', 'uninstall', 'git', '--yes')).code).toBe(0);
    expect(await found('Git')).toEqual([0]);
  });

  test('that Git does not run, or the file of which is gone, are a problem', async () => {
    chmodSync(hook('pre-commit'), 0o644);
    expect(await found('Git')).toEqual([1, matching(`-> chmod +x ${hook('pre-commit')}`)]);
    const before = readFileSync(hook('pre-commit'), 'utf8');
    const foreign = '#!/bin/sh\n# of somebody else\n';
    writeFileSync(hook('pre-push'), before.replace('#!/bin/sh\n', foreign), { mode: 0o600 });
    chmodSync(hook('pre-push'), 0o600);
    const { stdout } = await rhemaIn(root, 'hooks', 'install', 'git', '--dry-run');
    expect(stdout).toContain('chmod +x .git/hooks/pre-commit');
    expect((await rhemaIn(root, 'hooks', 'install', 'git', '--yes')).stdout).toContain(
      'made .git/hooks/pre-commit executable',
    );
    expect(readFileSync(hook('pre-commit'), 'utf8')).toBe(before);
    expect(['pre-commit', 'pre-push'].map((name) => statSync(hook(name)).mode & 0o777)).toEqual([
      0o755, 0o700,
    ]);
    expect((await found('Git'))[0]).toBe(0);
    rmSync(hook('rhema'));
    expect(await found('Git')).toEqual([1, matching('is gone, which they call: nothing can be committed')]);
  });

  test('are passed by where Git is sent to another folder', async () => {
    git(root, 'config', 'core.hooksPath', '/dev/null');
    expect(await found('Git')).toEqual([1, matching('problem nothing: Git looks for hooks in /dev/null')]);
  });

  test('by which another program has them run are no problem', async () => {
    writeFileSync(hook('pre-commit'), '#!/bin/sh\nlefthook run pre-commit\n');
    expect(await found('Git')).toEqual([0, matching('warning')]);
  });

  test('that were never installed, or were taken out by rhema, are not looked for', async () => {
    expect((await rhemaIn(root, 'hooks', 'uninstall', 'git', '--yes')).code).toBe(0);
    expect(await found('Git')).toEqual([0]);
  });
});

describe('the hooks of a client', () => {
  const file = '.claude/settings.json';

  test('that were written and are gone are told of, and not those that rhema has taken out', async () => {
    await rhemaIn(root, 'hooks', 'install', 'claude', 'opencode', '--yes');
    const { hooks, ...rest } = JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>;
    expect(hooks).toBeDefined();
    write(root, { [file]: JSON.stringify({ ...rest, model: 'opus' }) });
    rmSync(join(root, '.opencode'), { recursive: true });
    const isGone = matching(`warning nothing: what was written into ${file} was taken out`);
    expect(await found('Claude Code')).toEqual([0, isGone]);
    rmSync(join(root, file));
    expect(await found('Claude Code')).toEqual([0, isGone]);
    expect(await found('opencode')).toEqual([0, matching('rhema hooks install opencode')]);
    await rhemaIn(root, 'hooks', 'install', 'claude', '--yes');
    await rhemaIn(root, 'hooks', 'uninstall', 'claude', '--yes');
    expect(await found('Claude Code')).toEqual([0]);
  });

  test('of which only the tools are there, as in a clone, are told of', async () => {
    await rhemaIn(root, 'mcp', '--client-config', 'claude', '--write');
    expect(await found('Claude Code')).toEqual([
      0,
      'warning nothing: its agents have the tools (.mcp.json), and no edit is asked about -> have it ask before each edit: rhema hooks install claude',
    ]);
  });

  test('that a setting of the client switches off are a problem', async () => {
    await rhemaIn(root, 'hooks', 'install', 'claude', '--yes');
    write(root, { '.claude/settings.local.json': '{ "disableAllHooks": true }' });
    expect(await found('Claude Code')).toEqual([1, matching('settings.local.json has disableAllHooks')]);
  });
});
