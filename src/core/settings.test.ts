import { expect, test } from 'vitest';
import { asDurationMs } from './ids.ts';
import { defaultSettings, settingBounds, settingsProblems, type Settings } from './settings.ts';

test('the defaults can be used', () => {
  expect(settingsProblems(defaultSettings)).toEqual([]);
});

test.each(Object.entries(settingBounds))(
  '%s is refused outside its bounds and taken at them',
  (key, [min, max]) => {
    const withValue = (value: number): Settings => ({
      ...defaultSettings,
      lockTtlMs: asDurationMs(1),
      lockTtlMaxMs: asDurationMs(86_400_000),
      [key]: value,
    });
    expect(settingsProblems(withValue(max))).toEqual([]);
    for (const value of [min - 1, max + 1, min + 0.5, NaN])
      expect(settingsProblems(withValue(value))[0]).toContain(key);
  },
);

test('a lease longer than the longest lease is refused', () => {
  const settings = { ...defaultSettings, lockTtlMs: asDurationMs(2), lockTtlMaxMs: asDurationMs(1) };
  expect(settingsProblems(settings)).toEqual([expect.stringContaining('lockTtlMaxMs')]);
});
