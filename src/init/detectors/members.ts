import { isBounded, literalFolders, type FolderPatterns } from './globs.ts';
import { warning, type Notices } from '../notices.ts';
import type { RepositoryTree } from '../tree/tree.ts';

interface Membership extends Pick<FolderPatterns, 'root' | 'patterns'> {
  /** The manifest with the list. */
  readonly file: string;
  /** Name of the manifest that every member has. */
  readonly manifest: string;
}

/** The patterns that can be matched in a bounded time; the others are noted. */
export function usablePatterns(patterns: readonly string[], file: string, notices: Notices): string[] {
  for (const pattern of patterns.filter((one) => !isBounded(one))) {
    const message = `the pattern ${JSON.stringify(pattern.slice(0, 80))} has too many stars, or is too long: left out, write it simpler`;
    notices.addGap(warning('MANIFEST_BROKEN', { file }, message));
  }
  return patterns.filter(isBounded);
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
