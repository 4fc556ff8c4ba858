import { expect, it } from 'vitest';
import { findBlocks, matchesOutput } from './blocks.ts';

it('finds the blocks under comments, with what they must answer, and no others', () => {
  const text = [
    '```sh\nnot run\n```',
    '<!-- run -->\n\n```sh\nfirst\n```',
    '<!-- run exit=3 output -->\n```sh\nsecond\n```\n\n```text\nrefused\n```',
  ].join('\n\n');
  expect(findBlocks(text)).toEqual([
    { line: 5, script: 'first\n', exitCode: 0, output: null },
    { line: 11, script: 'second\n', exitCode: 3, output: 'refused\n' },
  ]);
});

it.each([
  ['no block', '<!-- run -->\n\nwords\n\n```sh\ntoo late\n```'],
  ['a block of another language', '<!-- run -->\n```ts\nlet x\n```'],
  ['no output to compare with', '<!-- run output -->\n```sh\necho\n```\nwords'],
  ['a wish that nobody knows', '<!-- run exti=3 -->\n```sh\necho\n```'],
])('refuses a comment with %s under it', (_kind, text) => {
  expect(() => findBlocks(text)).toThrow(/^line 1: /);
});

it('compares output literally but for the dots', () => {
  expect(matchesOutput('token 17 (a+b)  \n', 'token ... (a+b)\n')).toBe(true);
  expect(matchesOutput('one\ntwo\nthree\n', 'one\n...\nthree')).toBe(true);
  expect(matchesOutput('token 17\nmore\n', 'token ...7')).toBe(false);
  expect(matchesOutput('token 17', 'tok.n 17')).toBe(false);
});
