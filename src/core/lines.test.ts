import { describe, expect, test } from 'vitest';
import { Machine, type SaidWish } from '../../test/support/machine.ts';
import { allLines, lineAt, linesAhead, linesOf, linesOverlapping, scopeOfFiles } from './lines.ts';
import type { State } from './state.ts';
import type { Target } from './targets.ts';

const names = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay'] as const;
const target = (text: string): Target => text as Target;

/** Zoe holds everything; each wish is waited for by the next of the others. */
function waiting(wishes: readonly SaidWish[]): State {
  const machine = new Machine({ maxLocksPerAgent: 3, maxConcurrentAgents: 9 });
  machine.define({ api: [], 'api/db': [], web: [] });
  for (const name of ['zoe', ...names]) machine.join(name);
  machine.acquire('zoe', { scopes: ['api', 'api/db', 'web'], resources: ['@git'] });
  for (const [place, wish] of wishes.entries()) machine.acquire(names[place] ?? '', wish, { wait: 'open' });
  expect(machine.state.tickets.size).toBe(wishes.length);
  return machine.state;
}

/** Whose tickets these are. */
function agents(state: State, tickets: Iterable<number>): string[] {
  return [...tickets].map((ticket) => state.tickets.get(ticket as never)?.agent ?? '');
}

describe('who waits stands', () => {
  test('in the line of each of its targets, and once in that for files of each scope', () => {
    const state = waiting([{ scopes: ['web'], files: ['api/a', 'api/b', 'api/db/c'], resources: ['@git'] }]);
    expect(allLines(state)).toEqual(['@git#*', 'api/a', 'api/b', 'api/db/c', 'web']);
    expect([...state.index.fileQueues].map(([scope, line]) => [scope, line.size])).toEqual([
      ['api', 1],
      ['api/db', 1],
    ]);
  });

  test('nowhere any more when its wait has ended', () => {
    const machine = new Machine();
    machine.define({ api: [] });
    for (const name of ['zoe', 'ann', 'ben']) machine.join(name);
    machine.acquire('zoe', 'api');
    machine.acquire('ann', { files: ['api/a', 'api/b'] }, { wait: 'open' });
    machine.acquire('ben', { files: ['api/b'] }, { wait: 'open' });
    machine.leave('ann');
    const { state } = machine;
    expect(allLines(state)).toEqual(['api/b']);
    expect(lineAt(state, 'api/')?.size).toBe(1);
    machine.leave('ben');
    expect([allLines(state), lineAt(state, 'api/')]).toEqual([[], undefined]);
  });
});

test('a line is that of a target, or of all who wait for files of a scope', () => {
  const state = waiting(['api', { files: ['api/a'] }, { files: ['api/b'] }]);
  expect(agents(state, lineAt(state, target('api')) ?? [])).toEqual(['ann']);
  expect(agents(state, lineAt(state, 'api/') ?? [])).toEqual(['ben', 'cat']);
  expect(lineAt(state, target('api/c'))).toBeUndefined();
  expect([scopeOfFiles('api/'), scopeOfFiles(target('api'))]).toEqual(['api', null]);
});

describe('what comes free is offered', () => {
  test.each<readonly [string, readonly string[]]>([
    ['api', ['api', 'api/']],
    ['api/a', ['api/a', 'api']],
    ['api/db', ['api/db', 'api/db/']],
    ['@git#1', ['@git#*']],
    ['nowhere/x', ['nowhere/x']],
  ])('of %s to %j', (freed, lines) => expect([...linesOf(waiting([]), [target(freed)])]).toEqual(lines));

  test('of several once to each line', () => {
    expect([...linesOf(waiting([]), ['api/a', 'api/b', 'api'].map(target))]).toEqual([
      'api/a',
      'api',
      'api/b',
      'api/',
    ]);
  });
});

test('those who wait for what overlaps are found from a file, a scope and a slot', () => {
  const state = waiting([
    'api',
    { files: ['api/a'] },
    { files: ['api/b'] },
    { files: ['api/db/c'] },
    { resources: ['@git'] },
    'web',
  ]);
  const overlapping = (text: string): string[] =>
    linesOverlapping(state, target(text)).flatMap((line) => agents(state, line));
  expect(overlapping('api')).toEqual(['ann', 'ben', 'cat']);
  expect(overlapping('api/b')).toEqual(['cat', 'ann']);
  expect(overlapping('api/new')).toEqual(['ann']);
  expect(overlapping('api/db')).toEqual(['dan']);
  expect(overlapping('@git#1')).toEqual(['eve']);
});

describe('before a ticket stand', () => {
  function ahead(wishes: readonly SaidWish[], text: string, who: number): string[] {
    const state = waiting(wishes);
    const ticket = [...state.tickets.keys()][who] ?? ((state.revision + 1) as never);
    return agents(state, linesAhead(state, target(text), ticket));
  }

  test('for a file the nearest who wants that, and the nearest who wants the whole', () => {
    const wishes = ['api', { files: ['api/a'] }, { files: ['api/b'] }, 'api', { files: ['api/a'] }];
    expect(ahead(wishes, 'api/a', 4)).toEqual(['dan', 'ben']);
    expect(ahead(wishes, 'api/b', 4)).toEqual(['dan', 'cat']);
    expect(ahead(wishes, 'api/a', 1)).toEqual(['ann']);
    expect(ahead(wishes, 'api', 0)).toEqual([]);
  });

  test('for a whole all who want files of it since the last who wanted the whole, and that one', () => {
    const wishes = [{ files: ['api/a'] }, 'api', { files: ['api/b'] }, { files: ['api/c'] }, 'api'];
    expect(ahead(wishes, 'api', 4)).toEqual(['dan', 'cat', 'ben']);
    expect(ahead(wishes, 'api', 1)).toEqual(['ann']);
    expect(ahead([{ files: ['api/a'] }, { files: ['api/b'] }], 'api', 9)).toEqual(['ben', 'ann']);
  });

  test('none who came later', () => {
    const wishes = ['web', { files: ['api/a'] }, 'api', { files: ['api/a'] }];
    expect(ahead(wishes, 'api/a', 1)).toEqual([]);
    expect(ahead(wishes, 'api', 2)).toEqual(['ben']);
    expect(ahead(wishes, 'api/b', 0)).toEqual([]);
  });

  test('for a resource the nearest who wants a slot of it', () => {
    const wish = { resources: ['@git'] };
    expect(ahead([wish, 'api', wish, wish], '@git#*', 3)).toEqual(['cat']);
  });
});
