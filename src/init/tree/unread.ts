/** What lies in a tree and may have been meant for us: never passed over in silence. */
import { warning, type Notices } from '../notices.ts';
import { baseName, byText, folderOf, isSample } from '../paths.ts';
import type { RepositoryTree } from './tree.ts';

const filesNamedMax = 5;

/**
 * Scope files that end in `.yml`, as the editor's example workspaces have them. Rhema itself reads `.yaml` alone, and so
 * do we: one file is then the scope for everybody.
 */
export function noteOtherSuffix(tree: RepositoryTree, notices: Notices): void {
  const files = [...tree.named('rhema.yml'), ...tree.named('scope.yml').filter((file) => isOurs(tree, file))]
    .filter((file) => !isSample(scopeFolder(file)))
    .sort(byText);
  for (const file of files.slice(0, filesNamedMax)) {
    const right = baseName(file).replace(/yml$/, 'yaml');
    const message = `is not read: a scope's file ends in .yaml. If it is meant to be one, rename it to ${right} and run this again`;
    notices.add(warning('NOT_READ', { file }, message));
  }
  const more = files.length - filesNamedMax;
  if (more > 0)
    notices.add(
      warning(
        'NOT_READ',
        null,
        more === 1
          ? '1 more file in .yml is not read, for the same reason'
          : `${more} more files in .yml are not read, for the same reason`,
      ),
    );
}

/** Many tools have a `scope.yml`. */
function isOurs(tree: RepositoryTree, file: string): boolean {
  return /^(?:scope|rhema|scope_type)\s*:/m.test(tree.readSource(file) ?? '');
}

function scopeFolder(file: string): string {
  const folder = folderOf(file);
  return baseName(folder) === '.rhema' ? folderOf(folder) : folder;
}
