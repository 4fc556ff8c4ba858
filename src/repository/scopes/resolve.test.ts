import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphOf, makeRepository, problemsOf, scan, write } from '../testing/fixture.ts';
import type { ScanResult } from '../index.ts';

/** A repository of scopes that exist, and one more, `apps/web`, that names one dependency. */
async function depends(
  on: string,
  others: readonly string[] = ['libs/core', 'apps/mail'],
): Promise<ScanResult> {
  const item = on.startsWith('{') ? on : `{ path: ${JSON.stringify(on)} }`;
  const files = others.map((path) => [join(path, 'rhema.yaml'), `name: the-${path.split('/').at(-1)}\n`]);
  return scan(
    makeRepository({
      ...(Object.fromEntries(files) as Record<string, string>),
      'apps/web/rhema.yaml': `name: web\ndependencies:\n  - ${item}\n`,
    }),
  );
}

const webOf = (result: ScanResult): unknown => graphOf(result)['apps/web'];

describe('one scope in all the ways it is written', () => {
  test.each([
    ['from the scope', '../../libs/core'],
    ['from the scope, untidily', './..//../libs/./core/'],
    ['from the top', 'libs/core'],
    ['from the top, said so', '/libs/core'],
    ['as an id', 'libs/core/.rhema'],
    ['as a file', 'libs/core/rhema.yaml'],
    ['as a file in its folder', '../../libs/core/.rhema/scope.yaml'],
    ['with backslashes', '..\\..\\libs\\core'],
    ['by name', 'the-core'],
    ['by name, in a list of names', '{ name: the-core, version: 1.0.0 }'],
  ])('%s: %s', async (_how, text) => {
    const result = await depends(text);
    expect(webOf(result)).toEqual(['libs/core']);
    expect(result.problems).toEqual([]);
  });

  test.each([['../..'], ['.rhema'], ['/'], ['rhema.yaml'], ['the-root']])('the root: %s', async (text) => {
    const others = { 'rhema.yaml': 'name: the-root\n' };
    const result = await scan(
      makeRepository({ ...others, 'a/b/rhema.yaml': `name: b\ndependencies: ["${text}"]\n` }),
    );
    expect(graphOf(result)['a/b']).toEqual(['.']);
  });

  test('an absolute path below the top', async () => {
    const root = makeRepository({ 'a/rhema.yaml': 'name: a\n' });
    const text = `name: b\ndependencies: ['${root}/a/.rhema']\n`;
    write(root, { 'b/rhema.yaml': text });
    expect(graphOf(await scan(root))).toEqual({ a: [], b: ['a'] });
  });

  test('dependencies are sorted and named once', async () => {
    const text = 'name: c\ndependencies: [../b, ../a, a, b/.rhema]\n';
    const files = { 'a/rhema.yaml': 'name: a\n', 'b/rhema.yaml': 'name: b\n', 'c/rhema.yaml': text };
    expect(graphOf(await scan(makeRepository(files)))).toMatchObject({ c: ['a', 'b'] });
  });
});

describe('two meanings', () => {
  const twice = ['core', 'apps/web/core'];

  test('are an error that names both and how to say which', async () => {
    const result = await depends('core', twice);
    expect(problemsOf(result)).toEqual(['AMBIGUOUS_DEPENDENCY apps/web/rhema.yaml:3:13']);
    expect(result.problems[0]?.message).toMatch(
      /"apps\/web\/core", "core": write "\/apps\/web\/core" or "\/core"/,
    );
    expect(webOf(result)).toEqual([]);
  });

  test.each([
    ['./core', 'apps/web/core'],
    ['/core', 'core'],
    ['/apps/web/core', 'apps/web/core'],
    ['../../core', 'core'],
  ])('are told apart by writing %s', async (text, meant) => {
    expect(webOf(await depends(text, twice))).toEqual([meant]);
  });

  test('a name of two scopes is an error only where it is used', async () => {
    const result = await depends('the-core', ['a/core', 'b/core']);
    expect(problemsOf(result)).toEqual(['AMBIGUOUS_DEPENDENCY apps/web/rhema.yaml:3:13']);
    expect((await depends('/a/core', ['a/core', 'b/core'])).problems).toEqual([]);
  });

  test('a scope is not taken to mean itself where another is possible', async () => {
    expect(webOf(await depends('web', ['web']))).toEqual(['web']);
  });

  test('a dependency on itself is passed on: the core refuses it', async () => {
    expect(webOf(await depends('../web'))).toEqual(['apps/web']);
  });
});

describe('no meaning', () => {
  test.each([
    ['libs/cor', 'UNKNOWN_DEPENDENCY', 'did you mean "libs/core"?'],
    ['the-coer', 'UNKNOWN_DEPENDENCY', 'did you mean "the-core"?'],
    ['Libs/Core', 'UNKNOWN_DEPENDENCY', 'upper and lower case count, write "libs/core"'],
    ['../../LIBS/core/', 'UNKNOWN_DEPENDENCY', 'upper and lower case count, write "libs/core"'],
    ['something/else/entirely', 'UNKNOWN_DEPENDENCY', 'write the path of a folder'],
    ['../../../outside', 'OUTSIDE_REPOSITORY', 'leads out of the repository'],
    ['a\0b', 'INVALID_DEPENDENCY', 'control character'],
    ['l\u0456bs/core', 'UNKNOWN_DEPENDENCY', 'did you mean "libs/core"?'],
    ['/etc/passwd', 'UNKNOWN_DEPENDENCY', 'is no scope'],
  ])('%j is an error', async (text, code, message) => {
    const result = await depends(text);
    expect(result.problems).toMatchObject([
      {
        code,
        severity: 'error',
        file: 'apps/web/rhema.yaml',
        line: 3,
        message: expect.stringContaining(message),
      },
    ]);
    expect(result.sound).toBe(false);
  });

  test.each(['Cargo.toml', './package.json', '{ name: tokio, version: 1.0.0, type: cargo }'])(
    '%s is a package, hence only a warning',
    async (text) => {
      const result = await depends(text);
      expect(result.problems).toMatchObject([{ code: 'EXTERNAL_DEPENDENCY', severity: 'warning' }]);
      expect(result.sound).toBe(true);
    },
  );
});

describe('a parent is no dependency', () => {
  const withParent = (parent: string, shape: 'nested' | 'beside') =>
    scan(
      makeRepository({
        'rhema.yaml': 'name: top\n',
        'apps/rhema.yaml': 'name: apps\n',
        'apps/web/rhema.yaml':
          shape === 'nested'
            ? `rhema:\n  scope:\n    name: web\n    dependencies: { parent: ${parent} }\n`
            : `name: web\nparent: ${parent}\ndependencies: []\n`,
      }),
    );

  test.each([
    ['../../gone', 'nested'],
    ['../gone/', 'beside'],
    ['/gone/.rhema', 'nested'],
    ['{ path: ../gone }', 'nested'],
    ['{ name: gone }', 'beside'],
    ['../../../..', 'nested'],
    ['"a\\tb"', 'beside'],
  ] as const)('%s, %s, is no scope: a warning, and the scope stays', async (parent, shape) => {
    const result = await withParent(parent, shape);
    expect(result.problems).toMatchObject([
      {
        code: 'UNKNOWN_PARENT',
        severity: 'warning',
        file: 'apps/web/rhema.yaml',
        message: expect.stringContaining('is no scope') as unknown,
      },
    ]);
    expect(result.definitions.map(({ path }) => path)).toEqual(['.', 'apps', 'apps/web']);
  });

  test.each([
    ['..', 'nested'],
    ['../../', 'beside'],
    ['apps', 'nested'],
    ['null', 'nested'],
    ['""', 'beside'],
    ['{}', 'beside'],
    ['3', 'nested'],
  ] as const)('%s, %s, is worth no word', async (parent, shape) => {
    expect((await withParent(parent, shape)).problems).toEqual([]);
  });
});

test('of one file at most 20 problems are told', async () => {
  const items = Array.from({ length: 100 }, (_, index) => `  - nowhere-${index}\n`).join('');
  const result = await scan(makeRepository({ 'a/rhema.yaml': `name: a\ndependencies:\n${items}` }));
  expect(result.problems).toHaveLength(21);
  expect(result.problems.at(-1)).toMatchObject({ code: 'TOO_MANY_PROBLEMS' });
});
