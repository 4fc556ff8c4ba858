import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/folder.ts';
import { fateOf } from './fate.ts';
import { prepare } from './ground.ts';

const [a1, a2, b1] = ['// alice 1.1', '// alice 1.2', '// bob 2.1'];

test('each line is there, lost or overwritten, and what another agent commits is swept', () => {
  const ground = prepare(folderOfTest('rhema-fate-'), 'without', '');
  const put = (...lines: readonly string[]): void =>
    writeFileSync(join(ground.root, 'api/a.ts'), `${lines.join('\n')}\n`);
  const commitAs = (name: string): void => {
    const env = { ...ground.env, GIT_AUTHOR_NAME: name };
    execFileSync('git', ['commit', '-q', '-a', '-m', 'x'], { cwd: ground.root, env });
  };
  const fate = (): object => fateOf(ground, new Set([a1, a2, b1]));

  put(a1);
  expect(fate()).toEqual({ commits: 0, lost: 2, overwritten: 0, swept: 0 });
  commitAs('alice');
  put(a2, b1);
  expect(fate()).toEqual({ commits: 1, lost: 0, overwritten: 1, swept: 0 });
  commitAs('bob');
  expect(fate()).toEqual({ commits: 2, lost: 0, overwritten: 1, swept: 1 });
  // Again from what somebody had read before: that is swept by nobody.
  put(a1, a2, b1);
  commitAs('bob');
  expect(fate()).toEqual({ commits: 3, lost: 0, overwritten: 0, swept: 1 });
});
