import { expect, it } from 'vitest';
import { inBounds } from './in-bounds.ts';

/** A clock whose time is over when the test says so. */
function clock() {
  const due: (() => void)[] = [];
  let cancelled = 0;
  const schedule = (_delayMs: number, callback: () => void): (() => void) => {
    due.push(callback);
    return () => (cancelled += 1);
  };
  return { schedule, passes: () => due.forEach((callback) => callback()), cancelled: () => cancelled };
}

it('what is answered in time is the answer, and nobody is told of a bound', async () => {
  const time = clock();
  let unheard: AbortSignal | null = null;
  const answer = await inBounds(time, 9_000, async (signal) => {
    unheard = signal;
    return 'done';
  });
  expect([answer, time.cancelled(), unheard!.aborted]).toEqual(['done', 1, false]);
});

it('what is not answered in time fails, says so, and knows that nobody hears it any more', async () => {
  const time = clock();
  let unheard: AbortSignal | null = null;
  const answer = inBounds(time, 9_000, (signal) => {
    unheard = signal;
    return new Promise(() => undefined);
  });
  time.passes();
  await expect(answer).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: expect.stringContaining('no answer within 9 s') as string,
  });
  expect(unheard!.aborted).toBe(true);
});

it('a failure that comes too late disturbs nobody', async () => {
  const time = clock();
  let fail: (error: Error) => void = () => undefined;
  const answer = inBounds(time, 9_000, () => new Promise((_, reject) => (fail = reject)));
  time.passes();
  await expect(answer).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  fail(new Error('too late'));
});
