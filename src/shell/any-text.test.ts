import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readShell, type ShellReading } from './index.ts';
import { answerOf } from './testing/answers.ts';

/** What means something to a shell, and what does not. */
const pieces = [
  [
    '$(',
    '${',
    '`',
    '"',
    "'",
    "$'",
    '\\',
    '(',
    ')',
    '((',
    '{',
    '}',
    '[[',
    ']]',
    '<<E\n',
    '\nE\n',
    '<<<',
    '>',
    '>>',
    '>&',
    '&>',
  ],
  [
    '|',
    '||',
    '&&',
    ';',
    '&',
    '\n',
    ' ',
    '#',
    '!',
    '=',
    '*',
    '?',
    '[',
    ']',
    '~',
    '-',
    '--',
    ':/',
    '\0',
    '\u{1f600}',
    ',',
  ],
  [
    'if ',
    'then ',
    'fi ',
    'for ',
    'in ',
    'do ',
    'done ',
    'case ',
    'esac ',
    'while ',
    'f() ',
    'function ',
    'cd ',
    'rm ',
    'sed -i ',
  ],
  [
    'git ',
    'commit ',
    '-a',
    'find . ',
    '-exec ',
    '{} ',
    '\\;',
    'xargs ',
    'sh -c ',
    'eval ',
    'a',
    'b/c',
    '$x',
    '"$@"',
    '{a,b}',
    '{1..9}',
  ],
].flat();
const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })), {
  maxLength: 40,
});

test('any text is read, and said in paths that hold no mark', () => {
  fc.assert(
    fc.property(text, (parts) => {
      expect(JSON.stringify(readShell(parts.join('')))).not.toContain(String.raw`\u0000`);
    }),
    { numRuns: 3_000 },
  );
});

const name = fc
  .string({
    unit: fc.constantFrom(...Array.from('ab.~ -*?[]{},$`"\\!#&|;<>()=:/@+\tä\u{1f600}')),
    minLength: 1,
    maxLength: 8,
  })
  .filter((path) => !/^(\/(dev|proc)\/|-)/.test(path));

const single = (path: string): string => `'${path.replaceAll("'", String.raw`'\''`)}'`;
const double = (path: string): string => `"${path.replaceAll(/["$`\\]/g, String.raw`\$&`)}"`;
const backslashes = (path: string): string => path.replaceAll(/[^\w/]/gu, String.raw`\$&`);
const ansi = (path: string): string => `$'${path.replaceAll(/[\\']/g, String.raw`\$&`)}'`;

test.each([
  'rm -- %',
  'echo > %',
  'sed -i s/a/b/ %',
  'cp x % # y',
  'tee % < in',
  'git checkout -- :(literal)%',
])('however a path is quoted, it is the same: %s', (command) => {
  const put = (path: string, quote: (path: string) => string): readonly string[] => {
    const [before = '', after = ''] = command.split('%');
    // Parentheses of a magic word have to be quoted, too.
    const magic = before.endsWith(':(literal)') ? ':(literal)' : '';
    return answerOf(readShell(before.slice(0, before.length - magic.length) + quote(magic + path) + after));
  };
  fc.assert(
    fc.property(name, (path) => {
      const [first, ...others] = [single, double, backslashes, ansi].map((quote) => put(path, quote));
      for (const other of others) expect(other).toEqual(first);
      expect(first).toHaveLength(1);
      expect(first?.[0]).toContain(path);
    }),
  );
});

const why = ({ unjudged }: ShellReading): readonly string[] => unjudged.map((each) => each.why);

describe('what is too much is said so, at once', () => {
  const big = 256 * 1024;
  test.each([
    ['long', `rm a; ${' '.repeat(big)}`],
    ['full of substitutions', '$('.repeat(big / 2)],
    ['full of here-documents', '<<a '.repeat(big / 4)],
    ['full of functions', 'f() '.repeat(big / 4)],
    ['deep', `${'( '.repeat(60)}rm a${' )'.repeat(60)}`],
    ['deep in shells', `${'eval '.repeat(60)}rm a`],
    ['of endless functions', 'f() { f; f; }; f'],
    ['of many turns', `for a in {1..200}; do for b in {1..200}; do rm $a$b; done; done`],
    ['of many words', 'rm {1..9}{1..9}{1..9}{1..9}'],
  ])('%s', (_what, line) => {
    const start = performance.now();
    expect(why(readShell(line))).toContain('size');
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('and what is not, is judged', () => {
    const content = 'const a = `${b}`; // $(x) <<E\n'.repeat(600);
    expect(answerOf(readShell(`cat > a.ts <<'EOF'\n${content}EOF\n`))).toEqual(['> writes a.ts']);
    expect(why(readShell(`${'('.repeat(40)}rm a${')'.repeat(40)}`))).toEqual([]);
  });
});
