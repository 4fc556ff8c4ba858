import { expect, it } from 'vitest';
import { settled } from './testing.ts';
import { Turns } from './turns.ts';

it('so many work at a time, the others in the order of asking, and a failure passes the turn on', async () => {
  const turns = new Turns({ atOnce: 2, waitingMax: 9 });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const asked = [0, 1, 2, 3].map((name) =>
    turns.take(async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (name === 0) throw new Error('in vain');
      return name;
    }),
  );
  await settled();
  expect(begun).toEqual([0, 1]);
  ends[0]?.();
  await expect(asked[0]).rejects.toThrow('in vain');
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  ends[1]?.();
  expect(await asked[1]).toBe(1);
  await settled();
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('whoever finds too many waiting is turned away, and may try again', async () => {
  const turns = new Turns({ atOnce: 1, waitingMax: 1 });
  const never = (): Promise<void> => new Promise(() => {});
  void turns.take(never);
  void turns.take(never);
  await expect(turns.take(never)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
});
