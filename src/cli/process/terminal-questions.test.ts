import { expect, test } from 'vitest';
import { sizeUnlessKnown } from './terminal-questions.ts';

test('a terminal that does not know its size has the usual one, for questions as for all else', () => {
  const unknown = { columns: 0, rows: 0 };
  sizeUnlessKnown(unknown, { COLUMNS: '0' });
  expect(unknown).toEqual({ columns: 80, rows: 24 });
  const narrow = { columns: 40, rows: 10 };
  sizeUnlessKnown(narrow, { COLUMNS: '100' });
  expect(narrow).toEqual({ columns: 40, rows: 10 });
});
