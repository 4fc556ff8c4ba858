import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopePath } from '../../core/index.ts';
import { isMade } from '../made-folders.ts';
import { baseName, byText, depthOf, isWithin } from '../paths.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import type { Unit } from './unit.ts';

/** Hidden folders in which people work; in others tools keep what is theirs. */
const hiddenParts: ReadonlySet<string> = new Set(['.github', '.gitlab', '.circleci', '.buildkite']);

/**
 * The folders at the top in which no part was found, such as docs: whoever works there is in nobody's way, and need not hold what
 * all others share.
 */
export function topFolderUnits(tree: RepositoryTree, units: readonly Unit[]): Unit[] {
  const inhabited = new Set(tree.files.filter((file) => !isScopeFile(file)).map(firstStep));
  const isCovered = (folder: ScopePath): boolean => units.some(({ path }) => isWithin(folder, path));
  return (
    [...tree.folders]
      .filter((folder) => folder !== '.' && depthOf(folder) === 1 && inhabited.has(folder))
      .filter((folder) => !folder.startsWith('.') || hiddenParts.has(folder))
      .filter((folder) => !isMade(tree, folder) && !isCovered(folder))
      // Git lists what was deleted until that is committed.
      .filter((folder) => existsSync(join(tree.root, tree.onDisk(folder))))
      .sort(byText)
      .map((path) => ({ path, names: [baseName(path)], type: 'component', source: path }))
  );
}

/** What was written to describe a folder is nothing that is worth it. */
function isScopeFile(file: string): boolean {
  return baseName(file) === 'rhema.yaml';
}

function firstStep(path: string): string {
  return path.split('/', 1)[0] ?? path;
}
