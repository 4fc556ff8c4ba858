import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { whereTheyLie, wishOf } from './named.ts';
import { treeOf } from './tree.ts';
import { folderOfTest } from '../../test/support/folder.ts';

let [folder, worktree] = ['', ''];
beforeEach(() => {
  folder = realpathSync(folderOfTest('rhema-tree-'));
  worktree = join(folder, 'repository');
  mkdirSync(join(worktree, 'api'), { recursive: true });
});

const inTree = (path: string): string => join(worktree, path);
const claimed = (...named: readonly string[]) => whereTheyLie(treeOf({ worktree }), wishOf({ files: named }));

it('a file is asked for where the links of its path lead, so that nobody has it by another name', async () => {
  writeFileSync(inTree('api/login.ts'), '');
  symlinkSync('login.ts', inTree('api/link.ts'));
  symlinkSync('api', inTree('linked'));
  expect(await claimed('api/link.ts', 'linked/login.ts', 'linked/new.ts', 'api/[id].ts')).toEqual({
    scopes: [],
    files: ['api/[id].ts', 'api/login.ts', 'api/new.ts'],
  });
});

it('what leads out of the repository is not asked for, nor is a pattern, unless a file is called so', async () => {
  symlinkSync(folder, inTree('api/out'));
  await expect(claimed('api/out/x')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: `files: "api/out/x" leads out of the repository ${worktree}`,
  });
  await expect(claimed('api/*.ts')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message:
      'files: "api/*.ts" is a pattern, and no file is called so: name each file itself, or a folder that is a scope',
  });
  writeFileSync(inTree('api/*.ts'), '');
  expect((await claimed('api/*.ts')).files).toEqual(['api/*.ts']);
});
