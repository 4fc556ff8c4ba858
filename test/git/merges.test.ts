import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from './support.ts';

let stage: Stage;

/** On `theirs` is a change of what alice has, on `main` another one. */
beforeEach(async () => {
  stage = new Stage();
  await stage.prepare();
  await stage.git(['switch', '-qc', 'theirs']);
  stage.put('api/a.ts', '2\n');
  await stage.git(['commit', '-qam', 'theirs'], { as: 'alice' });
  await stage.git(['switch', '-q', 'main']);
  stage.put('web/b.ts', '2\n');
  await stage.git(['commit', '-qam', 'ours'], { as: 'bob' });
});

afterEach(() => stage.sandbox.clear());

const state = (): readonly unknown[] => [
  stage.sandbox.git('rev-parse', 'HEAD'),
  stage.sandbox.git('status', '--porcelain'),
  existsSync(join(stage.root, '.git/MERGE_HEAD')),
];

describe('a merge that would change what another agent has', () => {
  it.each([
    'merge -q --no-edit theirs',
    'merge -q --no-edit --no-verify theirs',
    'merge -q --squash theirs',
    'merge -q --no-commit theirs',
    'pull -q --no-rebase --no-edit . theirs',
  ])('is refused before it changes anything: git %s', async (words) => {
    const before = state();
    const args = words.split(' ');
    const { code, stderr } = await stage.git(args, { as: 'bob' });
    expect(code).not.toBe(0);
    expect(stderr).toContain('api/a.ts is held by alice');
    expect(stderr).toContain('nothing is merged, and no file was changed: merge again when');
    expect(stderr).toContain('without this check: git -c core.hooksPath=/dev/null');
    expect(state()).toEqual(before);
    expect((await stage.git(args, { as: 'alice' })).code).toBe(0);
  });

  it('is refused in a linked working tree as well, and beside a hook of others', async () => {
    await stage.ask('hooks', 'uninstall', 'git', '--yes');
    stage.put('.git/hooks/reference-transaction', '#!/bin/sh\ncat > /dev/null\n', 0o755);
    await stage.ask('hooks', 'install', 'git', '--yes');
    const linked = join(stage.sandbox.folder, 'linked');
    stage.sandbox.git('worktree', 'add', '--quiet', '-b', 'other', linked);
    const { code, stderr } = await stage.git(['merge', '-q', '--no-edit', 'theirs'], { cwd: linked });
    expect([code === 0, stderr]).toEqual([
      false,
      expect.stringContaining('nothing is merged, and no file was changed') as string,
    ]);
    expect(stage.sandbox.git('-C', linked, 'status', '--porcelain')).toBe('');
  });

  it('is not refused where it is a fast-forward, which commits nothing, or the same was done here', async () => {
    stage.sandbox.git('branch', 'behind', 'main~1');
    await stage.git(['switch', '-q', 'behind']);
    expect((await stage.git(['merge', '-q', 'theirs'])).code).toBe(0);
    await stage.git(['switch', '-q', 'main']);
    stage.put('api/a.ts', '2\n');
    await stage.git(['commit', '-qam', 'the same'], { as: 'alice' });
    expect(await stage.git(['merge', '-q', '--no-edit', 'theirs'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('that begins as a fast-forward, and is none, is refused at its end, with the way out', async () => {
    await stage.git(['switch', '-qc', 'behind', 'main~1']);
    const { code, stderr } = await stage.git(['merge', '-q', '--no-ff', '--no-edit', 'theirs']);
    expect([code === 0, stderr]).toEqual([
      false,
      expect.stringContaining('git merge --abort puts back what was before') as string,
    ]);
  });
});
