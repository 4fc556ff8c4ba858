import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { RolldownPlugin } from 'rolldown';
import ts from 'typescript';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** Modules of the library and their types, from `path` on: whatever is imported of them, however deep. */
function reach(path: string, reached: Set<string>): void {
  if (reached.has(path)) return;
  reached.add(path);
  const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'), true, true);
  for (const { fileName } of importedFiles) {
    if (!fileName.startsWith('.')) continue;
    const named = join(dirname(path), fileName);
    reach(path.endsWith('.d.ts') ? named.replace(/(?:\.d)?\.[jt]s$/, '.d.ts') : named, reached);
  }
}

function notReached(dist: string, exports: Manifest['exports']): string[] {
  const reached = new Set<string>();
  for (const target of Object.values(exports))
    for (const file of typeof target === 'string' ? [] : Object.values(target))
      reach(join(dirname(dist), file), reached);
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:js|d\.ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !reached.has(path) && !path.startsWith(join(dist, 'cli/')))
    .map((path) => `/${relative(dist, path).replaceAll('\\', '/')}`);
}

/**
 * Names for npm, in `.npmignore`, what is in `dist` for this checkout alone: no subpath of the package reaches it, and the
 * program has its own copy. It is a third of the files, and each takes a block of a disk, whatever its length.
 */
export function packed(root: string): RolldownPlugin {
  return {
    name: 'packed',
    closeBundle() {
      const dist = join(root, 'dist');
      if (!existsSync(join(dist, 'index.js'))) return;
      const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
      writeFileSync(join(dist, '.npmignore'), `${notReached(dist, exports).sort().join('\n')}\n`);
    },
  };
}
