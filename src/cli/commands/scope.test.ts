import { expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { bobsHarness } from '../testing/harness.ts';
import { scopePath } from '../testing/samples.ts';

it('scope of tells which lock a path needs, and where none can be had', async () => {
  const { harness } = bobsHarness({
    answers: {
      scopesOf: () => ({
        revision: asRevision(7),
        scopes: [scopePath('src'), scopePath('src'), null, null],
        free: [false, true, false, true],
        claim: 'file',
      }),
    },
  });
  const { stdout } = await harness.run('scope', 'of', 'src/a.ts', 'src/x.lock', 'a.txt', 'yarn.lock');
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toMatchObject([
    ['PATH', 'SCOPE', 'LOCK'],
    ['src/a.ts', 'src', 'needs one'],
    ['src/x.lock', 'src', 'needs none: free'],
    ['a.txt', 'none', 'cannot be had'],
    ['yarn.lock', 'none', 'needs none: free'],
    [''],
  ]);
});
