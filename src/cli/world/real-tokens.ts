import { dirname, join } from 'node:path';
import type { TokenFolder } from '../../access/index.ts';
import { withAccess } from '../../client/index.ts';
import type { Environment } from './environment.ts';
import { identityOf, makeOwnState, nameFor, ownState, removeIfEmpty } from './own-state.ts';
import type { Repository, Tokens } from './world.ts';

/** The tokens of a repository, and of no other that stands in its place later. */
export function tokensFolder(env: Environment, { commonDir }: Pick<Repository, 'commonDir'>): string {
  return join(ownState(env), 'tokens', nameFor(`${commonDir} ${identityOf(commonDir)}`));
}

export function realTokens(env: Environment): Tokens {
  const at = async <T>(repository: Repository, use: (folder: TokenFolder, path: string) => T): Promise<T> => {
    // Not loaded for every command.
    const { TokenFolder } = await import('../../access/index.ts');
    const path = tokensFolder(env, repository);
    return withAccess(path, () => use(new TokenFolder(path), path));
  };
  return {
    create: async (repository, wish) =>
      at(repository, (folder, path) => {
        makeOwnState(dirname(path));
        return folder.create(wish);
      }),
    list: async (repository) => at(repository, (folder) => folder.list()),
    revoke: async (repository, id) => at(repository, (folder) => folder.revoke(id)),
    revokeAll: async (repository) =>
      at(repository, (folder, path) => {
        folder.clear();
        for (const empty of [path, dirname(path)]) removeIfEmpty(empty);
      }),
  };
}
