import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitsFolder,
  fitsPath,
  parsePattern,
  patternLengthMax,
  patternOf,
  type PathKind,
  type PathPattern,
} from './patterns.ts';

function pattern(text: string): PathPattern {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new Error(`${text} ${parsed.problem}`);
  return parsed.pattern;
}

const fits = (text: string, path: string, kind: PathKind = 'file'): boolean =>
  fitsPath(pattern(text), path, kind);

describe('a pattern fits', () => {
  it.each([
    ['a file of its name in any folder', '*.lock', 'crates/a/Cargo.lock'],
    ['a file of its name at the top', '*.lock', 'yarn.lock'],
    ['all that lies in a folder of its name', 'fixtures', 'packages/a/fixtures/b/c.ts'],
    ['what lies in the folder that it names', 'docs/guide', 'docs/guide/a/b.md'],
    ['the file that it names', 'docs/guide.md', 'docs/guide.md'],
    ['only from the top, with a slash first', '/docs', 'docs/a.md'],
    ['any number of folders for two stars', 'a/**/z', 'a/b/c/z'],
    ['no folder for two stars', 'a/**/z', 'a/z'],
    ['no folder for two stars at the beginning', '**/fixtures/**', 'fixtures/a'],
    ['what lies below, for two stars at the end', 'docs/**', 'docs/a/b'],
    ['one of several texts', '*.{lock,sum}', 'go.sum'],
    ['one of several texts within others', '{a,b{c,d}}/x', 'bd/x'],
    ['nothing as one of several texts', 'x{,y}', 'x'],
    ['one letter for a question mark', 'v?.md', 'docs/v1.md'],
    ['several stars in one name', '*a*b*c', 'xxaxxbxxc'],
    ['a name with brackets', 'app/[id]/**', 'app/[id]/page.tsx'],
    ['a hidden name', '*', '.github/x'],
    ['another form of the same letters', 'cafe\u0301/x', 'caf\u00e9/x'],
  ])('%s', (_title, text, path) => {
    expect(fits(text, path)).toBe(true);
  });

  it.each([
    ['a longer name', 'fixtures', 'packages/fixtures2/a'],
    ['over a slash with one star', 'docs/*.md', 'docs/a/b.md'],
    ['below the top with a slash first', '/docs', 'a/docs/x'],
    ['below the top with a slash inside', 'docs/api', 'a/docs/api'],
    ['the folder itself, with two stars at the end', 'docs/**', 'docs'],
    ['a file where a folder is meant', 'docs/', 'docs'],
    ['other case', 'Docs', 'docs/a'],
    ['the top folder', '**', '.'],
    ['two letters for a question mark', 'v?', 'v10'],
    ['a shorter name', '*ab', 'b'],
  ])('not %s', (_title, text, path) => {
    expect(fits(text, path)).toBe(false);
  });

  it('a folder, where a folder is meant', () => {
    expect(fits('docs/', 'docs', 'folder')).toBe(true);
    expect(fits('docs/', 'a/docs/x.md')).toBe(true);
  });
});

it('a folder is fitted itself, or through one above it', () => {
  const below = pattern('packages/astro/src/*');
  expect(fitsFolder(below, 'packages/astro/src/core')).toBe(true);
  expect(fitsFolder(below, 'packages/astro/src/core/app')).toBe(false);
  expect(fitsFolder(below, 'packages/astro/src')).toBe(false);
  expect(fitsPath(below, 'packages/astro/src/core/app', 'folder')).toBe(true);
});

describe('a pattern is refused', () => {
  it.each([
    ['empty', ' ', 'is empty'],
    ['too long', 'a'.repeat(patternLengthMax + 1), 'letters'],
    ['with a backslash', 'a\\b', 'backslash'],
    ['that takes something back', '!a', 'begins with !'],
    ['that leads out', '../a', '`..`'],
    ['with an empty name', 'a//b', 'empty name'],
    ['of slashes alone', '/', 'empty name'],
    ['with a control character', 'a\u0007', 'control character'],
    ['with an open brace', '{a,b', 'brace'],
    ['with a closing brace', 'a}b{c}', 'brace'],
    ['with too many alternatives', '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}', 'more than 64'],
    ['with alternatives without number', '{a,b}'.repeat(51), 'more than 64'],
    ['with a depth of braces', '{'.repeat(128) + '}'.repeat(127), 'brace'],
  ])('%s', (_title, text, said) => {
    const parsed = parsePattern(text);
    expect(parsed).toMatchObject({ ok: false, problem: expect.stringContaining(said) as string });
  });
});

const name = fc.stringMatching(/^[ab*?]{1,6}$/);
const plainName = fc.stringMatching(/^[abc]{1,8}$/);
const path = fc.array(plainName, { minLength: 1, maxLength: 6 }).map((names) => names.join('/'));
const patternText = fc
  .array(fc.oneof(name, fc.constant('**')), { minLength: 1, maxLength: 5 })
  .chain((steps) => fc.constantFrom('', '/').map((first) => first + steps.join('/')));

/** The same as an expression of the engine, which may take its time with such short texts. */
function asExpression(text: string): RegExp {
  const isAnywhere = !text.slice(0, -1).includes('/') && !/^\*+$/.test(text);
  const steps = text.replace(/^\//, '').split('/');
  const parts = steps.map((step, index) => {
    if (/^\*\*+$/.test(step)) return index === steps.length - 1 ? '[^/]+' : '(?:[^/]+/)*';
    const letters = step.replaceAll(/\*+/g, '*').replaceAll('?', '[^/]').replaceAll('*', '[^/]*');
    return index === steps.length - 1 ? letters : `${letters}/`;
  });
  return new RegExp(`^${isAnywhere ? '(?:[^/]+/)*' : ''}${parts.join('')}(?:/.*)?$`);
}

it('agrees with an expression of the engine', () => {
  fc.assert(
    fc.property(patternText, path, (text, at) => {
      expect(fits(text, at)).toBe(asExpression(text).test(at));
    }),
    { numRuns: 3_000 },
  );
});

it('whatever fits a folder fits all that lies in it', () => {
  fc.assert(
    fc.property(patternText, path, path, (text, folder, below) => {
      if (fits(text, folder, 'folder')) expect(fits(text, `${folder}/${below}`)).toBe(true);
    }),
  );
});

it('a path made a pattern fits itself, and whatever it is called', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a{}*?!,[\]]{1,4}$/), { minLength: 1, maxLength: 4 }),
      (names) => {
        const folder = names.join('/');
        expect(fitsFolder(pattern(patternOf(folder)), folder)).toBe(true);
      },
    ),
  );
});

it('no text makes it slow or throws', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (text, at) => {
      const parsed = parsePattern(text);
      if (parsed.ok) expect(typeof fitsPath(parsed.pattern, at, 'file')).toBe('boolean');
    }),
  );
  const stars = pattern('*a'.repeat(120));
  const folders = pattern('**/a/'.repeat(50));
  // With a matcher that goes back to every star, or to every folder, these two would not end.
  expect(fitsPath(stars, `${'a'.repeat(100_000)}b`, 'file')).toBe(false);
  expect(fitsPath(folders, `${'a/'.repeat(2_000)}b`, 'file')).toBe(true);
});
