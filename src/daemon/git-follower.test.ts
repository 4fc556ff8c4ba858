import { beforeEach, expect, it } from 'vitest';
import type { ScopePath, SyncStatus } from '../core/index.ts';
import type { SyncView } from '../protocol/index.ts';
import { ownDigests, treeDigest } from '../sync/index.ts';
import { GitFollower, type GitCommand } from './git-follower.ts';

const path = (text: string): ScopePath => text as ScopePath;
const scopes = [
  { path: path('base'), dependencies: [] },
  { path: path('lib'), dependencies: [path('base')] },
];
const paths = scopes.map((scope) => scope.path);

let staged: Map<string, string>;
let edited: Map<string, string>;
let text: string;
let head: string;
let isBusy: boolean;
let looks: number;
let commands: Map<ScopePath, { run: string }> | null;
let syncs: SyncView[];
let said: GitCommand[];
let follower: GitFollower;

const now = (): Map<string, string> => new Map([...staged, ...edited]);

/** As a sync of what is there now would leave them. */
function syncNow(status: SyncStatus = 'completed'): void {
  const own = ownDigests(paths, now());
  const digests = new Map<ScopePath, string>();
  for (const { path: scope, dependencies } of scopes) {
    const below = new Map(dependencies.map((one) => [one, digests.get(one) ?? '']));
    const command = commands?.get(scope)?.run ?? null;
    digests.set(scope, treeDigest({ own: own.get(scope) ?? '', command, dependencies: below }));
  }
  syncs = paths.map((scope) => ({ scope, status, digest: digests.get(scope) }) as unknown as SyncView);
}

function commit(file: string, content: string): void {
  staged.set(file, content);
  edited.delete(file);
  text += '.';
  head += '.';
}

const newFollower = (): GitFollower =>
  new GitFollower({
    mark: () => ({ text, head, isBusy }),
    content: async () => {
      looks += 1;
      return { staged, now: now() };
    },
    lastOperation: () => 'pull',
    syncs: async () => syncs,
    scopes: async () => scopes,
    commands: () => commands,
    submit: async (command) => void said.push(command),
  });

beforeEach(async () => {
  staged = new Map([
    ['base/a', '1'],
    ['lib/a', '1'],
  ]);
  edited = new Map();
  [text, head, isBusy, looks, commands, said] = ['x', 'h', false, 0, new Map(), []];
  syncNow();
  follower = newFollower();
  await follower.look();
});

const told = (...changed: string[]): object => ({
  kind: 'GitOperation',
  by: 'service',
  scopes: changed,
  operation: 'pull',
});

it('tells of the scopes whose files Git has changed, and of no other', async () => {
  expect(said).toEqual([]);
  commit('lib/a', '2');
  await follower.look();
  expect(said).toEqual([told('lib')]);
  commit('outside', '2');
  await follower.look();
  expect(said).toHaveLength(1);
});

it('of one that others stand on tells that it alone was changed: what follows the machine knows', async () => {
  commit('base/a', '2');
  await follower.look();
  expect(said).toEqual([told('base')]);
});

it('reads no file as long as Git has done nothing, or is at work, or nothing is synced', async () => {
  await follower.look();
  expect(looks).toBe(1);
  isBusy = true;
  commit('lib/a', '2');
  await follower.look();
  expect(looks).toBe(1);
  syncs = syncs.map((sync) => ({ ...sync, status: 'idle' }));
  isBusy = false;
  await follower.look();
  expect(looks).toBe(1);
});

it('tells nothing of what is committed as it was synced, nor of an edit that Git does not know of', async () => {
  edited.set('lib/a', 'edited');
  syncNow();
  commit('lib/a', 'edited');
  await follower.look();
  edited.set('base/a', 'edit under way');
  commit('lib/b', 'new');
  await follower.look();
  expect(said).toEqual([told('lib')]);
});

it('calls what changes the index alone by that name', async () => {
  staged.set('lib/a', '2');
  text += '.';
  await follower.look();
  expect(said).toEqual([{ ...told('lib'), operation: 'index' }]);
});

it('finds what Git did while nobody looked', async () => {
  commit('lib/a', '2');
  await newFollower().look();
  expect(said).toEqual([told('lib')]);
});

it('tells of a scope that is being synced only by what it has seen change', async () => {
  syncNow('syncing');
  await newFollower().look();
  expect(said).toEqual([]);
  commit('base/a', '2');
  await follower.look();
  expect(said).toEqual([told('base')]);
});

it('does not judge what somebody else has vouched for, until it changes', async () => {
  syncs = syncs.map((sync) => ({ ...sync, digest: 'd'.repeat(64) }));
  await newFollower().look();
  expect(said).toEqual([]);
  commit('lib/a', '2');
  await follower.look();
  expect(said).toEqual([told('lib')]);
});

it('tells of a scope that runs another command now, though Git has done nothing to it', async () => {
  commands = new Map([[path('lib'), { run: 'other' }]]);
  await follower.look();
  expect(said).toEqual([{ ...told('lib'), operation: 'scope file' }]);
});

it('looks once more after a look that failed', async () => {
  commit('lib/a', '2');
  let fails = true;
  const failing = new GitFollower({
    mark: () => ({ text, head, isBusy }),
    content: async () => {
      if (fails) throw new Error('no disk');
      return { staged, now: now() };
    },
    lastOperation: () => null,
    syncs: async () => syncs,
    scopes: async () => scopes,
    commands: () => commands,
    submit: async (command) => void said.push(command),
  });
  await expect(failing.look()).rejects.toThrow('no disk');
  fails = false;
  await failing.look();
  expect(said).toEqual([{ ...told('lib'), operation: 'unknown operation' }]);
});
