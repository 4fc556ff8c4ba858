import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ensurePrivateDirectory, statePaths, withAccess } from '../../client/index.ts';
import type { ScopePath } from '../../core/index.ts';
import { readOwnText, replaceFile } from '../../files/index.ts';
import { syncedTree, trackedContent } from '../../repository/index.ts';
import { readAllowed, writeAllowed } from './allowed-commands.ts';
import type { Syncs } from './world.ts';

export const realSyncs: Syncs = {
  tree: syncedTree,
  content: trackedContent,
  allowed: (env, { commonDir }) => readAllowed(env, commonDir),
  allow: (env, { commonDir }, commands) => writeAllowed(env, commonDir, commands),
  keepOutput: ({ commonDir }, scope, text) => {
    const path = outputOf(commonDir, scope);
    ensurePrivateDirectory(join(path, '..'));
    withAccess(path, () => replaceFile(path, text));
  },
  output: ({ commonDir }, scope) => {
    const path = outputOf(commonDir, scope);
    return withAccess(path, () => readOwnText(path));
  },
};

function outputOf(commonDir: string, scope: ScopePath): string {
  const name = createHash('sha256').update(scope).digest('hex').slice(0, 32);
  return join(statePaths(commonDir).directory, 'sync-output', name);
}
