import { describe, expect, it } from 'vitest';
import type { ScopePath } from '../core/index.ts';
import { searchEntries, type FoundEntry, type KnownEntry } from './search.ts';

const entry = (scope: string, id: string, fields: Record<string, unknown>): KnownEntry => ({
  scope: scope as ScopePath,
  kind: 'knowledge',
  file: `${scope}/.rhema/knowledge.yaml` as ScopePath,
  line: 1,
  id,
  fields: { id, ...fields },
});

const entries = [
  entry('web', 'tokens', { title: 'Tokens', content: 'A session is a random token, renewed by each call.' }),
  entry('auth', 'session', { title: 'Session', content: 'Lives for 60 seconds.', tags: ['login'] }),
  entry('core', 'clock', {
    title: 'Clock',
    content: `Sessions end by the monotonic clock. ${'More. '.repeat(60)}`,
  }),
  entry('docs', 'voice', { title: 'Voice', content: 'Short sentences.', related_files: ['web/app.ts'] }),
];
const distances: Readonly<Record<string, number>> = { web: 0, auth: 1, core: 2 };
const search = (words: string, about: string | null = null, limit = 10): Promise<readonly FoundEntry[]> =>
  searchEntries(entries, {
    words,
    distanceTo: (scope) => distances[scope] ?? null,
    about: about as ScopePath | null,
    limit,
  });
const ids = (found: readonly FoundEntry[]): readonly (string | null)[] => found.map(({ id }) => id);

describe('what is known is found', () => {
  it('by words, also begun or misspelt ones', async () => {
    expect(ids(await search('monotonic'))).toEqual(['clock']);
    expect(ids(await search('mono'))).toEqual(['clock']);
    expect(ids(await search('monotnic'))).toEqual(['clock']);
    expect(ids(await search('login'))).toEqual(['session']);
    expect(ids(await search('unheard'))).toEqual([]);
  });

  it('with all words, else with any', async () => {
    expect(ids(await search('session random'))).toEqual(['tokens']);
    expect(ids(await search('random unheard'))).toEqual(['tokens']);
  });

  it('the better and the nearer first', async () => {
    expect(ids(await search('session'))).toEqual(['session', 'tokens', 'clock']);
    expect((await search('session')).map(({ distance }) => distance)).toEqual([1, 0, 2]);
  });

  it('the nearer of two that fit alike', async () => {
    const twins = ['far', 'core', 'web'].map((scope) => entry(scope, scope, { title: 'Twin' }));
    const wish = {
      words: 'twin',
      distanceTo: (scope: string) => distances[scope] ?? null,
      about: null,
      limit: 3,
    };
    expect(ids(await searchEntries(twins, wish))).toEqual(['web', 'core', 'far']);
  });

  it('without words, all there is, the nearest first', async () => {
    expect(ids(await search(''))).toEqual(['tokens', 'session', 'clock', 'voice']);
    expect(ids(await search('', 'web/none.ts'))).toEqual(['tokens', 'session', 'clock']);
    expect(ids(await search(' ', null, 2))).toEqual(['tokens', 'session']);
  });

  it('first of all where it names the file', async () => {
    expect(ids(await search('', 'web/app.ts'))).toEqual(['tokens', 'voice', 'session', 'clock']);
  });

  it('with what it says, from the word on', async () => {
    expect((await search('random'))[0]?.excerpt).toBe('A session is a random token, renewed by each call.');
    const [clock] = await search('monotonic');
    expect(clock?.excerpt.length).toBeLessThan(170);
    expect(clock?.excerpt.endsWith(' …')).toBe(true);
  });

  it('whatever an entry is', async () => {
    const odd = { ...entry('web', 'odd', {}), id: null, fields: ['plain', { deep: 'words' }] };
    const wish = { words: 'words', distanceTo: () => null, about: null, limit: 1 };
    expect(await searchEntries([odd], wish)).toMatchObject([{ title: '', excerpt: 'plain · words' }]);
  });
});
