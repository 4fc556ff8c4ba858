import { describe, expect, it } from 'vitest';
import { Alarm } from './alarm.ts';
import { ManualClock, ManualTime } from '../time/index.ts';

function makeAlarm() {
  const clock = new ManualClock();
  const timers = new ManualTime(clock);
  const rings: number[] = [];
  const startMs = clock.monotonicMs();
  const alarm = new Alarm(clock, timers, () => rings.push(clock.monotonicMs() - startMs));
  return { alarm, timers, rings };
}

describe('the alarm', () => {
  it('rings once, at the earliest of the times it was set to', () => {
    const { alarm, timers, rings } = makeAlarm();
    alarm.ringWithin(50);
    alarm.ringWithin(20);
    alarm.ringWithin(90);
    timers.advance(200);
    expect(rings).toEqual([20]);
  });

  it('looks early rather than never when the time is too far for a timer of the system', () => {
    const { alarm, timers, rings } = makeAlarm();
    alarm.ringWithin(2 ** 40);
    timers.advance(3_600_000);
    expect(rings).toEqual([3_600_000]);
  });

  it('rings no more once it is stopped', () => {
    const { alarm, timers, rings } = makeAlarm();
    alarm.ringWithin(50);
    alarm.stop();
    alarm.ringWithin(10);
    timers.advance(100);
    expect(rings).toEqual([]);
  });
});
