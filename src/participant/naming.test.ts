import { describe, expect, it } from 'vitest';
import { asRevision, scopeAround, type ScopePath } from '../core/index.ts';
import { nearestPath } from '../config/index.ts';
import type { Coordinator, ScopeView } from '../protocol/index.ts';
import { onlyOne, resourceNamed, wishNamed, type Lies, type TypedPath } from './naming.ts';

const scopes = ['packages/core', 'packages/web', 'services/auth/login'];
const there: Readonly<Record<string, Lies>> = {
  'packages/core/index.ts': 'file',
  packages: 'folder',
  'packages/core/src': 'folder',
};

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
  return { text, asScope: path, asFile: path };
};

const wishOf = (texts: readonly string[], paths = ['.', ...scopes]) =>
  wishNamed(
    {
      coordinator: coordinatorOf(paths),
      liesAt: async (path) => there[path] ?? 'nothing',
      nearestPath: async (path, candidates) => nearestPath(path, candidates),
    },
    texts.map(typed),
    [],
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

  it('in no scope is taken for a scope, so that it is refused', async () => {
    expect(await wishOf(['src/a.ts'], scopes)).toEqual({ scopes: ['src/a.ts'] });
  });

  it('means the scope seen from the top, or else the file seen from the folder', async () => {
    const ports = {
      coordinator: coordinatorOf(['.', ...scopes]),
      liesAt: async (): Promise<Lies> => 'nothing',
      nearestPath: async () => null,
    };
    const paths = [
      { text: 'packages/core', asScope: 'packages/core', asFile: 'src/packages/core' },
      { text: 'new.ts', asScope: 'new.ts', asFile: 'src/new.ts' },
    ] as unknown as TypedPath[];
    expect(await wishNamed(ports, paths, [])).toEqual({ scopes: ['packages/core'], files: ['src/new.ts'] });
  });
});

it('many paths are asked about in few questions, and all scopes only where one is not there', async () => {
  const asked: string[] = [];
  const paths = Array.from({ length: 1_200 }, (_, index) => typed(`packages/core/${index}.ts`));
  const ports = {
    coordinator: coordinatorOf(['.', ...scopes], asked),
    liesAt: async (): Promise<Lies> => 'file',
    nearestPath: async () => null,
  };
  const wish = await wishNamed(ports, paths, []);
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
