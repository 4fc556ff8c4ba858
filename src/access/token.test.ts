import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestOf, isOfDigest, newToken, readToken } from './token.ts';

/** As it once was printed: the form is kept, as there are tokens in the hands of others. */
const printed = `rhema_0123456789ab_${'c'.repeat(64)}12adf1ea`;

const hexDigits = Array.from({ length: 16 }, (_, digit) => digit.toString(16));

it('has one form, which a scanner for secrets finds', () => {
  const { id, text } = newToken();
  expect(text).toMatch(/^rhema_[0-9a-f]{12}_[0-9a-f]{72}$/);
  expect(text.slice(6, 18)).toBe(id);
  expect(readToken(text)).toEqual({ id, text });
});

it('keeps its form and its checksum from version to version', () => {
  expect(readToken(printed)).toEqual({ id: '0123456789ab', text: printed });
});

it('is another one each time, in its id and in its secret', () => {
  const made = Array.from({ length: 100 }, newToken);
  expect(new Set(made.map(({ id }) => id)).size).toBe(100);
  expect(new Set(made.map(({ text }) => text.slice(19, 83))).size).toBe(100);
});

it.each([
  ['nothing', ''],
  ['a token of others', `ghp_${'a'.repeat(36)}`],
  ['one cut short', printed.slice(0, -1)],
  ['one with more at its end', `${printed}0`],
  ['one with a line break', `${printed}\n`],
  ['one with a space before it', ` ${printed}`],
  ['one in capitals', printed.toUpperCase()],
])('%s is none', (_title, text) => {
  expect(readToken(text)).toBeNull();
});

it('is told from one that was typed wrongly, in whichever letter', () => {
  const { text } = newToken();
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...hexDigits), (at, letter) => {
      const other = text.slice(0, at) + letter + text.slice(at + 1);
      expect(readToken(other) === null).toBe(other !== text);
    }),
  );
});

it('has a digest of its own, in which it is not to be read', () => {
  const [one, other] = [newToken(), newToken()];
  const digest = digestOf(one);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(one.text).not.toContain(digest);
  expect(isOfDigest(one, digest)).toBe(true);
  expect(isOfDigest(other, digest)).toBe(false);
  expect(isOfDigest({ ...other, id: one.id }, digest)).toBe(false);
});

it('is not of a digest that was cut short', () => {
  const token = newToken();
  expect(isOfDigest(token, digestOf(token).slice(0, 63))).toBe(false);
  expect(isOfDigest(token, '')).toBe(false);
});
