import { expect, test } from 'vitest';
import { readGitConfig } from './git-config.ts';

test.each([
  ['', { bare: null, worktree: null, worktreeConfig: false, needsGit: false }],
  ['[core]\n\tbare = true\n', { bare: true }],
  ['[core]\n\tbare\n', { bare: true }],
  ['[CORE] BARE = yes', { bare: true }],
  ['[core]\r\n\tbare = false\r\n', { bare: false }],
  ['[core]\n bare = true\n[remote "core"]\n bare = false\n', { bare: true }],
  ['[core]\n worktree = ../../sub folder\n', { worktree: '../../sub folder', needsGit: false }],
  ['[core]\n worktree = "../quoted"\n', { needsGit: true }],
  ['[core]\n bare = true ; a server\n', { needsGit: true }],
  ['[extensions]\n worktreeConfig = "true"\n', { needsGit: true }],
  ['[include]\n path = other\n', { needsGit: false }],
  ['[extensions]\n worktreeConfig = true\n', { worktreeConfig: true }],
])('the Git configuration %j is understood', (text, expected) => {
  expect(readGitConfig(text)).toMatchObject(expected);
});
