import nodeModule from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { ownFolderIn } from '../../files/index.ts';
import type { Environment } from '../world/world.ts';
import { KeptCode } from './kept-code.ts';

/** Of Node 22.8 and later. */
type Enable = ((folder: string) => unknown) | undefined;

/**
 * Has what was compiled kept for the next start, which then takes half of what it adds to Node's own. What lies there
 * is run as it is: so never in the temporary folder, where Node itself would put it, but where nobody but this user can write.
 * Returns how to load the program where Node does not keep it by itself; null: as ever.
 */
export function keepCompiled(
  env: Environment,
  main: string,
  args: readonly string[],
): ((file: string) => unknown) | null {
  const folder = compiledFolder(env);
  if (folder === null) return null;
  const enable = (nodeModule as { readonly enableCompileCache?: Enable }).enableCompileCache;
  if (enable === undefined) return keptCode(folder, main, args);
  enable(folder);
  return null;
}

function keptCode(folder: string, main: string, args: readonly string[]): (file: string) => unknown {
  const code = new KeptCode(join(folder, `${wordOf(args)}-${numberOf(dirname(main))}.code`));
  process.once('exit', (status) => {
    // Of what is no command there is any number.
    if (status === 0) code.keep();
  });
  return (file) => code.load(file);
}

/** The first word of a command; whatever begins otherwise shares a name. */
function wordOf([word = '']: readonly string[]): string {
  return /^[a-z][a-z-]{0,30}$/.test(word) ? word : 'other';
}

/** Sets one place where the program is installed apart from others (FNV-1a); where two have the same, each writes it anew. */
function numberOf(text: string): string {
  let number = 0x811c9dc5;
  for (const byte of Buffer.from(text)) number = Math.imul(number ^ byte, 0x01000193) >>> 0;
  return number.toString(16).padStart(8, '0');
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
