import { expect, it } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { shopFiles } from '../testing/hook-session.ts';

it('whoever is refused a commit is told to say who he is, and to commit the rest, by this command', async () => {
  const root = makeRepository(shopFiles());
  commitAll(root);
  await rhemaIn(root, 'agent', 'join', 'alice');
  await rhemaIn(root, 'lock', 'acquire', 'api/a.ts', '--agent', 'alice');
  write(root, { 'api/a.ts': 'new\n', 'web/w.ts': 'new\n' });
  const { code, stderr } = await rhemaIn(root, 'commit', '-m', 'x', '--', 'api/a.ts', 'web/w.ts');
  expect(code).toBe(3);
  expect(stderr).toContain('if you are alice, say so: rhema --direct commit --agent alice ...\n');
  expect(stderr).toContain('to commit the rest: rhema --direct commit -- web/w.ts\n');
  expect(stderr).not.toContain('git commit');
});
