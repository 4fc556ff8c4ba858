import { expect, it } from 'vitest';
import { bounded, Interrupted } from './bounded.ts';

const never = new Promise<never>(() => undefined);

it('a play that ends is waited for, and nothing is left of the waiting', async () => {
  const before = process.listenerCount('SIGTERM');
  expect(await bounded(60_000, Promise.resolve('sound'))).toBe('sound');
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

it('one that does not end in time fails', async () => {
  await expect(bounded(1, never)).rejects.toThrow('not done after 0.001 s');
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'one that is interrupted by %s fails, as nobody’s fault',
  async (signal) => {
    const waiting = bounded(60_000, never);
    process.emit(signal);
    await expect(waiting).rejects.toBeInstanceOf(Interrupted);
  },
);
