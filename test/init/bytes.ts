import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every file, link and folder below a folder, `.git` included; but Git's objects, of which none is removed before Git tidies up.
 */
export function bytesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .filter((name) => !/(?:^|\/)\.git\/objects\//.test(name))
      .map((name) => [name, contentOf(join(folder, name))]),
  );
}

function contentOf(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  const mode = (stat.mode & 0o777).toString(8);
  if (stat.isFile())
    return `${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)}`;
  return stat.isDirectory() ? `${mode} folder` : 'something else';
}
