import { expect, it } from 'vitest';
import { CoordinatorError } from '../protocol/index.ts';
import { Endurance, jitteredBackoffMs, persist } from './persist.ts';

const retryable = new CoordinatorError('UNAVAILABLE', 'gone', { retryable: true });

it('tries again after retryable failures', async () => {
  let tries = 0;
  const answer = await persist(new Endurance(10_000, () => 0), async () => {
    tries += 1;
    if (tries < 3) throw retryable;
    return tries;
  });
  expect(answer).toBe(3);
});

it.each([
  ['a failure for good', new CoordinatorError('INVALID_INPUT', 'no')],
  ['a deadline that passed', new CoordinatorError('DEADLINE_EXCEEDED', 'late', { retryable: true })],
  ['a bug', new TypeError('x')],
])('does not try again after %s', async (_, error) => {
  let tries = 0;
  const attempt = (): Promise<never> => {
    tries += 1;
    return Promise.reject(error);
  };
  await expect(persist(new Endurance(10_000, () => 0), attempt)).rejects.toBe(error);
  expect(tries).toBe(1);
});

it('gives up, with the last failure, when the next pause is longer than its patience', async () => {
  const pauses: number[] = [];
  const endurance = new Endurance(10_000, (failures) => {
    pauses.push(failures);
    return failures < 4 ? 0 : 20_000;
  });
  await expect(persist(endurance, () => Promise.reject(retryable))).rejects.toBe(retryable);
  expect(pauses).toEqual([1, 2, 3, 4]);
});

it('counts failures anew once it got on', async () => {
  const pauses: number[] = [];
  const endurance = new Endurance(10_000, (failures) => {
    pauses.push(failures);
    return 0;
  });
  await endurance.failed(retryable);
  await endurance.failed(retryable);
  endurance.progressed();
  await endurance.failed(retryable);
  expect(pauses).toEqual([1, 2, 1]);
});

it('stops pausing when the signal aborts', async () => {
  const endurance = new Endurance(10_000, () => 5_000);
  await expect(endurance.failed(retryable, AbortSignal.abort())).rejects.toThrow(/abort/i);
});

it('pauses longer with each failure, up to half a second', () => {
  for (let failures = 1; failures < 2_000; failures += 1) {
    const pauseMs = jitteredBackoffMs(failures);
    expect(pauseMs).toBeGreaterThanOrEqual(5);
    expect(pauseMs).toBeLessThanOrEqual(500);
  }
});
