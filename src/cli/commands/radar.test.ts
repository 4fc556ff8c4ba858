import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitAll, git, makeRepository, temporaryFolder, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { Session, shopFiles } from '../testing/hook-session.ts';

/** Two working trees in which the same file was changed. */
function twoTrees(): readonly [string, string] {
  const root = makeRepository(shopFiles());
  commitAll(root);
  const other = join(temporaryFolder(), 'other');
  git(root, 'worktree', 'add', '-q', '-b', 'other', other);
  write(root, { 'api/a.ts': 'main\n' });
  write(other, { 'api/a.ts': 'other\n' });
  return [root, other];
}

it('names the files that will clash and ends with 3; status tells what was seen last; nothing else is left', async () => {
  const [root, other] = twoTrees();
  expect((await rhemaIn(root, 'status')).stdout).not.toContain('clash');
  const found = await rhemaIn(other, 'radar');
  expect([found.code, found.stdout]).toMatchObject([
    3,
    expect.stringMatching(/api\/a\.ts +content +\S+ \(nobody\) +other \(nobody\)/),
  ]);
  expect((await rhemaIn(root, 'status')).stdout).toMatch(
    /1 file will clash between \S+ and other \(seen .*radar/,
  );
  expect(readdirSync(join(root, '.git/rhema/radar')).sort()).toEqual(['last.json', 'pairs.json']);
  writeFileSync(join(other, 'api/a.ts'), 'a\n');
  expect(await rhemaIn(root, 'radar', '--json')).toMatchObject({ code: 0 });
  expect((await rhemaIn(root, 'status')).stdout).not.toContain('clash');
});

it('an agent is told by its hooks of each clash once, and by whom', async () => {
  const [root, other] = twoTrees();
  const [one, two] = [new Session(root, 'one'), new Session(other, 'two')];
  await one.before('api/b.ts');
  await two.before(join(other, 'web/w.ts'));
  expect(JSON.stringify(await one.after('api/b.ts'))).not.toContain('clash');
  await rhemaIn(root, 'radar');
  expect(JSON.stringify(await one.after('api/b.ts'))).toMatch(
    /api\/a\.ts as it is now will clash with other, where claude-[\w-]+ works \(content\)/,
  );
  expect(JSON.stringify(await one.after('api/b.ts'))).not.toContain('clash');
});

it('is of an agent alone where one is named, and refuses one that takes no part', async () => {
  const [root, other] = twoTrees();
  await rhemaIn(root, 'agent', 'join', 'alice');
  await rhemaIn(root, 'lock', 'acquire', 'api/a.ts', '--agent', 'alice');
  expect(await rhemaIn(other, 'radar', '--agent', 'alice')).toMatchObject({ code: 3 });
  expect(await rhemaIn(other, 'radar', '--agent', 'alicia')).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('no agent alicia takes part: did you mean alice?') as string,
  });
});

it('what lay in a working tree that was removed is told no more', async () => {
  const [root, other] = twoTrees();
  await rhemaIn(root, 'radar');
  expect((await rhemaIn(root, 'status')).stdout).toContain('will clash');
  git(root, 'worktree', 'remove', '--force', other);
  expect((await rhemaIn(root, 'status')).stdout).not.toContain('clash');
});

it('refuses --every without --watch, which it would not heed', async () => {
  const [root] = twoTrees();
  expect(await rhemaIn(root, 'radar', '--every', '5s')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--every goes with --watch') as string,
  });
});
