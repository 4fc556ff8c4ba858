import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, write } from '../testing/fixture.ts';
import { makePipe } from '../testing/pipe.ts';
import { isDefinitionName } from './candidates.ts';
import { walkFiles } from './walk.ts';

test('a pipe in the place of ignore rules is not waited for, and a link to some is followed', async () => {
  const root = temporaryFolder();
  write(root, { 'a/rhema.yaml': '', 'b/rhema.yaml': '', 'c/rhema.yaml': '', rules: 'rhema.yaml' });
  makePipe(join(root, 'a/.gitignore'), 'rhema.yaml\n');
  symlinkSync('../rules', join(root, 'b/.gitignore'));
  expect(await walkFiles(root, isDefinitionName)).toEqual(['a/rhema.yaml', 'c/rhema.yaml']);
});
