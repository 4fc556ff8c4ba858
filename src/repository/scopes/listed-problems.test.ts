import { expect, test } from 'vitest';
import { makeRepository, scan } from '../testing/fixture.ts';

test('what is wrong with the scopes that are listed is told apart from what is wrong elsewhere in the file', async () => {
  const lines = ['scopes:', '  ../out:', '  a: { dependencies: [/nowhere] }', '  b: 3'];
  const top = ['name: top', 'agent_coordination:', ...lines.map((line) => `  ${line}`), ''].join('\n');
  const { listProblems, problems } = await scan(
    makeRepository({
      'rhema.yaml': `${top}dependencies: [/gone]\n`,
      'a/file.txt': 'x\n',
      'b/file.txt': 'x\n',
    }),
  );
  expect(listProblems.map(({ code, line }) => [code, line])).toEqual([
    ['INVALID_PATH', 4],
    ['UNKNOWN_DEPENDENCY', 5],
    ['WRONG_TYPE', 6],
  ]);
  expect(problems.map(({ line }) => line)).toContain(7);
});
