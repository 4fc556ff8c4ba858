import { expect, test } from 'vitest';
import { ManualTime, systemTime } from './time.ts';
import { onAbort, sleep, wakeAtFirst } from './timers.ts';

test('manual timers run when their time has come, in its order, those set meanwhile included', () => {
  const timers = new ManualTime();
  const startedAtMs = timers.monotonicMs();
  const ran: string[] = [];
  timers.schedule(20, () => ran.push('late'));
  timers.schedule(10, () => {
    ran.push('early');
    timers.schedule(5, () => ran.push('between'));
  });
  timers.schedule(31, () => ran.push('too late'));
  const cancel = timers.schedule(1, () => ran.push('cancelled'));
  cancel();
  timers.advance(9);
  expect(ran).toEqual([]);
  timers.advance(21);
  expect(ran).toEqual(['early', 'between', 'late']);
  expect(timers.monotonicMs() - startedAtMs).toBe(30);
  expect(timers.size).toBe(1);
});

test('a sleep ends when its time has passed', async () => {
  const timers = new ManualTime();
  let awake = false;
  const asleep = sleep(timers, 10).then(() => (awake = true));
  timers.advance(9);
  await Promise.resolve();
  expect(awake).toBe(false);
  timers.advance(1);
  await asleep;
});

test('the first wake-up cancels the others', async () => {
  const timers = new ManualTime();
  const stop = new AbortController();
  const woken = wakeAtFirst((wake) => timers.schedule(10, wake), onAbort(stop.signal));
  stop.abort();
  await woken;
  expect(timers.size).toBe(0);
});

test.each(['before', 'behind'])(
  'a signal that has aborted already wakes at once, %s another',
  async (where) => {
    const timers = new ManualTime();
    const aborted = onAbort(AbortSignal.abort());
    const timer = (wake: () => void) => timers.schedule(10, wake);
    await (where === 'before' ? wakeAtFirst(aborted, timer) : wakeAtFirst(timer, aborted));
    expect(timers.size).toBe(0);
  },
);

test('system time runs forward and a cancelled timer does not run', async () => {
  let ran = false;
  const cancel = systemTime.schedule(0, () => (ran = true));
  cancel();
  const beforeMs = systemTime.monotonicMs();
  await sleep(systemTime, 2);
  expect(ran).toBe(false);
  expect(systemTime.monotonicMs()).toBeGreaterThan(beforeMs);
});
