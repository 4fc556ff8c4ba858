import { describe, expect, it } from 'vitest';
import { asRevision, namesOf, scopeAround, type ScopePath } from '../core/index.ts';
import { nearestPath } from '../config/index.ts';
import type { Coordinator, ScopeView } from '../protocol/index.ts';
import { onlyOne, resourceNamed, wishNamed, type Lies, type Purpose, type TypedPath } from './naming.ts';

const scopes = ['packages/core', 'packages/web', 'services/auth/login'];
const there: Readonly<Record<string, Lies>> = {
  'packages/core/index.ts': 'file',
  'packages/core/a*.ts': 'file',
  packages: 'folder',
  'packages/core/src': 'folder',
  'packages/core/etc': 'folder',
};

const filesThere = ['packages/core/index.ts', 'packages/core/a.ts', 'packages/core/[id].ts'];

const viewOf = (path: string): ScopeView =>
  ({ path, name: path === 'packages/web' ? 'website' : path }) as unknown as ScopeView;

const coordinatorOf = (paths: readonly string[], asked: string[] = []): Pick<Coordinator, 'query'> => ({
  query: (async (query: { readonly kind: string; readonly paths?: readonly ScopePath[] }) => {
    asked.push(query.kind);
    if (query.kind === 'scopes') return { scopes: paths.map(viewOf) };
    const around = (query.paths ?? []).map((path) => scopeAround((each) => paths.includes(each), path));
    return { revision: asRevision(1), scopes: around, free: around.map(() => false), claim: 'file' };
  }) as Coordinator['query'],
});

const typed = (text: string): TypedPath => {
  const path = text.replace(/\/$/, '') as ScopePath;
  const asFile = outside.has(path)
    ? ({ ok: false, problem: `${path} leads out` } as const)
    : { ok: true as const, value: path };
  return { text, field: 'scopes[0]', asScope: definitionOf(path), asFile };
};

const outside: ReadonlySet<string> = new Set(['packages/core/etc/passwd', 'packages/core/etc']);

/** A file that defines a scope stands for it, where a scope is to be named. */
const definitionOf = (path: ScopePath): ScopePath =>
  (path.replace(/(^|\/)rhema\.yaml$/, '') || '.') as ScopePath;

const wishOf = (texts: readonly string[], paths = ['.', ...scopes], purpose: Purpose = 'claim') =>
  wishNamed(
    {
      coordinator: coordinatorOf(paths),
      liesAt: async (path) => there[path] ?? 'nothing',
      filesThere: async () => filesThere,
      nearestPath: async (path, candidates) => nearestPath(path, candidates),
    },
    texts.map(typed),
    [],
    purpose,
  );

describe('a path that somebody names', () => {
  it.each([
    ['of a scope means all of it', 'packages/core', { scopes: ['packages/core'] }],
    ['of a scope may end in a slash', 'packages/core/', { scopes: ['packages/core'] }],
    ['may be the top', '.', { scopes: ['.'] }],
    ['of a file means that', 'packages/core/index.ts', { scopes: [], files: ['packages/core/index.ts'] }],
    [
      'may be of a file that is to be',
      'packages/core/new.ts',
      { scopes: [], files: ['packages/core/new.ts'] },
    ],
    ['may be of a file in the top scope', 'Makefile', { scopes: [], files: ['Makefile'] }],
    ['of a folder that is none is taken for a scope', 'packages/core/src', { scopes: ['packages/core/src'] }],
    ['of a folder above some, too', 'packages', { scopes: ['packages'] }],
    ['that ends in a slash as well', 'packages/new/', { scopes: ['packages/new'] }],
    ['of a scope with a letter missing, too', 'packages/cor', { scopes: ['packages/cor'] }],
    ['that is the name of one, too', 'website', { scopes: ['website'] }],
    ['above scopes that are elsewhere, too', 'services/auth', { scopes: ['services/auth'] }],
    [
      'in a folder that is spelt nearly like a scope, too',
      'packages/cor/new.ts',
      { scopes: ['packages/cor/new.ts'] },
    ],
    [
      'in a new folder may be of a file that is to be',
      'packages/core/lib/new.ts',
      { scopes: [], files: ['packages/core/lib/new.ts'] },
    ],
    ['with an extension is no misspelt scope', 'packages/web.ts', { scopes: [], files: ['packages/web.ts'] }],
  ])('%s: %s', async (_case, text, wish) => {
    expect(await wishOf([text])).toEqual(wish);
  });

  it.each([
    [
      'of the file that defines a scope means that file',
      'packages/core/rhema.yaml',
      'packages/core/rhema.yaml',
    ],
    ['at the top as well', 'rhema.yaml', 'rhema.yaml'],
    ['also where it is to be', 'packages/new/rhema.yaml', 'packages/new/rhema.yaml'],
    ['with a star is of the file that is called so', 'packages/core/a*.ts', 'packages/core/a*.ts'],
    ['with brackets is one of a file that is to be', 'packages/core/[slug].ts', 'packages/core/[slug].ts'],
    ['with braces that are no alternatives as well', 'packages/{{name}}.ts', 'packages/{{name}}.ts'],
  ])('%s: %s', async (_case, text, file) => {
    expect(await wishOf([text])).toEqual({ scopes: [], files: [file] });
  });

  it.each([
    ['packages/core/*.ts', '; it fits packages/core/index.ts, packages/core/a.ts, "packages/core/[id].ts"'],
    ['packages/core/{a,b}.ts', '; it fits packages/core/a.ts'],
    ['packages/core/[ab].ts', '; it fits packages/core/a.ts'],
    ['packages/core/[a-c].ts', '; it fits packages/core/a.ts'],
    ['packages/**', '; it fits packages/core/index.ts, packages/core/a.ts, "packages/core/[id].ts"'],
    ['packages/core/?.py', ''],
    ['packages/core/a{1..3}.py', ''],
    ['*.py', ''],
  ])('that is a pattern is no claim: %s', async (text, fits) => {
    const told = `scopes[0]: "${text}" is a pattern, and no file is called so: name each file itself, or a folder that is a scope${fits}`;
    await expect(wishOf([text])).rejects.toMatchObject({ code: 'INVALID_INPUT', message: told });
    expect(await wishOf([text], undefined, 'mention')).toEqual({ scopes: [], files: [text] });
  });

  it.each(['packages/core/etc/passwd', 'packages/core/etc'])(
    'that leads out of the repository is no claim, unless it is a scope: %s',
    async (path) => {
      await expect(wishOf([path])).rejects.toMatchObject({ message: `scopes[0]: ${path} leads out` });
      expect(namesOf(await wishOf([path], undefined, 'mention'))).toEqual([path]);
      expect(await wishOf([path], ['.', path])).toEqual({ scopes: [path] });
    },
  );

  it('in no scope is taken for a scope, so that it is refused', async () => {
    expect(await wishOf(['src/a.ts'], scopes)).toEqual({ scopes: ['src/a.ts'] });
  });

  it('means the scope seen from the top, or else the file seen from the folder', async () => {
    const ports = {
      coordinator: coordinatorOf(['.', ...scopes]),
      liesAt: async (): Promise<Lies> => 'nothing',
      nearestPath: async () => null,
      filesThere: async () => [],
    };
    const paths = [
      { text: 'packages/core', asScope: 'packages/core', asFile: { ok: true, value: 'src/packages/core' } },
      { text: 'new.ts', asScope: 'new.ts', asFile: { ok: true, value: 'src/new.ts' } },
    ] as unknown as TypedPath[];
    expect(await wishNamed(ports, paths, [], 'claim')).toEqual({
      scopes: ['packages/core'],
      files: ['src/new.ts'],
    });
  });
});

it('many paths are asked about in few questions, and all scopes only where one is not there', async () => {
  const asked: string[] = [];
  const paths = Array.from({ length: 1_200 }, (_, index) => typed(`packages/core/${index}.ts`));
  const ports = {
    coordinator: coordinatorOf(['.', ...scopes], asked),
    liesAt: async (): Promise<Lies> => 'file',
    nearestPath: async () => null,
    filesThere: async () => [],
  };
  const wish = await wishNamed(ports, paths, [], 'claim');
  expect([wish.files?.length, asked]).toEqual([1_200, ['scopesOf', 'scopesOf', 'scopesOf']]);
});

it('a name with an @ before it is of a resource', () => {
  expect([resourceNamed('@deploy'), resourceNamed('deploy'), resourceNamed('@scope/package')]).toEqual([
    { ok: true, value: '@deploy' },
    null,
    null,
  ]);
  expect(resourceNamed('@')).toMatchObject({ ok: false });
});

it('a wish for one thing is told by its name', () => {
  const one = ['packages/core' as ScopePath];
  expect([onlyOne({ scopes: one }), onlyOne({ scopes: [], files: ['a.ts'] as never })]).toEqual([
    { scope: 'packages/core' },
    { file: 'a.ts' },
  ]);
});
