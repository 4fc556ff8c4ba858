import type { ScopePath } from '../../core/index.ts';
import type { Unit } from './unit.ts';
import { isMade } from '../made-folders.ts';
import { baseName, byText, folderOf, top } from '../paths.ts';
import type { RepositoryTree } from '../tree/tree.ts';

/** Folders that only gather others: their subfolders are the parts. */
const gatherers = new Set([
  'src',
  'source',
  'sources',
  'lib',
  'libs',
  'app',
  'apps',
  'packages',
  'pkg',
  'services',
  'modules',
  'components',
  'crates',
  'plugins',
  'internal',
  'cmd',
]);

/** Where no tool names any parts: the top-level folders, and in place of one that gathers others, what it gathers. */
export function folderUnits(tree: RepositoryTree): Unit[] {
  const children = childrenOf(tree);
  const parts = (children.get(top) ?? []).flatMap((folder) => {
    const inner = children.get(folder) ?? [];
    return gatherers.has(folder) && inner.length > 1 ? inner : [folder];
  });
  return parts.map((path) => ({ path, names: [baseName(path)], type: 'component', source: path }));
}

/** Hidden folders hold the tools' own things, and others hold what tools have made. */
function childrenOf(tree: RepositoryTree): Map<ScopePath, ScopePath[]> {
  const children = new Map<ScopePath, ScopePath[]>();
  for (const folder of [...tree.folders].sort(byText)) {
    if (folder === top || baseName(folder).startsWith('.') || isMade(tree, folder)) continue;
    const parent = folderOf(folder);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [folder]);
    else siblings.push(folder);
  }
  return children;
}
