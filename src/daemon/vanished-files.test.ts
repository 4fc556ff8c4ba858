import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRepository } from '../repository/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import { openDirect } from './index.ts';
import { accepted, acquire, grants, joinAs, TestRepository, type JoinedAgent } from './testing/repository.ts';

const asTester = ['-c', 'user.name=t', '-c', 'user.email=t@t'];

let repository: TestRepository;
let coordinator: Coordinator;
let alice: JoinedAgent;

beforeEach(async () => {
  repository = new TestRepository('api', 'web');
  git('checkout', '--quiet', '-B', 'main');
  git('add', '--all');
  commit('scopes');
  coordinator = await open();
  alice = await joinAs(coordinator, 'alice');
  grants(await accepted(coordinator, acquire(alice, 'api')));
});
afterEach(async () => {
  await coordinator.close();
  repository.remove();
});

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: repository.root, stdio: 'ignore' });
}

function commit(message: string): void {
  git(...asTester, 'commit', '--quiet', '--allow-empty', `--message=${message}`);
}

async function open(): Promise<Coordinator> {
  const found = await findRepository({ cwd: repository.root, env: {} });
  return openDirect({ repository: found, version: '1.0.0', env: {} });
}

const ways: readonly (readonly [title: string, vanish: () => void, back: () => void])[] = [
  ['every scope file is deleted', deleteAll, () => git('checkout', '--quiet', '--', '.')],
  [
    'a branch without files is checked out',
    () => {
      git('checkout', '--quiet', '--orphan=empty');
      git('rm', '-r', '--quiet', '--force', '.');
    },
    () => git('checkout', '--quiet', '--force', 'main'),
  ],
  [
    'files that were never committed are put aside by git stash -u',
    () => {
      git('rm', '-r', '--quiet', '--cached', '.');
      commit('without');
      git(...asTester, 'stash', '--include-untracked');
    },
    () => git(...asTester, 'stash', 'pop'),
  ],
  [
    'git bisect stands on a commit from before them',
    () => {
      git('checkout', '--quiet', '--orphan=early');
      git('rm', '-r', '--quiet', '--force', '.');
      commit('early');
      commit('later');
      git(...asTester, 'merge', '--allow-unrelated-histories', 'main');
      git('bisect', 'start', 'early', 'early^1^1');
      git('checkout', '--quiet', 'early^1');
    },
    () => git('bisect', 'reset'),
  ],
  ['the index is garbage', () => breakIndex(), () => git('read-tree', 'HEAD')],
  [
    'the folders are moved elsewhere',
    () => ['api', 'web'].forEach((folder) => renameSync(at(folder), at(`.git/${folder}`))),
    () => ['api', 'web'].forEach((folder) => renameSync(at(`.git/${folder}`), at(folder))),
  ],
];

function at(path: string): string {
  return join(repository.root, path);
}

function deleteAll(): void {
  for (const folder of ['api', 'web']) rmSync(at(folder), { recursive: true });
}

function breakIndex(): void {
  writeFileSync(at('.git/index'), 'garbage'.repeat(9));
}

describe.each(ways)('when %s', (_title, vanish, back) => {
  const stillHeld = async (): Promise<void> => {
    await accepted(coordinator, { kind: 'Heartbeat', ...alice });
    const { locks, scopeCount, scopeProblems } = await coordinator.query({ kind: 'status', at: null });
    expect(locks).toMatchObject([{ scope: 'api', agent: 'alice' }]);
    expect(scopeCount).toBe(2);
    expect(scopeProblems).toContainEqual(
      expect.objectContaining({ code: expect.stringMatching(/^(GRAPH_EMPTY|FILES_UNSEEN)$/) }),
    );
  };

  it('the coordinator that runs ends no lock and says what it sees', async () => {
    vanish();
    await coordinator.refresh().catch(() => null);
    await stillHeld();
  });

  it('the next coordinator ends no lock either', async () => {
    vanish();
    await coordinator.close();
    coordinator = await open();
    await stillHeld();
  });

  it('nothing has happened once the files are back', async () => {
    vanish();
    await coordinator.refresh().catch(() => null);
    back();
    await coordinator.refresh();
    const { locks, scopeProblems } = await coordinator.query({ kind: 'status', at: null });
    expect(locks).toMatchObject([{ scope: 'api', agent: 'alice' }]);
    expect(scopeProblems).toEqual([]);
  });
});

describe('when one scope file of several is gone', () => {
  it('its scope is withdrawn while somebody holds it or waits for it, and gone afterwards', async () => {
    const bob = await joinAs(coordinator, 'bob');
    await accepted(coordinator, acquire(bob, 'api', { wait: true }));
    rmSync(at('api'), { recursive: true });
    await coordinator.refresh();
    const { locks, waiters } = await coordinator.query({ kind: 'status', at: null });
    expect(locks).toMatchObject([{ scope: 'api', agent: 'alice', withdrawn: true }]);
    expect(waiters).toMatchObject([{ agent: 'bob' }]);
    for (const agent of [alice, bob])
      await accepted(coordinator, { kind: 'ReleaseLock', ...agent, scopes: null, token: null });
    const { scopes } = await coordinator.query({ kind: 'scopes' });
    expect(scopes.map(({ path }) => path)).toEqual(['web']);
  });

  it('its scope is an ordinary one again, under the same lock, when the file comes back', async () => {
    rmSync(at('api'), { recursive: true });
    await coordinator.refresh();
    git('checkout', '--quiet', '--', '.');
    await coordinator.refresh();
    const { locks } = await coordinator.query({ kind: 'status', at: null });
    expect(locks).toMatchObject([{ scope: 'api', agent: 'alice' }]);
    expect(locks[0]?.withdrawn).toBeUndefined();
  });
});

describe('where the Git folder lies elsewhere', () => {
  let elsewhere: string;
  const openIn = async (cwd: string): Promise<Coordinator> =>
    openDirect({ repository: await findRepository({ cwd, env: {} }), version: '1.0.0', env: {} });

  beforeEach(async () => {
    await coordinator.close();
    elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'rhema-elsewhere-')));
    git('init', '--quiet', `--separate-git-dir=${join(elsewhere, 'meta')}`);
    git('worktree', 'add', '--quiet', join(elsewhere, 'linked'), '-b', 'linked');
    repository.addScope('new');
  });
  afterEach(() => rmSync(elsewhere, { recursive: true, force: true }));

  it('a coordinator of a linked working tree has the scopes of the main one, once that was seen', async () => {
    await (await openIn(repository.root)).close();
    coordinator = await openIn(join(elsewhere, 'linked'));
    const { scopes } = await coordinator.query({ kind: 'scopes' });
    expect(scopes.map(({ path }) => path)).toEqual(['api', 'new', 'web']);
  });

  it('it serves those of the log while the main one is not there', async () => {
    await (await openIn(repository.root)).close();
    renameSync(repository.root, join(elsewhere, 'away'));
    coordinator = await openIn(join(elsewhere, 'linked'));
    const { scopes, problems } = await coordinator.query({ kind: 'scopes' });
    expect(scopes.map(({ path }) => path)).toEqual(['api', 'new', 'web']);
    expect(problems).toMatchObject([{ code: 'FILES_UNSEEN' }]);
  });

  it('what was put in the place of the record is neither believed nor written to', async () => {
    await (await openIn(repository.root)).close();
    const record = join(elsewhere, 'meta/rhema/main-worktree');
    writeFileSync(join(elsewhere, 'mine'), elsewhere);
    rmSync(record);
    symlinkSync(join(elsewhere, 'mine'), record);
    for (const cwd of [repository.root, join(elsewhere, 'linked')])
      await expect(openIn(cwd)).rejects.toMatchObject({ code: 'PERMISSION' });
    expect(readFileSync(join(elsewhere, 'mine'), 'utf8')).toBe(elsewhere);
    rmSync(record);
    coordinator = await openIn(repository.root);
  });

  it('in a copy of the repository it does not go by the tree of the original', async () => {
    await (await openIn(repository.root)).close();
    const other = mkdtempSync(join(elsewhere, 'other-'));
    writeFileSync(at('.git'), `gitdir: ${other}\n`);
    coordinator = await openIn(join(elsewhere, 'linked'));
    const { scopes } = await coordinator.query({ kind: 'scopes' });
    expect(scopes.map(({ path }) => path)).toEqual(['api', 'web']);
  });
});

describe('when coordination is switched off while somebody holds', () => {
  beforeEach(() => repository.addScope('.', 'agent_coordination:\n  enabled: false\n'));

  it.each([
    ['the coordinator that runs', () => coordinator.refresh()],
    [
      'the next coordinator',
      async () => {
        await coordinator.close();
        coordinator = await open();
      },
    ],
  ])('%s serves the holder until it gives back, and gives out nothing new', async (_title, happens) => {
    await happens();
    await accepted(coordinator, { kind: 'Heartbeat', ...alice });
    const bob = await joinAs(coordinator, 'bob');
    await expect(accepted(coordinator, acquire(bob, 'web'))).rejects.toMatchObject({ code: 'DISABLED' });
    await expect(accepted(coordinator, acquire(bob, 'api', { wait: true }))).rejects.toThrow('LOCK_HELD');
    await accepted(coordinator, { kind: 'ReleaseLock', ...alice, scopes: null, token: null });
    await expect(coordinator.refresh()).rejects.toMatchObject({ code: 'DISABLED' });
    await coordinator.close();
    await expect(open()).rejects.toMatchObject({ code: 'DISABLED' });
  });
});

it('a coordinator that has told that coordination is off gives out locks once it is on again', async () => {
  await accepted(coordinator, { kind: 'ReleaseLock', ...alice, scopes: null, token: null });
  repository.addScope('.', 'agent_coordination:\n  enabled: false\n');
  await expect(coordinator.refresh()).rejects.toMatchObject({ code: 'DISABLED' });
  await expect(accepted(coordinator, acquire(alice, 'api'))).rejects.toMatchObject({ code: 'DISABLED' });
  rmSync(at('rhema.yaml'));
  await accepted(coordinator, acquire(alice, 'api'));
});
