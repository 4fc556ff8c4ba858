import { expect, it } from 'vitest';
import { compareVersions } from './version.ts';

it.each([
  ['1.0.0', '1.0.1'],
  ['1.9.0', '1.10.0'],
  ['0.9.9', '1.0.0'],
  ['1.0.0-rc.1', '1.0.0'],
  ['1.0.0-alpha', '1.0.0-beta'],
])('%s is older than %s', (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0);
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
});

it('build metadata does not count', () => {
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
});
