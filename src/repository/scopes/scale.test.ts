import { expect, test } from 'vitest';
import { fingerprintOnly, findRepository } from '../index.ts';
import { commitAll, graphOf, makeRepository, scan, type Files } from '../testing/fixture.ts';

/** Eight folders of folders, each scope depending on up to three before it. */
function manyScopes(count: number): Files {
  const path = (index: number): string => `group-${index % 8}/unit-${index}`;
  const fileOf = (index: number): string => {
    const targets = [index - 1, index - 7, index - 100].filter((target) => target >= 0);
    const items = targets.map((target) => `  - path: ../../${path(target)}\n    dependency_type: required\n`);
    return `name: unit-${index}\nscope_type: library\nversion: 1.0.0\ndependencies:${items.length === 0 ? ' []' : ''}\n${items.join('')}`;
  };
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${path(index)}/rhema.yaml`, fileOf(index)]),
  );
}

test('5,000 scopes are scanned', async () => {
  const root = makeRepository(manyScopes(5_000));
  commitAll(root);
  const result = await scan(root);
  expect(result.problems).toEqual([]);
  expect(Object.keys(graphOf(result))).toHaveLength(5_000);
  expect(graphOf(result)['group-0/unit-200']).toEqual([
    'group-1/unit-193',
    'group-4/unit-100',
    'group-7/unit-199',
  ]);
  const repository = await findRepository({ cwd: root, env: {} });
  expect(await fingerprintOnly(repository)).toBe(result.fingerprint);
});
