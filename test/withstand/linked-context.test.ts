/** A folder of context files that a link out of the repository has replaced. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRepository, temporaryFolder } from '../../src/repository/testing/fixture.ts';
import { runHere } from '../init/run.ts';

it('is one error, however many files are behind it', async () => {
  const root = makeRepository({ 'rhema.yaml': 'name: top\n', 'api/rhema.yaml': 'name: api\n' });
  const away = temporaryFolder();
  for (const kind of ['todos', 'patterns', 'decisions'])
    writeFileSync(join(away, `${kind}.yaml`), `${kind}: []\n`);
  for (const folder of ['.rhema', 'api/.rhema']) symlinkSync(away, join(root, folder));
  const { code, stderr } = await runHere(root, ['safety', 'validate']);
  expect(code).toBe(3);
  expect(stderr).toContain('the working tree is unsound: 2 errors');
  for (const folder of ['.rhema', 'api/.rhema'])
    expect(stderr).toContain(`${folder} is a symlink that leads out of the repository`);
});
