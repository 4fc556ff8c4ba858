import nodeModule from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { ownFolderIn } from '../../files/index.ts';
import type { Environment } from '../world/world.ts';

/** Of Node 22.8 and later. */
type Enable = ((folder: string) => unknown) | undefined;

/**
 * Has Node keep what it has compiled for the next start, which then takes half of what it adds to Node's own. What lies there
 * is run as it is: so never in the temporary folder, where Node itself would put it, but where nobody but this user can write.
 */
export function keepCompiled(env: Environment): void {
  const enable = (nodeModule as { readonly enableCompileCache?: Enable }).enableCompileCache;
  if (enable === undefined) return;
  const folder = compiledFolder(env);
  if (folder !== null) enable(folder);
}

/** Null where there is no place that is this user's alone: then it starts as slowly as ever. */
export function compiledFolder(env: Environment): string | null {
  try {
    const named = env['XDG_CACHE_HOME'] ?? '';
    const caches = isAbsolute(named) ? named : ownFolderIn(env['HOME'] ?? homedir(), '.cache');
    return caches === null ? null : ownFolderIn(caches, 'rhema');
  } catch {
    return null;
  }
}
