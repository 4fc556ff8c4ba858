import { describe, expect, test } from 'vitest';
import type { AgentId, FencingToken, FilePath, ResourceName, ScopePath } from '../core/index.ts';
import type { Coordinator, LockView } from '../protocol/index.ts';
import type { PathPlace } from '../repository/index.ts';
import { judge, strictly, subjectsInIndex, subjectsOf, type Verdict } from './index.ts';

const scopes = ['.', 'api', 'api/inner', 'web'];
const around = (path: string): string => {
  for (let at = path; ; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '.')
    if (scopes.includes(at)) return at;
};

/** Everything in `out` is in no scope, and lockfiles are free. */
const coordinator = {
  query: async ({ paths }: { readonly paths: readonly ScopePath[] }) => ({
    revision: 1,
    scopes: paths.map((path) => (path.startsWith('out/') ? null : around(path))),
    free: paths.map((path) => path.endsWith('.lock')),
    claim: 'file',
  }),
} as unknown as Pick<Coordinator, 'query'>;

const lock = (agent: string, name: object): LockView =>
  ({ agent: agent as AgentId, token: 5 as FencingToken, ...name }) as LockView;
const ofFile = (agent: string, file: string): LockView =>
  lock(agent, { scope: around(file) as ScopePath, file: file as FilePath });
const ofScope = (agent: string, scope: string): LockView => lock(agent, { scope: scope as ScopePath });

const here = (path: string) => ({
  name: path,
  place: { kind: 'here', path: path as ScopePath } as PathPlace,
});

const judged = (
  places: Parameters<typeof subjectsOf>[0],
  locks: readonly LockView[],
  agent: string | null = null,
): Promise<readonly Verdict[]> =>
  judge(coordinator, { locks }, subjectsOf(places), {
    own: new Set(agent === null ? [] : [agent as AgentId]),
    isIgnored: (path) => path.endsWith('.log'),
  });

const said = async (...asked: Parameters<typeof judged>) =>
  (await judged(...asked)).map(
    ({ name, passes, because }) => `${name} ${passes ? 'passes' : 'no'} ${because}`,
  );

describe('in the way is a lock of another', () => {
  const locks = [ofFile('al', 'api/a.ts'), ofScope('al', 'web'), ofFile('bo', 'api/inner/x/y.ts')];

  test('of the file, of its whole scope, and of anything below a folder', async () => {
    const paths = ['api/a.ts', 'api/a.tsx', 'web/new/b.ts', 'api', 'api/inner', 'api/inner/x', 'api/in', '.'];
    expect(await said(paths.map(here), locks)).toEqual([
      'api/a.ts no heldByOther',
      'api/a.tsx passes unheld',
      'web/new/b.ts no heldByOther',
      'api no heldByOther',
      'api/inner no heldByOther',
      'api/inner/x no heldByOther',
      'api/in passes unheld',
      '. no heldByOther',
    ]);
  });

  test('and not of who writes, who has a lock of what it covers', async () => {
    expect(await said(['api/a.ts', 'web/b.ts', 'api/inner/x', 'api'].map(here), locks, 'al')).toEqual([
      'api/a.ts passes held',
      'web/b.ts passes held',
      'api/inner/x no heldByOther',
      'api no heldByOther',
    ]);
    const [first] = await judged([here('.')], locks, 'al');
    expect(first?.locks.map(({ agent }) => agent)).toEqual(['bo']);
  });

  test('but of what is below a folder only what is meant', async () => {
    const subjects = subjectsOf([
      { ...here('.'), matches: (below, isFolder) => isFolder || below.endsWith('.md') },
    ]);
    const of = async (...held: readonly LockView[]) =>
      (await judge(coordinator, { locks: held }, subjects, { own: new Set(), isIgnored: () => false }))[0]
        ?.because;
    expect(await of(ofFile('al', 'api/a.ts'))).toBe('unheld');
    expect(await of(ofFile('al', 'api/a.md'))).toBe('heldByOther');
    expect(await of(ofScope('al', 'web'))).toBe('heldByOther');
  });

  test('but no slot of a resource', async () => {
    const slot = lock('al', { resource: '@api' as ResourceName, slot: 1 });
    expect(await said([here('.')], [slot])).toEqual(['. passes unheld']);
  });
});

test("what is elsewhere, ignored, in no scope or free is in nobody's way", async () => {
  const locks = [ofScope('al', '.'), ofScope('al', 'api')];
  const places = [
    { name: '/etc/x', place: { kind: 'outside' } },
    { name: 'sub/x', place: { kind: 'otherRepository', tree: '/r/sub' } },
    { name: '.git/x', place: { kind: 'gitFolder' } },
    here('api/x.log'),
    here('out/x'),
    here('api/x.lock'),
  ] as const;
  expect(await said(places, locks)).toEqual([
    '/etc/x passes outside',
    'sub/x passes otherRepository',
    '.git/x passes gitFolder',
    'api/x.log passes ignored',
    'out/x passes noScope',
    'api/x.lock passes free',
  ]);
});

test('what is in another working tree is judged by its path there', async () => {
  const there = (path: string) => ({ name: path, place: { kind: 'otherTree', tree: '/w', path } as const });
  const locks = [ofFile('al', 'api/a.ts'), ofScope('al', 'web')];
  expect(
    await said(['api/a.ts', 'api/b.ts', '.', 'web/a\nb', 'api/c\nd/e', 'a\nb'].map(there), locks),
  ).toEqual([
    'api/a.ts no heldByOther',
    'api/b.ts passes unheld',
    '. no heldByOther',
    'web/a\nb no heldByOther',
    'api/c\nd/e passes unheld',
    'a\nb passes unheld',
  ]);
});

test('what an index names is judged by its own path', () => {
  expect(subjectsInIndex(['api/a.ts', 'api/b\nc', ':x'])).toEqual([
    { name: 'api/a.ts', path: 'api/a.ts' },
    { name: 'api/b\nc', folder: 'api' },
    { name: ':x', path: ':x' },
  ]);
});

test('a name that nothing can be locked by has the lock of its whole scope in its way, and no file beside it', async () => {
  const odd = {
    name: 'api/a\nb',
    place: { kind: 'unnameable', folder: 'api' as ScopePath, problem: '' },
  } as const;
  expect(await said([odd], [ofFile('al', 'api/a.ts')])).toEqual(['api/a\nb passes unheld']);
  expect(await said([odd], [ofScope('al', 'api')])).toEqual(['api/a\nb no heldByOther']);
  expect(await said([odd], [ofScope('al', 'api')], 'al')).toEqual(['api/a\nb passes held']);
});

test('strict_mode refuses what nobody holds, and nothing else', async () => {
  const verdicts = await judged(['api/a.ts', 'web/b.ts', 'x.lock'].map(here), [ofScope('al', 'web')], 'al');
  expect(strictly(verdicts).map(({ passes, because }) => [passes, because])).toEqual([
    [false, 'unheld'],
    [true, 'held'],
    [true, 'free'],
  ]);
});
