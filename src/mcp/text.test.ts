import { expect, it } from 'vitest';
import { purpose, quoted, quotedText } from './text.ts';

it('a name is shown whole, with what hides in it as escapes', () => {
  const name = `packages/${'x'.repeat(400)}\u202e`;
  expect(quoted(name)).toBe(`"packages/${'x'.repeat(400)}\\u202e"`);
});

it('what somebody wrote is shown without what hides in it, and shortened', () => {
  const hidden = String.fromCodePoint(0xe016f, 0xe0162, 0xe0165, 0xe0179);
  expect(quotedText(`A${hidden}\u3164\u115f\u034f\u009bZ`)).toBe('"AZ"');
  expect(quotedText('x'.repeat(300))).toBe(`"${'x'.repeat(197)}..."`);
  expect(purpose('one\u2028two "three"')).toBe(' for "one two \\"three\\""');
});
