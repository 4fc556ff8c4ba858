import { every, type Cancel, type Time } from '../time/index.ts';

const lookEveryMs = 500;

/** Tells again and again how much later than it should a timer was called: for so long nobody else was served either. */
export function watchLoop(time: Time, tell: (lateMs: number) => void): Cancel {
  let setAtMs = time.monotonicMs();
  return every(time, lookEveryMs, () => {
    const nowMs = time.monotonicMs();
    tell(Math.max(0, nowMs - setAtMs - lookEveryMs));
    setAtMs = nowMs;
  });
}
