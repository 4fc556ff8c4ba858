import { expect, it } from 'vitest';
import type { StatusAnswer } from '../protocol/index.ts';
import { concerned } from './concerned.ts';
import { inShort, lastFrom, lastText } from './last.ts';
import type { Clash } from './look.ts';
import type { Side } from './sides.ts';

type Known = Pick<StatusAnswer, 'agents' | 'locks'>;

const side = (name: string): Side => ({ name, tree: `/${name}`, branch: name, head: 'base' });
const statusOf = (trees: Record<string, string | null>, locks: readonly object[] = []): Known =>
  ({
    agents: Object.entries(trees).map(([agent, tree]) => ({
      agent,
      presence: 'present',
      metadata: tree === null ? {} : { worktree: tree },
    })),
    locks,
  }) as unknown as Known;

it('is who has locked the file and works there, else who does not say where, else all who work there', () => {
  const trees = { ann: '/one', bob: '/one', cis: null, dan: '/two' };
  const lock = (agent: string) => ({ agent, file: 'src/f' });
  const of = (...agents: readonly string[]) =>
    concerned(statusOf(trees, agents.map(lock)), 'src/f', side('one'));
  expect(of('ann', 'cis', 'dan')).toEqual(['ann']);
  expect(of('cis', 'dan')).toEqual(['cis']);
  expect(of('dan')).toEqual(['ann', 'bob']);
  expect(of()).toEqual(['ann', 'bob']);
  expect(concerned(statusOf(trees), 'src/f', { ...side('one'), tree: null })).toEqual([]);
});

it('counts the lock of a scope for the files under it alone', () => {
  const status = statusOf({ ann: '/one', bob: '/one' }, [{ agent: 'bob', scope: 'src' }]);
  expect(concerned(status, 'src/f', side('one'))).toEqual(['bob']);
  expect(concerned(status, 'srcs/f', side('one'))).toEqual(['ann', 'bob']);
});

it('keeps what was found last, no more than a bound; what is damaged is none', () => {
  const clash = (file: string, right: string): Clash => ({
    file,
    kinds: ['content'],
    between: [side('a'), side(right)],
  });
  const clashes = [clash('f', 'b'), clash('f', 'c'), clash('g', 'c')];
  expect(lastFrom(lastText({ clashes }, 7))).toEqual({ atMs: 7, clashes, more: 0 });
  expect(inShort({ clashes })).toEqual({
    files: 2,
    between: [
      ['a', 'c'],
      ['a', 'b'],
    ],
  });
  const many = Array.from({ length: 1_002 }, () => clash('f', 'b'));
  expect(lastFrom(lastText({ clashes: many }, 7))).toMatchObject({ more: 2, clashes: { length: 1_000 } });
  for (const text of [null, '[', '{"atMs":1,"more":0,"clashes":[{}]}']) expect(lastFrom(text)).toBeNull();
});
