import { describe, expect, it } from 'vitest';
import { Call } from '../call.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, startMs } from '../testing/harness.ts';
import { momentOf } from './moment-of.ts';

const call = new Call(new Harness({ coordinator: new FakeCoordinator({}) }).ports, {}, '/repo');
const now = new Date(startMs);
const atClock = (hours: number, minutes: number, days = 0): number =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hours, minutes).getTime();

describe('a moment as typed', () => {
  it.each([
    ['10m ago', startMs - 600_000],
    ['10m', startMs - 600_000],
    ['1.5 h ago', startMs - 5_400_000],
    ['2d', startMs - 172_800_000],
    ['2026-11-22T14:02:00Z', Date.UTC(2026, 10, 22, 14, 2)],
    ['2026-11-22T14:02:00.5+02:00', Date.UTC(2026, 10, 22, 12, 2, 0, 500)],
    ['2026-11-22 14:02', new Date(2026, 10, 22, 14, 2).getTime()],
    ['2026-11-20', new Date(2026, 10, 20).getTime()],
    ['00:00', atClock(0, 0)],
    ['23:59', now.getHours() === 23 && now.getMinutes() === 59 ? atClock(23, 59) : atClock(23, 59, -1)],
  ])('%s is a time', (text, atMs) => {
    expect(momentOf(call, text)).toEqual({ kind: 'time', atMs });
  });

  it('@123 is a revision, and nothing is now', () => {
    expect(momentOf(call, '@123')).toEqual({ kind: 'revision', revision: 123 });
    expect([momentOf(call, undefined), momentOf(call, 'now')]).toEqual([null, null]);
  });

  it.each(['', 'soon', '25:00', '10:99', '@x', '2026-13-01', '-5m', '14', '2026-11-22T14:02:00Z\n'])(
    '%j is refused with the valid forms',
    (text) => {
      expect(() => momentOf(call, text)).toThrow(/write @REVISION, 10m ago, 14:02/);
    },
  );
});
