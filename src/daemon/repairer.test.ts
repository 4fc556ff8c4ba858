import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScopePath } from '../core/index.ts';
import type { WhyAnswer } from '../protocol/index.ts';
import type { Repository } from '../repository/index.ts';
import { workingFiles } from '../repository/git/index.ts';
import { repairFile } from './repairer.ts';
import type { Broken } from './safety-watch.ts';
import { WatchedFiles } from './watched-files.ts';

const path = 'a/notes.yaml' as ScopePath;
const scope = 'a' as ScopePath;
const good = 'entries: []\n';
const digestOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let root: string;
let repository: Repository;
let locks: WhyAnswer['locks'];
let recorded: string | null;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'rhema-repair-')));
  const gitDir = join(root, '.git');
  repository = { worktree: root, mainWorktree: root, gitDir, commonDir: gitDir, bare: false };
  [locks, recorded] = [[], digestOf(good)];
  git('init', '--quiet', '--initial-branch=main');
  mkdirSync(join(root, 'a'));
  write(good);
  git('add', '--all');
  git('commit', '--quiet', '--message=one');
  await workingFiles(repository).keep(path, [good]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  execFileSync('git', [...identity, ...args], { cwd: root, stdio: 'ignore' });
}

const write = (bytes: string | Uint8Array): void => writeFileSync(join(root, path), bytes);
const read = (): string | null =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;

function broken(over: Partial<Broken> = {}): Broken {
  const seen = new WatchedFiles(root).look(path);
  const kept = { kind: 'recorded', digest: digestOf(good), revision: 3 } as const;
  return { path, scope, seen, good: kept, isFresh: false, ...over };
}

const repair = (one = broken()): Promise<string | null> =>
  repairFile(
    repository,
    root,
    { locksOf: () => Promise.resolve(locks), recordedNow: () => Promise.resolve(recorded) },
    one,
  );

describe('a file is put right', () => {
  it.each([
    ['no YAML', '}{'],
    ['empty', ''],
    ['no text', Uint8Array.of(0, 255, 254)],
  ])('that is %s, and what lay there is kept', async (_what, bytes) => {
    write(bytes);
    expect(await repair()).toMatch(/what was recorded at revision 3 was put back; what lay there is kept/);
    expect(read()).toBe(good);
    const versions = await workingFiles(repository).list(path);
    expect(versions.map(({ digest }) => digest)).toContain(digestOf(bytes));
  });

  it('that is gone and that Git has', async () => {
    rmSync(join(root, path));
    expect(await repair()).toMatch(/the file was gone/);
    expect(read()).toBe(good);
  });

  it('that is gone, that Git never knew, and that was there a moment ago', async () => {
    git('rm', '--quiet', '--cached', path);
    rmSync(join(root, path));
    expect(await repair(broken({ isFresh: true }))).toMatch(/the file was gone/);
  });

  it('with the text that was seen in force', async () => {
    write('}{');
    await repair(broken({ good: { kind: 'seen', text: 'name: a\n' } }));
    expect(read()).toBe('name: a\n');
  });
});

describe('nothing is written where', () => {
  it.each<[string, () => void]>([
    ['somebody holds the scope', () => (locks = [{ scope }] as unknown as WhyAnswer['locks'])],
    ['somebody holds the file', () => (locks = [{ scope, file: path }] as unknown as WhyAnswer['locks'])],
    ['another content was recorded meanwhile', () => (recorded = digestOf('other'))],
    ['Git has that very content', () => git('add', '--all')],
    ['a merge is under way', () => writeFileSync(join(root, '.git/MERGE_HEAD'), `${'0'.repeat(40)}\n`)],
  ])('%s', async (_why, happen) => {
    write('}{');
    happen();
    expect(await repair()).toBeNull();
    expect(read()).toBe('}{');
  });

  it('somebody else holds another file of the scope, it is', async () => {
    locks = [{ scope, file: 'a/other' }] as unknown as WhyAnswer['locks'];
    write('}{');
    expect(await repair()).not.toBeNull();
  });

  it('the file was removed by Git', async () => {
    git('rm', '--quiet', path);
    mkdirSync(join(root, 'a'), { recursive: true });
    expect(await repair()).toBeNull();
  });

  it('its scope is gone', async () => {
    rmSync(join(root, 'a'), { recursive: true });
    expect(await repair()).toBeNull();
    expect(existsSync(join(root, 'a'))).toBe(false);
  });

  it('what was recorded is not kept', async () => {
    write('}{');
    const digest = digestOf('never kept');
    recorded = digest;
    expect(await repair(broken({ good: { kind: 'recorded', digest, revision: 3 } }))).toBeNull();
  });

  it('it is another one by now', async () => {
    write('}{');
    const seen = broken();
    write('entries: [] # mended\n');
    expect(await repair(seen)).toBeNull();
    expect(read()).toBe('entries: [] # mended\n');
  });
});
