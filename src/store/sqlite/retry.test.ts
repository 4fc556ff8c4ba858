import { expect, test } from 'vitest';
import { ManualTime } from '../../time/index.ts';
import { retryWhileBusy } from './retry.ts';

const busy = () => Object.assign(new Error('database is locked'), { errcode: 5 });

/** Lets promises run and time pass until the work is done. */
async function passTime(time: ManualTime, work: Promise<unknown>): Promise<void> {
  let running = true;
  const done = work.catch(() => undefined).then(() => (running = false));
  while (running) {
    await Promise.resolve();
    time.advance(1);
  }
  await done;
}

test('an attempt that finds the file in use is made again, after pauses that grow up to a bound', async () => {
  const time = new ManualTime();
  const triedAtMs: number[] = [];
  const work = retryWhileBusy({ time, chance: () => 0.999, busyTimeoutMs: 1_000 }, () => {
    triedAtMs.push(time.monotonicMs());
    if (triedAtMs.length < 8) throw busy();
    return 'done';
  });
  await passTime(time, work);
  expect(await work).toBe('done');
  const pauses = triedAtMs.slice(1).map((atMs, index) => Math.round(atMs - triedAtMs[index]!));
  expect(pauses[0]).toBeLessThan(pauses[2]!);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(18);
});

test('the busy error comes through when the deadline has passed', async () => {
  const time = new ManualTime();
  const startedAtMs = time.monotonicMs();
  const work = retryWhileBusy({ time, chance: () => 0.5, busyTimeoutMs: 100 }, () => {
    throw busy();
  });
  const refused = expect(work).rejects.toMatchObject({ errcode: 5 });
  await passTime(time, work);
  await refused;
  expect(time.monotonicMs() - startedAtMs).toBeGreaterThanOrEqual(100);
  expect(time.monotonicMs() - startedAtMs).toBeLessThan(150);
});

test('other errors are not tried again', async () => {
  let attempts = 0;
  const work = retryWhileBusy({ time: new ManualTime(), chance: () => 0, busyTimeoutMs: 100 }, () => {
    attempts += 1;
    throw new Error('broken');
  });
  await expect(work).rejects.toThrow('broken');
  expect(attempts).toBe(1);
});
