import { expect, it } from 'vitest';
import { scriptsIn } from './embedded-scripts.ts';

it('takes a plain file as it is', () => {
  expect(scriptsIn('a/x.ts', '1')).toEqual([{ name: 'a/x.ts', text: '1' }]);
});

it('tells the language of every script of a component', () => {
  const text =
    '<script>1</script>\n<script lang="tsx" setup>2</script><script type="text/template">3</script>';
  expect(scriptsIn('x.vue', text)).toEqual([
    { name: 'script.ts', text: '1' },
    { name: 'script.tsx', text: '2' },
  ]);
});

/** Looked through anew from every beginning, the largest text that is read would take hours. */
const bytes = 4 * 1024 * 1024;

it.each([
  ['scripts without an end', '<script>'],
  ['tags without an end', '<script '],
  ['texts in tags', '<script "'],
  ['comments without an end', '<!--'],
  ['lines of a page', 'import\n'],
  ['marks', '---'],
])('looks through %s within the time that it takes to read them once', (_title, mark) => {
  const text = mark.repeat(bytes / mark.length);
  for (const file of ['x.vue', 'x.svelte', 'x.astro', 'x.mdx'])
    expect(scriptsIn(file, text).every((script) => script.text.length <= text.length)).toBe(true);
});
