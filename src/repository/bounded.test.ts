import { expect, test } from 'vitest';
import { mapBounded } from './bounded.ts';

test('results come in the order of the items, with no more at a time than allowed', async () => {
  let running = 0;
  let most = 0;
  const results = await mapBounded([5, 1, 4, 2, 3], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test('a failure of one fails the whole', async () => {
  await expect(mapBounded([1], 2, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await mapBounded([], 2, () => Promise.reject(new Error('no')))).toEqual([]);
});
