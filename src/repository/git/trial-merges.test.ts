import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findRepository } from '../index.ts';
import { commitAll, git, makeRepository, temporaryFolder, write } from '../testing/fixture.ts';
import { openTrialMerges, type SidePresent } from './trial-merges.ts';

interface Found {
  readonly [file: string]: string;
}

/** What clashes, as `left|right: kinds` by file; after it was made sure that nothing was touched. */
async function clashesIn(root: string, branches = false): Promise<Record<string, Found>> {
  const before = traces(root);
  const parent = mkdtempSync(join(temporaryFolder(), 'parent-'));
  const repository = await findRepository({ cwd: root, env: {}, isChosen: true });
  const merges = await openTrialMerges(repository, { parent, branches, nowMs: Date.now() });
  const presents = await merges.presents();
  const there = presents.filter((one): one is SidePresent => one.ok);
  expect(presents.filter((one) => !one.ok)).toEqual([]);
  const pairs = there.flatMap((left, at) => there.slice(at + 1).map((right) => [left, right] as const));
  const bases = await merges.bases(pairs);
  expect(bases).toHaveLength(pairs.length);
  const related = pairs.filter((_, at) => bases[at]!.length > 0);
  const merged = await merges.merge(related);
  merges.close();
  expect(readdirSync(parent)).toEqual([]);
  expect(traces(root)).toEqual(before);
  return Object.fromEntries(
    merged.flatMap((one, at) => {
      if (!one.ok) throw new Error(one.why);
      const [left, right] = related[at]!;
      const found = one.conflicts.map(({ file, kinds }) => [file, kinds.join()]);
      return found.length === 0
        ? []
        : [[`${left.side.name}|${right.side.name}`, Object.fromEntries(found) as Found]];
    }),
  );
}

/** Every file of the repository's trees and of its Git folder: what is in it, and when it was last written. */
function traces(root: string): Record<string, string> {
  const trees = git(root, 'worktree', 'list', '--porcelain').matchAll(/^worktree (.*)$/gm);
  return Object.fromEntries([...trees].flatMap(([, tree]) => tracesUnder(tree!)));
}

function tracesUnder(folder: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return [[path, 'folder'], ...tracesUnder(path)];
    if (!entry.isFile()) return [[path, 'other']];
    // Git marks objects, and the part of an index that is shared, as used whenever it needs them.
    const isMarked = /\/objects\/|\/sharedindex\./.test(path);
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    const { mtimeNs } = statSync(path, { bigint: true });
    return [[path, isMarked ? digest : `${digest} ${mtimeNs}`]];
  });
}

/** A repository with a file in its first commit, and linked trees with branches named like them. */
function withTrees(files: Record<string, string | Uint8Array>, ...names: readonly string[]): Trees {
  const root = makeRepository(files);
  commitAll(root);
  git(root, 'branch', '-M', 'main');
  const beside = temporaryFolder();
  const trees = names.map((name) => {
    git(root, 'worktree', 'add', '-q', '-b', name, join(beside, name));
    return join(beside, name);
  });
  return { root, trees };
}

interface Trees {
  readonly root: string;
  readonly trees: readonly string[];
}

const lines = (...changed: readonly string[]): string => [...changed, 'b', 'c', 'd', ''].join('\n');

it('names files in conflict, whether what was changed is committed, staged, in the tree alone, new or deleted', async () => {
  const { root, trees } = withTrees({ f: lines('a'), g: 'g', h: 'h', keep: lines('a') }, 'one', 'two');
  const [one, two] = trees as [string, string];
  write(one, { f: lines('one'), new: 'one', keep: `${lines('a')}end\n` });
  rmSync(join(one, 'g'));
  write(two, { f: lines('two'), g: 'other', new: 'two', keep: lines('start') });
  git(two, 'add', 'f');
  git(two, 'commit', '-q', '-m', 'f');
  git(two, 'add', 'g');
  expect(await clashesIn(root)).toEqual({
    'one|two': { f: 'content', g: 'modify/delete', new: 'add/add' },
  });
});

it('names nothing where changes go together, and what is ignored is none of them', async () => {
  const { root, trees } = withTrees({ f: lines('a'), '.gitignore': 'junk\n' }, 'one', 'two');
  write(trees[0]!, { junk: 'one', f: `${lines('a')}end\n` });
  write(trees[1]!, { junk: 'two', f: lines('start') });
  expect(await clashesIn(root)).toEqual({});
});

it('follows a file that was renamed, and tells binary files', async () => {
  const { root, trees } = withTrees({ f: lines('a', '1', '2', '3'), bin: Buffer.from([0, 1]) }, 'one', 'two');
  const [one, two] = trees as [string, string];
  renameSync(join(one, 'f'), join(one, 'moved'));
  write(one, { moved: lines('one', '1', '2', '3'), bin: Buffer.from([0, 2]) });
  write(two, { f: lines('two', '1', '2', '3'), bin: Buffer.from([0, 3]) });
  expect(await clashesIn(root)).toEqual({ 'one|two': { moved: 'content', bin: 'content' } });
});

it('looks at the content of a file that was changed in the moment in which the index was written', async () => {
  const { root, trees } = withTrees({ f: 'one\n' }, 'one', 'two');
  const [one, two] = trees as [string, string];
  const index = git(one, 'rev-parse', '--path-format=absolute', '--git-path', 'index').trim();
  const at = new Date('2026-01-01T00:00:00.500Z');
  utimesSync(join(one, 'f'), at, at);
  git(one, 'update-index', '--refresh');
  writeFileSync(join(one, 'f'), 'two\n');
  utimesSync(join(one, 'f'), at, at);
  utimesSync(index, at, at);
  write(two, { f: 'three\n' });
  expect(await clashesIn(root)).toEqual({ 'one|two': { f: 'content' } });
});

it('takes a tree in any state: nothing checked out but a commit, a merge that is not over, a folder become a link', async () => {
  const { root, trees } = withTrees({ f: lines('a'), 'd/x': 'x', g: 'g' }, 'one', 'two');
  const [one, two] = trees as [string, string];
  git(one, 'checkout', '-q', '--detach');
  rmSync(join(one, 'd'), { recursive: true });
  symlinkSync('/', join(one, 'd'));
  rmSync(join(one, 'g'));
  mkdirSync(join(one, 'g'));
  write(one, { 'g/inner': 'inner' });
  write(two, { 'd/x': 'other' });
  commitAll(two);
  git(root, 'checkout', '-q', '-b', 'left');
  write(root, { f: lines('left') });
  commitAll(root);
  git(root, 'checkout', '-q', '-b', 'right', 'main');
  write(root, { f: lines('right') });
  commitAll(root);
  expect(() => git(root, 'merge', 'left')).toThrow();
  const found = await clashesIn(root);
  expect(found).toEqual({ 'one|two': expect.objectContaining({}) as Found });
  expect(Object.keys(found['one|two']!).join()).toContain('d');
});

it('takes sparse trees, submodules and an index in two parts', async () => {
  const inner = makeRepository({ x: 'x' });
  commitAll(inner);
  const { root, trees } = withTrees({ 'in/f': lines('a'), 'out/g': 'g' }, 'one', 'two');
  const [one, two] = trees as [string, string];
  git(one, 'sparse-checkout', 'set', '--sparse-index', 'in');
  expect(existsSync(join(one, 'out'))).toBe(false);
  git(two, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner, 'sub');
  git(two, 'update-index', '--split-index');
  write(one, { 'in/f': lines('one') });
  write(two, { 'in/f': lines('two'), 'sub/x': 'dirty', 'out/g': 'other' });
  expect(await clashesIn(root)).toEqual({ 'one|two': { 'in/f': 'content' } });
});

it('merges no two without a common history, and takes branches that are checked out nowhere where asked', async () => {
  const { root, trees } = withTrees({ f: lines('a') }, 'one', 'pages');
  const [one, pages] = trees as [string, string];
  git(root, 'branch', 'old');
  git(root, 'checkout', '-q', '-b', 'ahead');
  write(root, { f: lines('ahead') });
  commitAll(root);
  git(root, 'checkout', '-q', 'main');
  git(pages, 'checkout', '-q', '--orphan', 'apart');
  write(pages, { f: 'apart' });
  commitAll(pages);
  write(one, { f: lines('one') });
  expect(await clashesIn(root)).toEqual({});
  expect(await clashesIn(root, true)).toEqual({ 'one|ahead': { f: 'content' } });
});

it('starts no program of the repository: neither filters nor drivers of merges, hooks or watchers', async () => {
  const { root, trees } = withTrees({ f: lines('a'), 'sub/keep': '' }, 'one', 'two');
  const started = join(temporaryFolder(), 'started');
  const program = `touch '${started}'; false`;
  const attributes = 'f merge=evil filter=evil diff=evil\nnew merge=evil filter=evil\n';
  for (const [key, value] of [
    ['merge.evil.driver', program],
    ['merge.default', 'evil'],
    ['filter.evil.clean', program],
    ['filter.evil.smudge', program],
    ['filter.evil.process', program],
    ['filter.evil.required', 'true'],
    ['diff.evil.textconv', program],
    ['diff.evil.command', program],
    ['core.fsmonitor', program],
    ['core.hooksPath', join(root, 'hooks')],
  ] as const)
    git(root, 'config', key, value);
  mkdirSync(join(root, 'hooks'));
  for (const hook of ['post-index-change', 'reference-transaction', 'pre-commit'])
    writeFileSync(join(root, 'hooks', hook), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
  for (const [at, tree] of [root, ...trees].entries())
    write(tree, { f: lines(String(at)), new: String(at), '.gitattributes': attributes });
  writeFileSync(join(root, '.git', 'info', 'attributes'), attributes);
  const fresh = statSync(join(root, 'f')).mtimeMs;
  expect(fresh).toBeGreaterThan(0);
  rmSync(started, { force: true });
  const repository = await findRepository({ cwd: root, env: {}, isChosen: true });
  const parent = temporaryFolder();
  const merges = await openTrialMerges(repository, { parent, branches: true, nowMs: Date.now() });
  const [one, two] = (await merges.presents()).filter((each) => each.ok);
  expect(await merges.merge([[one!, two!]])).toMatchObject([
    { ok: true, conflicts: [{ file: 'f' }, { file: 'new' }] },
  ]);
  merges.close();
  expect(existsSync(started)).toBe(false);
});

it('says which tree it could not look at, and looks at the others', async () => {
  const { root, trees } = withTrees({ f: 'f' }, 'one', 'gone');
  const index = git(trees[0]!, 'rev-parse', '--path-format=absolute', '--git-path', 'index').trim();
  writeFileSync(index, 'damaged');
  rmSync(trees[1]!, { recursive: true });
  const repository = await findRepository({ cwd: root, env: {}, isChosen: true });
  const merges = await openTrialMerges(repository, {
    parent: temporaryFolder(),
    branches: false,
    nowMs: Date.now(),
  });
  expect(await merges.presents()).toMatchObject([
    { ok: true, side: { name: 'main' } },
    { ok: false, side: { name: 'one' }, why: expect.stringContaining('index') as string },
  ]);
  merges.close();
});

it('removes what runs that were killed have left, after a while', async () => {
  const { root } = withTrees({ f: 'f' });
  const parent = temporaryFolder();
  mkdirSync(join(parent, 'room-killed'));
  writeFileSync(join(parent, 'room-killed', 'x'), '');
  writeFileSync(join(parent, 'pairs.json'), '');
  const repository = await findRepository({ cwd: root, env: {}, isChosen: true });
  const open = async (nowMs: number): Promise<void> =>
    (await openTrialMerges(repository, { parent, branches: false, nowMs })).close();
  await open(Date.now());
  expect(readdirSync(parent).sort()).toEqual(['pairs.json', 'room-killed']);
  await open(Date.now() + 3_600_000);
  expect(readdirSync(parent)).toEqual(['pairs.json']);
});

it('keeps an eye on the whole: the objects of a tree with an odd name are found', async () => {
  const folder = join(temporaryFolder(), 'a:b "c"\\ é');
  mkdirSync(folder);
  const run = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  run('init', '-q', '-b', 'main');
  writeFileSync(join(folder, 'f'), lines('a'));
  run('add', '.');
  run('commit', '-qm', 'f');
  run('worktree', 'add', '-q', '../one');
  writeFileSync(join(folder, '..', 'one', 'f'), lines('one'));
  writeFileSync(join(folder, 'f'), lines('main'));
  expect(await clashesIn(folder)).toEqual({ 'main|one': { f: 'content' } });
});
