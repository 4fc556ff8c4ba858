import { expect, test } from 'vitest';
import { asDurationMs } from './ids.ts';
import { defaultSettings, sameSettings, settingBounds, settingsProblems, type Settings } from './settings.ts';

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

test('patterns of free files that cannot be read are refused, and too many of them', () => {
  const withFree = (...freePaths: readonly string[]): Settings => ({ ...defaultSettings, freePaths });
  expect(settingsProblems(withFree('*.lock', '.changeset/**'))).toEqual([]);
  expect(settingsProblems(withFree('a/../b'))).toEqual([expect.stringContaining('"a/../b" of freePaths')]);
  const many = Array.from({ length: 201 }, (_, index) => `${index}.lock`);
  expect(settingsProblems(withFree(...many))).toEqual([expect.stringContaining('201 patterns')]);
});

test('settings differ by each of their lists, too', () => {
  const withFree = (...freePaths: readonly string[]): Settings => ({ ...defaultSettings, freePaths });
  expect(sameSettings(withFree('a', 'b'), withFree('a', 'b'))).toBe(true);
  expect(sameSettings(withFree('a', 'b'), withFree('a', 'c'))).toBe(false);
  expect(sameSettings(withFree('a'), withFree('a', 'b'))).toBe(false);
  expect(sameSettings(defaultSettings, { ...defaultSettings, claimLevel: 'scope' })).toBe(false);
});
