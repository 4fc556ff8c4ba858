import { scalar } from '../../config/index.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseScopePath, type ScopePath } from '../../core/index.ts';
import { relativePath } from '../paths.ts';
import { readUntouched, renderScope, type ScopeText } from './scope-text.ts';

const paths = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom('.', 'a', 'a/b', 'a/b c', '#', '-', '1.0', "it's"),
  )
  .map((text) => parseScopePath(text))
  .filter((parsed) => parsed.ok)
  .map((parsed) => (parsed as { value: ScopePath }).value);

const scopes: fc.Arbitrary<ScopeText> = fc
  .record({
    path: paths,
    name: fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom('true', '1.0', 'a: b', '"', '#', '~', '- a'),
    ),
    type: fc.constantFrom('library', 'application'),
    dependencies: fc.uniqueArray(paths, { maxLength: 3 }),
    leftOut: fc.uniqueArray(paths, { maxLength: 2 }),
  })
  .map((scope) => ({
    ...scope,
    source: scope.path === '.' ? 'package.json' : `${scope.path}/package.json`,
    dependencies: scope.dependencies.map((to) => ({ to, type: 'required' })),
  }));

it('what is written is read again, by us and by any reader of YAML', () => {
  fc.assert(
    fc.property(scopes, (scope) => {
      const text = renderScope(scope);
      expect(readUntouched(scope.path, text)).toEqual(scope);
      expect(readUntouched(scope.path, text.replaceAll('\n', '\r\n'))).toEqual(scope);
      const value = parse(text) as { name: string; dependencies?: { path: string }[] };
      expect(value.name).toBe(scope.name);
      const written = (value.dependencies ?? []).map(({ path }) => path);
      expect(written).toEqual(scope.dependencies.map(({ to }) => relativePath(scope.path, to)));
    }),
  );
});

it.each([
  ['another name', (text: string) => text.replace('name: core', 'name: other')],
  ['another type', (text: string) => text.replace('library', 'service')],
  ['a remark', (text: string) => text.replace('name: core', 'name: core # mine')],
  ['a key', (text: string) => `${text}owner: me\n`],
  [
    'a dependency',
    (text: string) =>
      text.replace('dependencies:\n', 'dependencies:\n  - path: ../mine\n    dependency_type: required\n'),
  ],
  [
    'a dependency taken out',
    (text: string) => text.replace('  - path: ../a\n    dependency_type: required\n', ''),
  ],
  ['an empty line', (text: string) => text.replace('\nname', '\n\nname')],
])('%s by a person shows', (_title, change) => {
  const scope: ScopeText = {
    path: 'core' as ScopePath,
    name: 'core',
    type: 'library',
    source: 'core/package.json',
    dependencies: [{ to: 'a' as ScopePath, type: 'required' }],
    leftOut: [],
  };
  const text = renderScope(scope);
  expect(change(text)).not.toBe(text);
  expect(readUntouched(scope.path, change(text))).toBeNull();
});

it.each([
  'yes',
  'null',
  '1',
  '1.5',
  '-',
  '.',
  '..',
  '.5',
  '~',
  '',
  ' a',
  'a ',
  'a: b',
  '@a/b',
  '#a',
  '*a',
  '0x1f',
  '1e3',
  'a\nb',
])('%j stays a text', (text) => {
  expect(parse(`key: ${scalar(text)}\n`)).toEqual({ key: text });
});

it.each([
  ['a', 'b', '../b'],
  ['a/b', 'a/c', '../c'],
  ['a', 'a/b', './b'],
  ['.', 'a', './a'],
  ['a/b', '.', '../..'],
  ['a/b', 'a', '..'],
])('from %s to %s leads %s', (from, to, expected) => {
  expect(relativePath(from, to)).toBe(expected);
});
