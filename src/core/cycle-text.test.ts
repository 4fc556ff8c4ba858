import { expect, it } from 'vitest';
import { cycleText } from './cycle-text.ts';

it('shows a cycle in full, and of a long one its beginning, how many more there are, and where it ends', () => {
  expect(cycleText(['a', 'b', 'a'])).toBe('a -> b -> a');
  const names = Array.from({ length: 1_900 }, (_, index) => `s${index}`);
  const text = cycleText([...names, 's0']);
  expect(text).toMatch(/^s0 -> s1 -> .* -> s11 -> \.\.\. 1888 more -> s0$/);
  expect(cycleText([...names.slice(0, 12), 's0'])).toMatch(/s10 -> s11 -> s0$/);
});
