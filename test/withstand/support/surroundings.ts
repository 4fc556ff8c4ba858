import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything below a folder, one line a file with its kind, mode and content: equal listings mean that nothing was
 * written. What is below `except` is left out.
 */
export function surroundings(folder: string, except: string | null = null): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .map((found) => join(folder, found.name))
    .filter((path) => path !== except)
    .flatMap((path) => {
      const line = `${path} ${lstatSync(path).mode.toString(8)} ${contentOf(path)}`;
      return lstatSync(path).isDirectory() ? [line, ...surroundings(path, except)] : [line];
    })
    .sort();
}

function contentOf(path: string): string {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return readlinkSync(path);
  return found.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
}
