import { expect, test } from 'vitest';
import { ManualTimers } from '../timers.ts';
import { retryWhileBusy } from './retry.ts';

const busy = () => Object.assign(new Error('database is locked'), { errcode: 5 });

/** Lets promises run and time pass until the work is done. */
async function passTime(timers: ManualTimers, work: Promise<unknown>): Promise<void> {
  let running = true;
  const done = work.catch(() => undefined).then(() => (running = false));
  while (running) {
    await Promise.resolve();
    timers.advance(1);
  }
  await done;
}

test('an attempt that finds the file in use is made again, after pauses that grow up to a bound', async () => {
  const timers = new ManualTimers();
  const triedAtMs: number[] = [];
  const work = retryWhileBusy({ timers, random: () => 0.999, busyTimeoutMs: 1_000 }, () => {
    triedAtMs.push(timers.nowMs());
    if (triedAtMs.length < 8) throw busy();
    return 'done';
  });
  await passTime(timers, work);
  expect(await work).toBe('done');
  const pauses = triedAtMs.slice(1).map((atMs, index) => Math.round(atMs - triedAtMs[index]!));
  expect(pauses[0]).toBeLessThan(pauses[2]!);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(18);
});

test('the busy error comes through when the deadline has passed', async () => {
  const timers = new ManualTimers();
  const work = retryWhileBusy({ timers, random: () => 0.5, busyTimeoutMs: 100 }, () => {
    throw busy();
  });
  const refused = expect(work).rejects.toMatchObject({ errcode: 5 });
  await passTime(timers, work);
  await refused;
  expect(timers.nowMs()).toBeGreaterThanOrEqual(100);
  expect(timers.nowMs()).toBeLessThan(150);
});

test('other errors are not tried again', async () => {
  let attempts = 0;
  const work = retryWhileBusy({ timers: new ManualTimers(), random: () => 0, busyTimeoutMs: 100 }, () => {
    attempts += 1;
    throw new Error('broken');
  });
  await expect(work).rejects.toThrow('broken');
  expect(attempts).toBe(1);
});
