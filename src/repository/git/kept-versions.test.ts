import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import { keptVersions, keptVersionsMax, type KeptVersions } from './kept-versions.ts';

const path = 'src/.rhema/todos.yaml' as ScopePath;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
let root = '';
let kept: KeptVersions;
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rhema-kept-'));
  git('init', '--quiet');
  kept = keptVersions({ commonDir: join(root, '.git') });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('nothing is kept at first', async () => {
  expect(await kept.list(path)).toEqual([]);
  expect(await kept.kept(path, digestOf('a'))).toBeNull();
});

it('contents come back as they were, also after Git has tidied up', async () => {
  const texts = ['a: 1\n', 'é\r\n\u0000', ''];
  await kept.keep(path, texts);
  await kept.keep(path, ['']);
  git('gc', '--quiet', '--prune=now');
  for (const text of texts) expect(await kept.kept(path, digestOf(text))).toBe(text);
  expect(await kept.list(path)).toEqual([
    { digest: digestOf(''), number: 3, isRefused: false },
    { digest: digestOf(texts[1] ?? ''), number: 2, isRefused: false },
    { digest: digestOf('a: 1\n'), number: 1, isRefused: false },
  ]);
  expect(git('fsck', '--strict')).toBe('');
});

it('a file has its own, and no branch has them', async () => {
  await kept.keep(path, ['a']);
  expect(await kept.kept('src/todos.yaml' as ScopePath, digestOf('a'))).toBeNull();
  expect(git('branch', '--all')).toBe('');
  expect(git('status', '--porcelain')).toBe('');
});

it('the oldest give way', async () => {
  const texts = Array.from({ length: keptVersionsMax + 1 }, (_, index) => `${index}`);
  await kept.keep(path, texts);
  expect(await kept.list(path)).toHaveLength(keptVersionsMax);
  expect(await kept.kept(path, digestOf('0'))).toBeNull();
  expect(await kept.kept(path, digestOf('1'))).toBe('1');
});

it('processes that keep at once lose nothing', async () => {
  const texts = ['a', 'b', 'c'];
  await Promise.all(texts.map((text) => kept.keep(path, [text])));
  for (const text of texts) expect(await kept.kept(path, digestOf(text))).toBe(text);
});

it('Git that cannot write says so', async () => {
  git('config', 'core.repositoryFormatVersion', '99');
  await expect(kept.keep(path, ['a'])).rejects.toMatchObject({ code: 'GIT_FAILED' });
});

it('what was refused is kept beside what was there', async () => {
  await kept.keep(path, ['a']);
  await kept.keepRefused(path, 'mine');
  await kept.keepRefused(path, 'mine');
  await kept.keep(path, ['a', 'b']);
  expect((await kept.list(path)).map(({ digest, isRefused }) => [digest, isRefused])).toEqual([
    [digestOf('b'), false],
    [digestOf('mine'), true],
    [digestOf('a'), false],
  ]);
  expect(await kept.kept(path, digestOf('mine'))).toBe('mine');
});
