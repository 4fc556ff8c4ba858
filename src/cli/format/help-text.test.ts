import { expect, it } from 'vitest';
import { helpFitted } from './help-text.ts';
import { createStyle } from './style.ts';

const on = (columns: number | null) => createStyle({ color: false, columns });

const text = 'Says who\nholds what.\n\n  rhema status\n  rhema why a\nSee there.\n{ "ok": true }';

it('the lines of a paragraph are filled anew; what is indented, and JSON, stands for itself', () => {
  expect(helpFitted(on(80), text)).toBe(text.replace('who\nholds', 'who holds'));
  expect(helpFitted(on(14), text).split('\n').slice(0, 3)).toEqual(['Says who holds', 'what.', '']);
});

it('what is no terminal gets it as it is', () => {
  expect(helpFitted(on(null), text)).toBe(text);
});
