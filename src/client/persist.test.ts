import { expect, it } from 'vitest';
import { CoordinatorError } from '../protocol/index.ts';
import { Endurance, persist } from './persist.ts';

const full = new CoordinatorError('UNAVAILABLE', 'the disk is full', { retryable: true });
const cutShort = new CoordinatorError('DEADLINE_EXCEEDED', 'no answer in time', { retryable: true });

/** Fails with one error after the other, then answers. */
function attempts(...errors: readonly Error[]): () => Promise<string> {
  const left = [...errors];
  return () => {
    const error = left.shift();
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
}

const patient = (): Endurance => new Endurance({ patienceMs: 60_000, backoffMs: () => 0 });

it('repeats an attempt that failed in a way that may pass', async () => {
  await expect(persist(patient(), attempts(full, full))).resolves.toBe('done');
});

it('throws at once what will not pass', async () => {
  const denied = new CoordinatorError('PERMISSION', 'not yours');
  await expect(persist(patient(), attempts(full, denied))).rejects.toBe(denied);
});

it('rejects also where an attempt throws before there is a promise', async () => {
  const unsendable = (): Promise<string> => Promise.resolve(JSON.stringify(1n));
  await expect(persist(patient(), unsendable)).rejects.toThrow(TypeError);
});

it('ends with an attempt that was cut short, since that used up the patience', async () => {
  await expect(persist(patient(), attempts(cutShort))).rejects.toBe(cutShort);
});

it('tells why the attempt before failed rather than that the last one was cut short', async () => {
  await expect(persist(patient(), attempts(full, cutShort))).rejects.toBe(full);
});
