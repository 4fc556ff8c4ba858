import { expect, test } from 'vitest';
import { asRevision, type Revision } from '../core/index.ts';
import { ManualTime } from '../time/index.ts';
import { Follower } from './follower.ts';

/** A follower, and when it looked. */
function follow(wanted: () => boolean, look: () => Revision | null) {
  const time = new ManualTime();
  const looks: number[] = [];
  const startMs = time.monotonicMs();
  const follower = new Follower(time, 20, wanted, async () => {
    looks.push(time.monotonicMs() - startMs);
    return look();
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      time.advance(10);
      // A look is asynchronous.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
  };
  return { follower, looks, pass };
}

test('looks ever more seldom while nothing comes, and often again when something has', async () => {
  let revision = 1;
  const { follower, looks, pass } = follow(
    () => true,
    () => asRevision(revision),
  );
  follower.poke();
  await pass(1_300);
  expect(looks).toEqual([20, 40, 80, 160, 320, 640, 960, 1_280]);
  revision = 2;
  await pass(350);
  expect(looks.slice(8)).toEqual([1_600, 1_620]);
  follower.stop();
  await pass(1_000);
  expect(looks).toHaveLength(10);
});

test('goes on where it could not look, and stops while nobody waits', async () => {
  let waiting = true;
  const { follower, looks, pass } = follow(
    () => waiting,
    () => null,
  );
  follower.poke();
  await pass(200);
  const before = looks.length;
  expect(before).toBeGreaterThan(1);
  waiting = false;
  await pass(1_000);
  expect(looks).toHaveLength(before);
  waiting = true;
  follower.poke();
  await pass(400);
  expect(looks.length).toBeGreaterThan(before);
});
