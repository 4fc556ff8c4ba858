import { expect, it } from 'vitest';
import type { FoundEntry } from '../../context/index.ts';
import { createStyle } from '../format/style.ts';
import { foundText } from './context-search.ts';

it('no line of what was found is wider than the terminal', () => {
  const found = {
    kind: 'todos',
    id: 'long',
    title: 'word '.repeat(40).trim(),
    excerpt: 'more '.repeat(40).trim(),
    file: 'src/core/.rhema/todos.yaml',
    line: 3,
  } as unknown as FoundEntry;
  const told = { all: 1, about: null, start: null, hasWords: true };
  const narrow = foundText(createStyle({ color: false, columns: 40 }), [found], told).split('\n');
  expect(Math.max(...narrow.map(({ length }) => length))).toBeLessThanOrEqual(40);
  expect(foundText(createStyle({ color: false, columns: null }), [found], told).split('\n')).toHaveLength(3);
});
