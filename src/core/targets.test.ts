import { describe, expect, test } from 'vitest';
import { agentId, filePath, Machine, resourceName, scopePath } from '../../test/support/machine.ts';
import type { Scope, State } from './state.ts';
import {
  anySlotOf,
  isSlot,
  lockNameOf,
  nameOf,
  namesOf,
  oneNameOf,
  partsOf,
  resourceOf,
  shownName,
  shownNames,
  shownTarget,
  slotOf,
  targetNamed,
  targetOf,
  targetsOf,
  wantedAs,
  wishFor,
  wishOfNames,
  type LockName,
  type Target,
} from './targets.ts';
import { heldUnder, overlap, scopeOf, wantedName, wishOf } from './overlap.ts';

const deploy = resourceName('@deploy');
const target = (text: string): Target => text as Target;

/** Scopes inside one another, and none at the top. */
const state: Pick<State, 'scopes'> = {
  scopes: new Map(['api', 'api/db', 'web'].map((path) => [scopePath(path), {} as Scope])),
};

describe('what overlaps', () => {
  test.each<readonly [string, string, boolean]>([
    ['api', 'api', true],
    ['api', 'api/main.ts', true],
    ['api', 'api/lib/deep/main.ts', true],
    ['api/main.ts', 'api/main.ts', true],
    ['api/main.ts', 'api/other.ts', false],
    ['api/main.ts', 'api/main.ts/x', false], // A folder that is gone, and a file in its place: two paths.
    ['api', 'web', false],
    ['api', 'api/db', false], // Scopes partition the files.
    ['api', 'api/db/pool.ts', false],
    ['api/db', 'api/db/pool.ts', true],
    ['api/db', 'api/dbx.ts', false],
    ['web/main.ts', 'api', false],
    ['README.md', 'README.md', true],
    ['README.md', 'CHANGES.md', false], // Both in no scope.
    ['@deploy#*', '@deploy#*', true],
    ['@deploy#1', '@deploy#2', false],
    ['@deploy#1', '@deploy#*', false], // A wish is compared with wishes.
    ['@deploy#*', '@port#*', false],
    ['@deploy#*', 'api', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlap(state, target(a), target(b))).toBe(expected);
    expect(overlap(state, target(b), target(a))).toBe(expected);
  });
});

test.each<readonly [string, string | null]>([
  ['api', 'api'],
  ['api/main.ts', 'api'],
  ['api/db', 'api/db'],
  ['api/db/pool.ts', 'api/db'],
  ['README.md', null],
  ['api/.git/config', null],
  ['@deploy#1', null],
  ['@deploy#*', null],
])('the scope of %s is %s', (path, scope) => expect(scopeOf(state, target(path))).toBe(scope));

test('a path that begins like a resource is a file', () => {
  const scopes = new Map([[scopePath('@types'), {} as Scope]]);
  expect(['@types/a#1', '@types', '@x#y', '@x#1/y'].map((path) => isSlot(target(path)))).toEqual(
    Array(4).fill(false),
  );
  expect(scopeOf({ scopes }, target('@types/a#1'))).toBe('@types');
});

describe('the names of a lock and its target lead to one another', () => {
  test.each<readonly [string, LockName, string]>([
    ['api', { scope: scopePath('api') }, 'api'],
    ['api/x.ts', { scope: scopePath('api'), file: filePath('api/x.ts') }, 'api/x.ts'],
    ['@deploy#12', { resource: deploy, slot: 12 }, '@deploy'],
  ])('%s', (text, name, shown) => {
    expect(lockNameOf(target(text), scopeOf(state, target(text)))).toEqual(name);
    expect(targetOf(name)).toBe(text);
    expect(shownTarget(target(text))).toBe(shown);
    expect(nameOf(name)).toBe(shown);
    expect(partsOf(Object.assign({ token: 1 }, name))).toEqual(name);
  });
});

test('a slot is asked for, told as wanted and named without its number', () => {
  const slot = slotOf(deploy, 3);
  expect([slot, resourceOf(slot), wantedAs(slot)]).toEqual(['@deploy#3', '@deploy', '@deploy#*']);
  expect(wantedAs(target('api'))).toBe('api');
  expect(wantedName(state, slot)).toEqual({ resource: '@deploy' });
  expect(wantedName(state, target('api/x.ts'))).toEqual({ scope: 'api', file: 'api/x.ts' });
  expect(wantedName(state, target('api'))).toEqual({ scope: 'api' });
  const name = { resource: deploy, slot: 3 };
  expect(oneNameOf(name)).toEqual({ resource: '@deploy' });
  expect(targetNamed({ resource: deploy })).toBe(anySlotOf(deploy));
});

test('one thing that is named becomes a target, and a wish of that alone', () => {
  const [scope, file] = [scopePath('api'), filePath('api/x.ts')];
  expect([targetNamed({ scope }), targetNamed({ file })]).toEqual(['api', 'api/x.ts']);
  expect(oneNameOf({ scope, file })).toEqual({ file });
  expect(oneNameOf({ scope })).toEqual({ scope });
  expect(wishFor({ file })).toEqual({ scopes: [], files: [file], resources: [] });
  expect(wishFor({ scope })).toEqual({ scopes: [scope], files: [], resources: [] });
  expect(wishFor({ resource: deploy })).toEqual({ scopes: [], files: [], resources: [deploy] });
  expect(() => targetNamed({})).toThrow('a name is given');
});

describe('a wish', () => {
  const wish = {
    scopes: [scopePath('web')],
    files: [filePath('api/b.ts'), filePath('api/db'), filePath('web')],
    resources: [deploy],
  };

  test('is a list of targets in order, without repeats', () => {
    expect(targetsOf(wish)).toEqual(['@deploy#*', 'api/b.ts', 'api/db', 'web']);
    expect(targetsOf({ scopes: [scopePath('a'), scopePath('b')] })).toEqual(['a', 'b']);
  });

  test('is had again from its targets: a file whose path is that of a scope means the scope', () => {
    expect(wishOf(state, targetsOf(wish))).toEqual({
      scopes: ['api/db', 'web'],
      files: ['api/b.ts'],
      resources: ['@deploy'],
    });
  });

  test('names nothing of a kind by leaving the kind out, but for scopes', () => {
    expect(wishOf(state, [target('web')])).toEqual({ scopes: ['web'] });
    expect(wishOf(state, [target('api/b.ts')])).toEqual({ scopes: [], files: ['api/b.ts'] });
    expect(wishOfNames([{ scope: scopePath('web') }, { resource: deploy, slot: 1 }])).toEqual({
      scopes: ['web'],
      resources: ['@deploy'],
    });
  });

  test('of what locks are of has a file as that, not as its scope', () => {
    const name = { scope: scopePath('api'), file: filePath('api/b.ts') };
    expect(wishOfNames([name])).toEqual({ scopes: [], files: ['api/b.ts'] });
  });

  test('is told in one list', () => {
    expect(namesOf(wish)).toEqual(['web', 'api/b.ts', 'api/db', 'web', '@deploy']);
    expect(namesOf({ scopes: [] })).toEqual([]);
  });
});

test('an agent holds what it names: of a resource under the slot that it has', () => {
  const resources = { [deploy]: 2, [resourceName('@port')]: 1 };
  const machine = new Machine({ resources });
  machine.define({ api: [] });
  for (const name of ['alice', 'bob']) machine.join(name);
  machine.acquire('alice', { resources: ['@deploy'] });
  machine.acquire('bob', { files: ['api/x'], resources: ['@deploy'] });
  const held = (name: string, text: string): Target | null =>
    heldUnder(machine.state.agents.get(agentId(name))!, target(text));
  expect([held('alice', '@deploy#*'), held('bob', '@deploy#*')]).toEqual(['@deploy#1', '@deploy#2']);
  expect([held('bob', '@port#*'), held('bob', 'api'), held('bob', 'api/x')]).toEqual([null, null, 'api/x']);
  expect(held('alice', 'api/x')).toBeNull();
});

test('a file is told apart from the resource of its name, as it is typed', () => {
  const file = { scope: scopePath('.'), file: filePath('@deploy') };
  expect(shownName(file)).toBe('./@deploy');
  expect(shownTarget(target('@deploy'))).toBe('./@deploy');
  expect(shownTarget(target('@deploy#1'))).toBe('@deploy');
  expect(shownNames({ scopes: [], files: [file.file, filePath('@a/b')], resources: [deploy] })).toEqual([
    './@deploy',
    '@a/b',
    '@deploy',
  ]);
});
