import { expect, it } from 'vitest';
import { excessNotices, raisedFor, type Excess } from './excess.ts';

const excess = (limit: Excess['limit'], value: number): Excess => ({
  limit,
  value,
  allowed: 64,
  scope: null,
});

it.each([
  ['max_scope_depth', 10_000, 10_001],
  ['max_dependencies', 10_000, 10_001],
  ['scopes', 100_000, 100_001],
] as const)(
  'a graph that needs more of %s than can be is refused with the way out',
  (limit, most, tooMany) => {
    expect(excessNotices([excess(limit, most)])).toEqual([]);
    expect(excessNotices([excess(limit, tooMany)])).toMatchObject([
      {
        code: 'BEYOND_BOUNDS',
        severity: 'error',
        message: expect.stringContaining('rhema init --depth') as string,
      },
    ]);
  },
);

it('a bound is raised with room to grow, as far as the configuration allows', () => {
  expect(raisedFor([excess('max_scope_depth', 128), excess('max_dependencies', 9_000)])).toEqual({
    maxScopeDepth: 256,
    maxDependencies: 10_000,
  });
});
