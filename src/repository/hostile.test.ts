import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readScope, type ScopeReading } from './scopes/read-scope.ts';

const read = (bytes: Uint8Array | string): ScopeReading =>
  readScope(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, {
    file: 'x/rhema.yaml',
    folderName: 'x',
  });

const codeOf = (bytes: Uint8Array | string): string | undefined => read(bytes).problems[0]?.code;

/** A file nearly as large as the bounds allow: where cost that grows with the square of the size would show. */
const filled = (piece: (index: number) => string, head = ''): string => {
  const parts = [head];
  for (let index = 0, size = head.length; size < 1_000_000 && index < 24_000; index += 1) {
    const part = piece(index);
    parts.push(part);
    size += part.length;
  }
  return parts.join('');
};

describe('files that are made to hurt are refused', () => {
  test.each([
    ['ten megabytes', 'FILE_TOO_LARGE', 'a: b\n'.repeat(2_000_000)],
    ['not UTF-8', 'NOT_UTF8', Buffer.from([0x6e, 0x61, 0x6d, 0x65, 0x3a, 0x20, 0xff, 0xfe])],
    ['UTF-16', 'NOT_UTF8', Buffer.from('\uFEFFname: a', 'utf16le')],
    ['brackets in brackets', 'TOO_DEEP', `name: ${'['.repeat(5_000)}`],
    ['braces in braces', 'TOO_DEEP', `name: ${'{a: '.repeat(5_000)}`],
    ['lists in lists on one line', 'TOO_DEEP', `${'- '.repeat(50_000)}a`],
    ['explicit keys in explicit keys', 'TOO_DEEP', `${'? '.repeat(50_000)}a`],
    [
      'indentation',
      'TOO_DEEP',
      Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
    ],
    ['aliases', 'TOO_MANY_ALIASES', `a: &a x\nb: [${'*a, '.repeat(200)}]\n`],
  ])('%s', (_what, code, bytes) => {
    expect(codeOf(bytes)).toBe(code);
  });

  test('nesting up to the bound is read, one more is not', () => {
    const nested = (depth: number): string => `name: x\na: ${'['.repeat(depth)}${']'.repeat(depth)}\n`;
    expect(read(nested(99)).problems).toEqual([]);
    expect(codeOf(nested(100))).toBe('TOO_DEEP');
    const indented = (depth: number): string =>
      Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}name:\n`).join('');
    expect(codeOf(indented(100))).not.toBe('TOO_DEEP');
    expect(codeOf(indented(101))).toBe('TOO_DEEP');
  });

  test('long texts with brackets, dashes and indentation are not nesting', () => {
    const art = Array.from(
      { length: 500 },
      (_, line) => `${' '.repeat(2 + ((line * 37) % 150))}- [x] {y}\n`,
    ).join('');
    expect(read(`name: x\ndescription: |\n${art}`)).toMatchObject({ scope: { name: 'x' }, problems: [] });
  });

  test('a billion laughs are not expanded', () => {
    const lines = Array.from(
      { length: 30 },
      (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
    );
    const reading = read(`name: x\na0: &a0 lol\n${lines.join('\n')}\ndependencies: *a30\n`);
    expect(reading.scope).toBeNull();
  });

  test('an alias to the list that holds it does not go round in circles', () => {
    expect(read('name: x\ndependencies: &a [*a]\n').problems).toMatchObject([{ code: 'INVALID_DEPENDENCY' }]);
  });
});

describe('as much as the bounds allow is read in about a second', () => {
  test.each([
    ['keys', filled((index) => `k${index}: 1\n`)],
    ['equal keys', filled(() => `k: 1\n`)],
    ['dependencies', filled(() => `  - a\n`, 'name: a\ndependencies:\n')],
    ['anchors', filled((index) => `- &a${index} x\n`)],
    ['aliases', filled(() => `- *a\n`, '- &a x\n')],
    ['errors', filled(() => `] [`)],
    ['tags', filled(() => '!a ')],
    ['spaces', ' '.repeat(1_000_000)],
    ['tabs', `a:\n${'\t'.repeat(1_000_000)}`],
    ['line ends', filled(() => '\n')],
    ['quotes', filled(() => '"')],
    ['an open text', filled(() => 'x\n', 'a: "')],
    ['one long text', `a: ${'x '.repeat(500_000)}`],
    ['flow pairs', filled(() => 'a: b, ', '{')],
    ['block text', filled(() => `  ${'x'.repeat(40)}\n`, 'a: |\n')],
    ['dashes', `a: ${'-'.repeat(1_000_000)}`],
    ['question marks', `${'?'.repeat(1_000_000)}`],
    ['comments', filled(() => `#${'x'.repeat(40)}\n`)],
    ['directives', filled(() => '%YAML 1.2\n')],
  ])('%s', { timeout: 10_000 }, (_what, text) => {
    expect(read(text).problems.length).toBeLessThan(25_000);
  });
});

test('no bytes make the reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const { scope, problems } = read(bytes);
      expect(scope !== null || problems.some(({ severity }) => severity === 'error')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

const fragments = [
  'name: ·scope_type·dependencies:·rhema:·scope:·path: ·../b·  ·\t·\n·\r\n·- ·? ·: ·[·]·{·}·,·&a ·*a·<<: *a·!!binary ·!x ·|·>',
  `·"·'·#·---\n·...\n·%YAML 1.1\n·~·\0·\u2028·\u202e·\uFEFF·0x1F·.inf·1e999·2020-01-01·ａ·\\`,
].flatMap((line) => line.split('·'));

test('no mixture of YAML makes the reader throw, and what it reports has a place inside the file', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...fragments), { maxLength: 60 }), (parts) => {
      const text = parts.join('');
      const lines = text.split('\n').length;
      for (const { line, column } of read(text).problems) {
        expect(line === null || (line >= 1 && line <= lines)).toBe(true);
        expect(column === null || column >= 1).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
});
