import { expect, it } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import { problemsOfAlike } from './alike.ts';

const problemsOf = (...scopes: readonly string[]) =>
  problemsOfAlike(scopes.map((scope) => ({ scope: scope as ScopePath, file: `${scope}/rhema.yaml` })));

it.each([
  ['core', 'c\u043ere'],
  ['auth', '\u0430uth'],
  ['s!', 's\u01c3'],
  ['a-b', 'a\u2010b'],
  ['d/e', 'd\u2215e'],
])('of two scopes that read alike it is told, and both are named so that they differ: %s', (one, other) => {
  const [problem, ...more] = problemsOf(one, 'between', other);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({
    code: 'SCOPES_READ_ALIKE',
    severity: 'warning',
    file: `${other}/rhema.yaml`,
  });
  expect(problem?.message).toMatch(/\\u[0-9a-f]{4}.*reads like/);
});

it.each([
  ['lib', 'Iib'],
  ['v10', 'vlO'],
  ['a|b', 'a1b'],
])('so it is told of letters and digits that look the same: %s and %s', (one, other) => {
  expect(problemsOf(one, other)).toMatchObject([{ code: 'SCOPES_READ_ALIKE', file: `${other}/rhema.yaml` }]);
});

it('of scopes that read differently nothing is told', () => {
  expect(problemsOf('.', 'core', 'cor', 'Core', 'документы', 'docs', 'a/b', 'a-b')).toEqual([]);
});
