import { expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

const hex = (letter: string, length: number): string => letter.repeat(length);

it.each([
  ['a token', `admit(rhema_${hex('a', 12)}_${hex('b', 72)})`, `admit(rhema_${hex('a', 12)}_[redacted])`],
  ['a token that was cut', `rhema_${hex('a', 12)}_${hex('b', 20)}`, `rhema_${hex('a', 12)}_[redacted]`],
  ['a header', 'authorization: Bearer MARK, x', 'authorization: [redacted] [redacted], x'],
  ['a header that is quoted', '{"Authorization":"Basic MARK"}', '{"Authorization":[redacted]}'],
  ['the secret of a session', `no ${hex('c', 64)} here`, 'no [redacted] here'],
  ['a secret in a body', '{"secret":"MARK","agent":"ann"}', '{"secret":[redacted],"agent":"ann"}'],
  ['a secret in a body that is quoted', '"{\\"newSecret\\": \\"MARK\\"}"', '"{\\"newSecret\\": [redacted]}"'],
  ['the secret of a webhook', 'whsec_MARK+/= is wrong', '[redacted] is wrong'],
  ['a cookie', 'set-cookie=MARK; Path=/', 'set-cookie=[redacted] Path=/'],
])('%s is left out', (_what, text, left) => {
  expect(withoutSecrets(text)).toBe(left);
});

it.each([
  `commit ${hex('d', 40)}`,
  'the lock has fencing token 17',
  'Unexpected token } in JSON at position 4',
  'no token lets in',
])('%j stays', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

it('what is long is cut', () => {
  expect(withoutSecrets('x'.repeat(10_000))).toHaveLength(8_193);
});
