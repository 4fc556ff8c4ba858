import { expect, it } from 'vitest';
import { memoryFrom, PairMemory, pairsMax } from './memory.ts';
import { look } from './look.ts';
import type { Merged, Pair, Present, RadarGit, Side, Unread } from './sides.ts';

const side = (name: string): Side => ({ name, tree: `/${name}`, branch: name, head: 'base' });

/** `content` other than its commit's. */
const present = (name: string, content: string, commit = `${name}-now`): Present => ({
  ok: true,
  side: side(name),
  commit,
  content,
  leftOut: [],
});

interface Asked extends RadarGit {
  readonly merges: string[];
}

function gitOf(
  presents: readonly (Present | Unread)[],
  answer: (pair: Pair) => Merged,
  bases: readonly string[] = ['base'],
): Asked {
  const merges: string[] = [];
  return {
    merges,
    rules: 'rules',
    sides: presents.map((one) => one.side),
    presents: async () => presents,
    bases: async (pairs) => pairs.map(() => bases),
    merge: async (pairs) => {
      merges.push(...pairs.map((pair) => pair.map((one) => one.side.name).join()));
      return pairs.map(answer);
    },
  };
}

const onF = (): Merged => ({ ok: true, conflicts: [{ file: 'f', kinds: ['content'] }] });

it('merges each two, but not of the same content, nor one that the other contains', async () => {
  const sides = [present('a', '1'), present('b', '2'), present('c', '2'), present('d', '3', 'base')];
  const git = gitOf(sides, onF);
  const found = await look(git, new PairMemory());
  expect(git.merges).toEqual(['a,b', 'a,c']);
  expect(found.clashes.map(({ between }) => between.map(({ name }) => name).join())).toEqual(['a,b', 'a,c']);
});

it('merges no two without a common history', async () => {
  const git = gitOf([present('a', '1'), present('b', '2')], onF, []);
  expect((await look(git, new PairMemory())).clashes).toEqual([]);
  expect(git.merges).toEqual([]);
});

it('remembers what came of a merge, across processes, until a content changes', async () => {
  const memory = new PairMemory();
  const first = await look(gitOf([present('a', '1'), present('b', '2')], onF), memory);
  const read = memoryFrom(memory.text());
  const git = gitOf([present('a', '1'), present('b', '2'), present('c', '3')], onF);
  const second = await look(git, read);
  expect(git.merges).toEqual(['a,c', 'b,c']);
  expect([first.remembered, second.remembered, second.clashes.length]).toEqual([0, 1, 3]);
});

it('tells what could not be looked at or merged, and does not remember that', async () => {
  const memory = new PairMemory();
  const unread: Unread = { ok: false, side: side('c'), why: 'damaged' };
  const git = gitOf([present('a', '1'), present('b', '2'), unread], () => ({ ok: false, why: 'broken' }));
  expect(await look(git, memory)).toMatchObject({
    clashes: [],
    unread: [unread],
    unmerged: [{ why: 'broken' }],
  });
  expect(memory.text()).toBe('[]');
});

it('forgets what was used longest ago, and takes a damaged memory for none', () => {
  const memory = new PairMemory();
  for (let at = 0; at < pairsMax; at += 1) memory.keep(String(at), []);
  memory.recall('0');
  memory.keep('new', []);
  expect([memory.recall('0'), memory.recall('1'), memory.recall('new')]).toEqual([[], null, []]);
  for (const text of [null, '{', '{}', '[["a"]]', '[["a",[{"file":1}]]]'])
    expect(memoryFrom(text).text()).toBe('[]');
});
