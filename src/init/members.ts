import { literalFolders, type FolderPatterns } from './globs.ts';
import { warning, type Notices } from './notices.ts';
import type { RepositoryTree } from './tree.ts';

interface Membership extends Pick<FolderPatterns, 'root' | 'patterns'> {
  /** The manifest with the list. */
  readonly file: string;
  /** Name of the manifest that every member has. */
  readonly manifest: string;
}

/** Notes the members that a workspace names one by one, but that are not there. */
export function noteMissing(
  tree: RepositoryTree,
  { file, manifest, ...patterns }: Membership,
  notices: Notices,
): void {
  for (const folder of literalFolders(patterns))
    if (!tree.has(folder === '.' ? manifest : `${folder}/${manifest}`)) {
      const message = `names ${folder} as a member, where no ${manifest} is: correct the list, or restore the folder`;
      notices.add(warning('MEMBER_MISSING', { file }, message));
    }
}
