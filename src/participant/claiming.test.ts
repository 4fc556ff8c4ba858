import { expect, it } from 'vitest';
import { asRevision, type AgentId, type FilePath, type ScopePath, type Wish } from '../core/index.ts';
import type { Coordinator, Query, ScopesOfAnswer } from '../protocol/index.ts';
import { claimOf, ownClaimOf } from './claiming.ts';

const answering = (claim: 'file' | 'scope', asked: number[] = []): Pick<Coordinator, 'query'> => ({
  query: (async ({ paths }: { readonly paths: readonly ScopePath[] }): Promise<ScopesOfAnswer> => {
    asked.push(paths.length);
    const scopes = paths.map((path) => (path.startsWith('lib/') ? ('lib' as ScopePath) : null));
    return { revision: asRevision(1), scopes, free: paths.map((path) => path.endsWith('.lock')), claim };
  }) as Coordinator['query'],
});

const wish = (scopes: readonly string[], files: readonly string[], resources: readonly string[] = []): Wish =>
  ({ scopes, files, resources }) as unknown as Wish;

it('leaves free files out, and tells which they are', async () => {
  const claim = await claimOf(answering('file'), wish(['web'], ['lib/a.ts', 'lib/x.lock'], ['@deploy']));
  expect(claim).toEqual({
    wish: { scopes: ['web'], files: ['lib/a.ts'], resources: ['@deploy'] },
    free: ['lib/x.lock'],
  });
});

it('takes the whole scope of a file where scopes are claimed, each once, and a file in none as it is', async () => {
  const claim = await claimOf(
    answering('scope'),
    wish(['web'], ['lib/a.ts', 'lib/b.ts', 'lib/x.lock', 'else']),
  );
  expect(claim).toEqual({ wish: { scopes: ['lib', 'web'], files: ['else'] }, free: ['lib/x.lock'] });
});

it('has nothing left of free files alone', async () => {
  expect(await claimOf(answering('file'), wish([], ['a.lock']))).toEqual({
    wish: { scopes: [] },
    free: ['a.lock'],
  });
});

it('asks nothing where no file is named, and little for many files', async () => {
  const asked: number[] = [];
  await claimOf(answering('scope', asked), wish(['lib'], []));
  expect(asked).toEqual([]);
  const files = Array.from({ length: 1_500 }, (_, index) => `lib/${index}` as FilePath);
  const claim = await claimOf(answering('scope', asked), wish([], files));
  expect([claim.wish, asked]).toEqual([{ scopes: ['lib'] }, [1_000, 500]]);
});

it('gives back by its name what is held or waited for, whatever the options say by now', async () => {
  const { query } = answering('scope');
  const held = {
    locks: [{ file: 'lib/a.ts' }, { file: 'lib/x.lock' }, {}],
    waiters: [{ files: ['lib/b.ts'] }],
  };
  const coordinator = {
    query: ((asked: Query) => (asked.kind === 'why' ? held : query(asked))) as Coordinator['query'],
  };
  const files = ['lib/a.ts', 'lib/b.ts', 'lib/x.lock', 'lib/y.lock'];
  expect(await ownClaimOf(coordinator, 'bob' as AgentId, wish(['web'], files, ['@deploy']))).toEqual({
    wish: { scopes: ['web'], files: ['lib/a.ts', 'lib/b.ts', 'lib/x.lock'], resources: ['@deploy'] },
    free: ['lib/y.lock'],
  });
  expect(await ownClaimOf(coordinator, 'bob' as AgentId, wish([], ['lib/c.ts']))).toEqual({
    wish: { scopes: ['lib'] },
    free: [],
  });
});
