import { beforeEach, expect, test } from 'vitest';
import { LazyTimers } from './lazy-timers.ts';
import { ManualTime } from './time.ts';

let time: ManualTime;
let timers: LazyTimers;
let ran: string[];
const set = (name: string, delayMs: number) => timers.schedule(delayMs, () => ran.push(name));

beforeEach(() => {
  time = new ManualTime();
  timers = new LazyTimers(time);
  ran = [];
});

test('each runs when it is due, and not before, in whichever order they were set', () => {
  set('late', 300);
  set('early', 100);
  set('between', 200);
  time.advance(99);
  expect(ran).toEqual([]);
  time.advance(1);
  expect(ran).toEqual(['early']);
  time.advance(200);
  expect(ran).toEqual(['early', 'between', 'late']);
  expect(time.size).toBe(0);
});

test('what is cancelled does not run, and what was set after it is not late for that', () => {
  const cancel = set('given up', 100);
  time.advance(50);
  cancel();
  set('next', 100);
  time.advance(99);
  expect(ran).toEqual([]);
  time.advance(1);
  expect(ran).toEqual(['next']);
});

test('those that come and go one after the other are one timer of the system', () => {
  for (let call = 0; call < 1_000; call += 1) {
    set('call', 30_000)();
    expect(time.size).toBe(1);
    time.advance(10);
  }
  time.advance(30_000);
  expect([ran, time.size]).toEqual([[], 0]);
});

test('one that runs may cancel another that is due as well, and set a new one', () => {
  timers.schedule(100, () => {
    cancel();
    set('later', 50);
  });
  const cancel = set('cancelled', 100);
  time.advance(150);
  expect(ran).toEqual(['later']);
});

test('nothing runs, and nothing is left, after it was stopped', () => {
  set('never', 100);
  timers.stop();
  expect(time.size).toBe(0);
  time.advance(100);
  expect(ran).toEqual([]);
});
