import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { entryFile } from '../entry-files.ts';
import type { Environment } from '../world/world.ts';

/** How an agent starts this program in its shell: by its name where the PATH leads to it, else by its path. */
export function programWords(env: Environment): readonly string[] {
  const main = realPath(entryFile('main'));
  const folders = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const first = folders.map((folder) => realPath(join(folder, 'rhema'))).find((path) => path !== null);
  return main === null || first === main ? ['rhema'] : [process.execPath, main];
}

function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}
