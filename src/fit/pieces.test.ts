import { expect, test } from 'vitest';
import type { FilePath, Wish } from '../core/index.ts';
import { inSteps } from './pieces.ts';

test('steps take whole milliseconds: the machine knows no others', () => {
  const files = Array.from({ length: 13 }, (_, at) => `f${at}` as FilePath);
  const wish: Wish = { scopes: [], files };
  const steps = inSteps({ wish, workMs: 600_000, isCut: false }, 10, false);
  expect(steps.map(({ workMs }) => workMs)).toEqual([...Array.from({ length: 6 }, () => 92_308), 46_154]);
});
