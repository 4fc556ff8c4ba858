import { beforeEach, expect, it } from 'vitest';
import { asTimeMs } from '../core/index.ts';
import { ManualClock, ManualTime } from '../time/index.ts';
import { LogClock } from './log-clock.ts';
import { Renewal } from './renewal.ts';

/** The log's time when the tests begin; the host's monotonic clock is far from it. */
const startMs = 5_000_000;

let clock: ManualClock;
let timers: ManualTime;
let logClock: LogClock;
let beatsMs: number[];
let renewal: Renewal;

beforeEach(() => {
  clock = new ManualClock({ monotonicMs: 70, wallMs: 123 });
  timers = new ManualTime(clock);
  logClock = new LogClock(clock);
  logClock.heard({ atMs: asTimeMs(startMs) }, clock.monotonicMs());
  beatsMs = [];
  const hostClock = {
    schedule: (delayMs: number, callback: () => void) => timers.schedule(delayMs, callback),
    monotonicMs: () => clock.monotonicMs(),
  };
  renewal = new Renewal(hostClock, logClock, () => beatsMs.push(logClock.nowMs() - startMs));
});

it('the log has a time of its own, which runs on by the monotonic clock', () => {
  expect(logClock.nowMs()).toBe(startMs);
  clock.jumpWall(-3_600_000);
  clock.advance(5);
  expect(logClock.nowMs()).toBe(startMs + 5);
  expect(new LogClock({ wallMs: () => 9, monotonicMs: () => 1 }).nowMs()).toBe(9);
});

it('a beat comes when a third of the shortest time that is left is over', () => {
  renewal.renewed([startMs + 900_000, startMs + 60_000]);
  timers.advance(900_000);
  expect(beatsMs).toEqual([20_000]);
});

it('a deadline that comes nearer brings the beat forward, one that is farther does not put it off', () => {
  renewal.renewed([startMs + 60_000]);
  renewal.mind([startMs + 3_600_000]);
  renewal.mind([startMs + 30_000]);
  timers.advance(60_000);
  expect(beatsMs).toEqual([10_000]);
});

it('beats do not come faster than twice a second, however short a lease is, nor later than in an hour', () => {
  renewal.renewed([startMs + 3]);
  timers.advance(499);
  expect(beatsMs).toEqual([]);
  timers.advance(1);
  expect(beatsMs).toEqual([500]);
  renewal.renewed([startMs + 1_000_000_000]);
  timers.advance(3_600_000);
  expect(beatsMs).toEqual([500, 3_600_500]);
});

it('what failed is tried again after a time, whatever was armed', () => {
  renewal.renewed([startMs + 60_000]);
  renewal.begin();
  renewal.again(1_000);
  timers.advance(60_000);
  expect(beatsMs).toEqual([1_000]);
});

it('a deadline that comes nearer counts also when the log has jumped meanwhile', () => {
  renewal.renewed([startMs + 900_000]);
  logClock.heard({ atMs: asTimeMs(startMs + 600_000) }, clock.monotonicMs());
  renewal.mind([startMs + 660_000]);
  timers.advance(60_000);
  expect(beatsMs).toEqual([620_000]);
});

it('the fastest answer tells best what the time of the log is, unless that has moved', () => {
  clock.advance(1_000);
  logClock.heard({ atMs: asTimeMs(startMs + 1_000) }, clock.monotonicMs() - 400);
  expect(logClock.nowMs()).toBe(startMs + 1_000);
  clock.advance(1_000);
  logClock.heard({ atMs: asTimeMs(startMs + 1_990) }, clock.monotonicMs());
  expect(logClock.nowMs()).toBe(startMs + 1_990);
  logClock.heard({ atMs: asTimeMs(startMs + 9_000) }, clock.monotonicMs() - 5);
  expect(logClock.nowMs()).toBe(startMs + 9_005);
});

it('nothing is armed any more once it has been stopped', () => {
  renewal.renewed([startMs + 60_000]);
  renewal.stop();
  renewal.mind([startMs + 30]);
  timers.advance(60_000);
  expect([beatsMs, timers.size]).toEqual([[], 0]);
});
