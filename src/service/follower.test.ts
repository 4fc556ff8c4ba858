import { expect, test } from 'vitest';
import { asRevision, type Revision } from '../core/index.ts';
import { ManualTime } from '../time/index.ts';
import { Follower } from './follower.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A follower beside a log whose hints and looks the test gives; `known` is what is known here. */
function follow({ answer }: { readonly answer: (known: number) => Revision | null }) {
  const time = new ManualTime();
  const startMs = time.monotonicMs();
  const log = { known: 1, wanted: true, looks: [] as number[], since: [] as number[], hint: () => {} };
  const follower = new Follower({
    timers: time,
    store: {
      hint: (since, signal) =>
        new Promise((resolve) => {
          log.since.push(since);
          log.hint = resolve;
          signal.addEventListener('abort', () => resolve());
        }),
    },
    wanted: () => log.wanted,
    known: () => asRevision(log.known),
    look: async () => {
      log.looks.push(time.monotonicMs() - startMs);
      const found = answer(log.known);
      if (found !== null) log.known = found;
      return found;
    },
  });
  const pass = async (ms: number): Promise<void> => {
    time.advance(ms);
    await settled();
  };
  const hint = async (): Promise<void> => {
    log.hint();
    await settled();
  };
  return { follower, log, time, pass, hint };
}

const grows = { answer: (known: number) => asRevision(known + 1) };
const stands = { answer: (known: number) => asRevision(known) };

test('looks when a hint says so, and asks for the next from where that led', async () => {
  const { follower, log, hint } = follow(grows);
  follower.poke();
  follower.poke();
  await hint();
  await hint();
  expect(log.looks).toEqual([0, 0]);
  expect(log.since).toEqual([1, 2, 3]);
});

test('looks now and then without a hint, for a driver that missed something', async () => {
  const { follower, log, pass } = follow(grows);
  follower.poke();
  await pass(29_999);
  expect(log.looks).toEqual([]);
  await pass(1);
  expect(log.looks).toEqual([30_000]);
});

test.each([
  ['that is for nothing', stands],
  ['whose look fails', { answer: () => null }],
])(
  'a hint %s is followed by a pause, each twice as long, so that no driver can keep it busy',
  async (_what, log) => {
    const { follower, log: seen, pass, hint } = follow(log);
    follower.poke();
    for (let turn = 0; turn < 7; turn += 1) {
      await hint();
      await hint();
      await pass([20, 40, 80, 160, 320, 320, 320][turn]!);
    }
    expect(seen.looks).toEqual([0, 20, 60, 140, 300, 620, 940]);
  },
);

test('ends when nobody waits any more, at the latest with the next look, and goes on for the next who does', async () => {
  const { follower, log, pass, hint } = follow(grows);
  follower.poke();
  log.wanted = false;
  await pass(30_000);
  expect(log.looks).toEqual([]);
  follower.poke();
  expect(log.since).toHaveLength(1);
  log.wanted = true;
  follower.poke();
  await hint();
  expect(log.looks).toHaveLength(1);
});

test('leaves nothing behind when it is stopped', async () => {
  const { follower, log, time, hint } = follow(stands);
  follower.poke();
  await hint();
  follower.stop();
  await settled();
  expect(time.size).toBe(0);
  follower.poke();
  await hint();
  expect(log.looks).toHaveLength(1);
});
