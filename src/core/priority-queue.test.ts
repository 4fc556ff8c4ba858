import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byNumber } from './order.ts';
import { PriorityQueue } from './priority-queue.ts';

const change = fc.record({ key: fc.nat({ max: 30 }), rank: fc.option(fc.nat({ max: 20 })) });

test('it agrees with a plain map that is searched anew each time', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), fc.nat({ max: 20 }), (changes, limit) => {
      const queue = new PriorityQueue<number, number>();
      const naive = new Map<number, number>();
      for (const { key, rank } of changes) {
        if (rank === null) queue.delete(key);
        else queue.set(key, rank);
        if (rank === null) naive.delete(key);
        else naive.set(key, rank);
        const smallest = naive.size === 0 ? null : Math.min(...naive.values());
        expect(queue.size).toBe(naive.size);
        expect(queue.get(key)).toBe(naive.get(key) ?? null);
        expect(queue.firstRank()).toBe(smallest);
        const first = queue.first();
        expect(first === null ? null : naive.get(first)).toBe(smallest);
      }
      const due = [...naive].filter(([, rank]) => rank <= limit);
      const inOrder = due.toSorted(([a, x], [b, y]) => x - y || a - b).map(([key]) => key);
      expect(queue.upTo(limit, byNumber)).toEqual(inOrder);
    }),
  );
});
