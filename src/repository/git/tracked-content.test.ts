import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitAll, git, makeRepository, write } from '../testing/fixture.ts';
import { trackedContent } from './tracked-content.ts';

const contentOf = async (root: string): Promise<Record<string, string>> =>
  Object.fromEntries((await trackedContent(root)).now);

/** The files of which it says something else than before. */
async function changedBy(root: string, change: () => void): Promise<string[]> {
  const before = await contentOf(root);
  change();
  const after = await contentOf(root);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .sort();
}

it('is another text for each tracked file whose content, mode or kind is changed, or that is gone', async () => {
  const root = makeRepository({ a: 'a', b: 'b', c: 'c', d: 'd', e: 'e', '.gitignore': 'junk\n' });
  commitAll(root);
  const changed = await changedBy(root, () => {
    write(root, { a: 'a2', junk: 'x', new: 'not known to Git' });
    rmSync(join(root, 'b'));
    chmodSync(join(root, 'c'), 0o755);
    rmSync(join(root, 'd'));
    symlinkSync('e', join(root, 'd'));
  });
  expect(changed).toEqual(['a', 'b', 'c', 'd']);
});

it('is the same for a file that was only touched, and for one that is staged or committed as it was', async () => {
  const root = makeRepository({ a: 'a', link: 'x' });
  commitAll(root);
  write(root, { a: 'a2' });
  rmSync(join(root, 'link'));
  symlinkSync('a', join(root, 'link'));
  chmodSync(join(root, 'a'), 0o755);
  expect(
    await changedBy(root, () => {
      git(root, 'add', '.');
    }),
  ).toEqual([]);
  expect(
    await changedBy(root, () => {
      commitAll(root);
      utimesSync(join(root, 'a'), 1, 1);
    }),
  ).toEqual([]);
});

it('knows a new file once Git knows it, also where it was only said that it will be added', async () => {
  const root = makeRepository({ a: 'a' });
  commitAll(root);
  write(root, { new: 'n', later: 'l' });
  const changed = await changedBy(root, () => {
    git(root, 'add', 'new');
    git(root, 'add', '-N', 'later');
  });
  expect(changed).toEqual(['later', 'new']);
  expect(await changedBy(root, () => write(root, { later: 'l2' }))).toEqual(['later']);
});

it('follows no link that is put in the place of a folder, opens no pipe, and runs no filter', async () => {
  const outside = makeRepository({ 'folder/a': 'secret' });
  const root = makeRepository({ 'folder/a': 'secret', b: 'b', '.gitattributes': 'b filter=x\n' });
  commitAll(root);
  git(root, 'config', 'filter.x.clean', `touch ${join(root, 'started')}; cat`);
  const changed = await changedBy(root, () => {
    rmSync(join(root, 'folder'), { recursive: true });
    symlinkSync(join(outside, 'folder'), join(root, 'folder'));
    write(root, { b: 'b' });
  });
  expect(changed).toEqual(['folder/a']);
  expect(existsSync(join(root, 'started'))).toBe(false);
  rmSync(join(root, 'b'));
  mkdirSync(join(root, 'b'));
  expect(await contentOf(root)).not.toHaveProperty('b');
});

it('is something also of a file in conflict', async () => {
  const root = makeRepository({ a: 'a' });
  commitAll(root);
  git(root, 'checkout', '-q', '-b', 'other');
  write(root, { a: 'theirs' });
  commitAll(root);
  git(root, 'checkout', '-q', '-');
  write(root, { a: 'ours' });
  commitAll(root);
  const changed = await changedBy(root, () => {
    expect(() => git(root, 'merge', 'other')).toThrow();
  });
  expect(changed).toEqual(['a']);
});
