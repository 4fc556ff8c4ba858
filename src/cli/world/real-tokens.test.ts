import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder.ts';
import { realTokens, tokensFolder } from './real-tokens.ts';
import type { Repository, Tokens } from './world.ts';

const wish = { name: 'ci', role: 'observer', agents: [], createdAtMs: 1, expiresAtMs: null } as const;
let home: string;
let repository: Repository;
let tokens: Tokens;

beforeEach(() => {
  home = folderOfTest('rhema-tokens-');
  const commonDir = join(home, 'shop/.git');
  mkdirSync(commonDir, { recursive: true });
  repository = { commonDir } as Repository;
  tokens = realTokens({ HOME: home });
});

it('are kept with the user’s own files, and nowhere in the repository', async () => {
  await tokens.create(repository, wish);
  expect((await tokens.list(repository)).records).toMatchObject([{ name: 'ci' }]);
  expect(readdirSync(repository.commonDir)).toEqual([]);
  expect(tokensFolder({ HOME: home }, repository)).toContain(join(home, '.local/state/rhema/tokens'));
});

it('of a repository let nobody into another that stands in its place', async () => {
  await tokens.create(repository, wish);
  renameSync(repository.commonDir, `${repository.commonDir}-moved`);
  mkdirSync(repository.commonDir);
  expect((await tokens.list(repository)).records).toEqual([]);
});

it('are all removed with the coordination, and leave no folder', async () => {
  await tokens.create(repository, wish);
  await tokens.revokeAll(repository);
  expect(existsSync(join(home, '.local/state/rhema/tokens'))).toBe(false);
  await tokens.revokeAll(repository);
});
