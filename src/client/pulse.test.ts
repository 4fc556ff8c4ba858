import { beforeEach, expect, it } from 'vitest';
import { Pulse } from './pulse.ts';

let beat: (() => void) | null;
let asked: number;
let silences: number[];
let pulse: Pulse;
beforeEach(() => {
  [beat, asked, silences] = [null, 0, []];
  pulse = new Pulse({
    beatMs: 2_000,
    ask: () => (asked += 1),
    silent: (silentMs) => silences.push(silentMs),
    every: (_, turn) => {
      beat = turn;
      return () => (beat = null);
    },
  });
});

const beats = (count: number): void => {
  for (let turn = 0; turn < count; turn += 1) beat?.();
};

it('who waits on somebody who says nothing any more is told after three beats', () => {
  pulse.watch();
  beats(3);
  expect([asked, silences]).toEqual([3, []]);
  beats(1);
  expect(silences).toEqual([6_000]);
  expect(beat).toBeNull();
});

it('whoever answers now and then is waited for as long as it takes', () => {
  pulse.watch();
  for (let round = 0; round < 100; round += 1) {
    beats(2);
    pulse.heard();
  }
  expect(silences).toEqual([]);
});

it('beats only while somebody waits, and counts anew for the next', () => {
  expect(beat).toBeNull();
  const [stop, stopOther] = [pulse.watch(), pulse.watch()];
  beats(3);
  stop();
  expect(beat).not.toBeNull();
  stopOther();
  expect(beat).toBeNull();
  pulse.watch();
  beats(3);
  expect(silences).toEqual([]);
});
