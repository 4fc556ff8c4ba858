import { expect, it } from 'vitest';
import { scopesElsewhere } from './scope-source.ts';

const main = {
  worktree: '/repo',
  mainWorktree: '/repo',
  gitDir: '/repo/.git',
  commonDir: '/repo/.git',
  bare: false,
};

it.each([
  ['in the main working tree they are here', main, null],
  [
    'in a linked one they are in the main one',
    { ...main, worktree: '/linked' },
    'the main working tree, /repo',
  ],
  [
    'beside a bare repository they are in its last commit',
    { ...main, commonDir: '/repo.git', mainWorktree: null, bare: true },
    'the last commit of /repo.git, which is bare',
  ],
  ['where Git does not record the main one they are here', { ...main, mainWorktree: null }, null],
])('%s', (_title, repository, file) => {
  expect(scopesElsewhere(repository)).toBe(file);
});
