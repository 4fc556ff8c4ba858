import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changedSince } from './changed-since.ts';

let root = '';
/** Long ago: nothing that a test does is as old. */
const before = new Date('2026-01-01T00:00:00Z');
const sinceMs = Date.parse('2026-06-01T00:00:00Z');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rhema-changed-'));
  git('init', '--quiet');
  git('config', 'user.email', 't@t');
  git('config', 'user.name', 't');
  for (const path of ['a/one.ts', 'a/two.ts', 'b/three.ts', 'c/four.ts']) old(path);
  write('.gitignore', '*.log\n');
  git('add', '-A');
  commit('first', '2026-01-01T00:00:00Z');
  for (const path of ['.gitignore', 'a/one.ts', 'a/two.ts', 'b/three.ts', 'c/four.ts', 'a', 'b', 'c', '.'])
    utimesSync(join(root, path), before, before);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const git = (...args: string[]): void => void execFileSync('git', ['-C', root, ...args]);
const commit = (message: string, date: string): void =>
  void execFileSync('git', ['-C', root, 'commit', '--quiet', '-m', message], {
    env: { ...process.env, GIT_COMMITTER_DATE: date },
  });

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function old(path: string): void {
  write(path, 'old\n');
}

async function changed(paths: readonly string[] = ['.'], monotonicMs = () => 0): Promise<string[] | null> {
  const found = await changedSince({ root, paths, sinceMs, monotonicMs });
  return found === null ? null : found.map(({ path }) => path).sort();
}

it('what was written since, tracked or new, is named, and nothing else', async () => {
  expect(await changed()).toEqual([]);
  write('a/one.ts', 'new\n');
  write('b/new.ts', 'new\n');
  write('b/new.log', 'ignored\n');
  expect(await changed()).toEqual(['a/one.ts', 'b/new.ts']);
  expect(await changed(['a'])).toEqual(['a/one.ts']);
  expect(await changed(['a/two.ts', 'b/new.ts'])).toEqual(['b/new.ts']);
  git('add', '-A');
  commit('second', '2026-07-01T00:00:00Z');
  expect(await changed()).toEqual(['a/one.ts', 'b/new.ts']);
});

it('what was removed since is named, committed or not', async () => {
  rmSync(join(root, 'a/one.ts'));
  rmSync(join(root, 'b'), { recursive: true });
  expect(await changed()).toEqual(['a/one.ts', 'b/three.ts']);
  git('add', '-A');
  commit('second', '2026-07-01T00:00:00Z');
  utimesSync(root, before, before);
  expect(await changed()).toEqual(['a/one.ts', 'b/three.ts']);
  expect(await changed(['c'])).toEqual([]);
});

it('what was removed before is not', async () => {
  rmSync(join(root, 'a/one.ts'));
  utimesSync(join(root, 'a'), before, before);
  expect(await changed()).toEqual([]);
  git('add', '-A');
  commit('second', '2026-05-01T00:00:00Z');
  expect(await changed()).toEqual([]);
});

it('a name is taken as it is, whatever it means to Git', async () => {
  write('[x]/*.ts', 'new\n');
  write('x/a.ts', 'new\n');
  expect(await changed(['[x]'])).toEqual(['[x]/*.ts']);
  expect(await changed(['-o'])).toEqual([]);
});

it('a symbolic link is not followed', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'rhema-outside-'));
  writeFileSync(join(outside, 'target'), 'new\n');
  symlinkSync(join(outside, 'target'), join(root, 'a/link'));
  git('add', '-A');
  commit('link', '2026-01-02T00:00:00Z');
  execFileSync('touch', ['-h', '-d', '2026-01-01', join(root, 'a/link')]);
  expect(await changed()).toEqual([]);
  rmSync(outside, { recursive: true });
});

it('nothing that the configuration or the attributes name is run', async () => {
  const trap = join(root, 'trap.sh');
  writeFileSync(trap, `#!/bin/sh\ntouch '${join(root, 'sprung')}'\ncat\n`);
  chmodSync(trap, 0o755);
  for (const key of [
    'filter.x.clean',
    'filter.x.process',
    'diff.x.textconv',
    'diff.x.command',
    'gpg.program',
    'core.fsmonitor',
    'core.pager',
    'diff.external',
  ])
    git('config', key, trap);
  git('config', 'log.showSignature', 'true');
  writeFileSync(join(root, '.gitattributes'), '* filter=x diff=x\n');
  write('a/one.ts', 'new\n');
  expect(await changed()).toContain('a/one.ts');
  expect(existsSync(join(root, 'sprung'))).toBe(false);
});

it('where Git fails, or there are too many files to look at in time, nothing is said', async () => {
  let ms = 0;
  expect(await changed(['.'], () => (ms += 1_000))).toBeNull();
  rmSync(join(root, '.git'), { recursive: true });
  expect(await changed()).toBeNull();
});

it('a repository without a commit has changed files, too', async () => {
  rmSync(join(root, '.git'), { recursive: true });
  git('init', '--quiet');
  write('a/one.ts', 'new\n');
  expect(await changed()).toEqual(['a/one.ts']);
});

it('a submodule is no file', async () => {
  git('init', '--quiet', 'sub');
  write('sub/x', '');
  execFileSync('git', ['-C', join(root, 'sub'), 'add', 'x']);
  const said = ['-c', 'user.email=t@t', '-c', 'user.name=t', 'commit', '--quiet', '-m', 'x'];
  execFileSync('git', ['-C', join(root, 'sub'), ...said]);
  git('add', 'sub');
  write('sub/new', '');
  write('a/one.ts', 'new\n');
  const found = await changedSince({ root, paths: ['.'], sinceMs, monotonicMs: () => 0 });
  expect(found?.map(({ path }) => path)).toEqual(['a/one.ts']);
});
