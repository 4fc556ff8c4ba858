import { symlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { commitAll, git, makeRepository, write } from '../testing/fixture.ts';
import { gitMark, lastOperation } from './git-mark.ts';

let root: string;
const marked = () => gitMark({ commonDir: join(root, '.git'), bare: false })!;

beforeEach(() => {
  root = makeRepository({ a: 'a' });
  commitAll(root);
});

it('changes with the index alone, with HEAD, and with the branch that HEAD names', () => {
  const first = marked();
  expect(marked()).toEqual(first);
  write(root, { a: 'b' });
  expect(marked()).toEqual(first);
  git(root, 'add', 'a');
  const added = marked();
  expect([added.text === first.text, added.head === first.head]).toEqual([false, true]);
  commitAll(root);
  expect(marked().head).not.toBe(first.head);
  const before = marked();
  git(root, 'checkout', '-q', '--detach');
  expect(marked().head).not.toBe(before.head);
});

it('changes when a packed branch moves', () => {
  git(root, 'pack-refs', '--all');
  const before = marked();
  git(root, 'commit', '-q', '--allow-empty', '-m', 'x');
  expect(marked().head).not.toBe(before.head);
});

it('says that Git is at work', () => {
  expect(marked().isBusy).toBe(false);
  writeFileSync(join(root, '.git/index.lock'), '');
  expect(marked().isBusy).toBe(true);
});

it('follows no HEAD that leads elsewhere, and there is none of a bare repository', () => {
  expect(gitMark({ commonDir: join(root, '.git'), bare: true })).toBeNull();
  writeFileSync(join(root, '.git/HEAD'), 'ref: refs/../../a\n');
  expect(marked().head).toBe('ref: refs/../../a');
  rmSync(join(root, '.git/HEAD'));
  symlinkSync(join(root, 'a'), join(root, '.git/HEAD'));
  expect(marked().head).toBe('');
});

it('names what Git did last by its own log, and nothing that is no such name', () => {
  const repository = { commonDir: join(root, '.git') };
  git(root, 'checkout', '-q', '-b', 'other');
  expect(lastOperation(repository)).toBe('checkout');
  git(root, 'reset', '-q', '--hard');
  expect(lastOperation(repository)).toBe('reset');
  writeFileSync(join(root, '.git/logs/HEAD'), 'x y <z> 1 +0000\t\u001b[31mred: x\n');
  expect(lastOperation(repository)).toBeNull();
  rmSync(join(root, '.git/logs'), { recursive: true });
  expect(lastOperation(repository)).toBeNull();
});
