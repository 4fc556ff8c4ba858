import picomatch from 'picomatch';
import type { ScopePath } from '../../core/index.ts';
import { isWithin, joinPath, seenFrom } from '../paths.ts';

/** Which folders a workspace's patterns name. */
export interface FolderPatterns {
  /** The folder that the patterns are seen from. */
  readonly root: string;
  readonly patterns: readonly string[];
  /** `last`: the last pattern that fits decides, as npm has it. `exclude`: what `!` excludes stays out. */
  readonly negation: 'last' | 'exclude';
}

/** What patterns say about a folder: `excluded` is what a pattern with `!` fits, `unlisted` what none does. */
export type Listing = 'listed' | 'excluded' | 'unlisted';

/** Tells for a folder of the repository what the patterns say about it. */
export function folderListing({ root, patterns, negation }: FolderPatterns): (folder: string) => Listing {
  const rules = patterns.map((pattern) => {
    const excludes = pattern.startsWith('!');
    return { excludes, matches: picomatch(plain(excludes ? pattern.slice(1) : pattern)) };
  });
  return (folder) => {
    if (!isWithin(root, folder)) return 'unlisted';
    if (folder.split('/').includes('node_modules')) return 'excluded';
    const fitting = rules.filter(({ matches }) => matches(seenFrom(root, folder)));
    if (fitting.length === 0) return 'unlisted';
    const deciding = negation === 'last' ? fitting.slice(-1) : fitting;
    return deciding.some(({ excludes }) => excludes) ? 'excluded' : 'listed';
  };
}

/** Tells for a folder of the repository whether the patterns name it. */
export function folderMatcher(patterns: FolderPatterns): (folder: string) => boolean {
  const listing = folderListing(patterns);
  return (folder) => listing(folder) === 'listed';
}

const patternLengthMax = 256;
/** In one step of a path, and as many times any number of steps. */
const starsMax = 3;

/**
 * Whether a pattern is matched in a time that is bounded by more than patience: a repository's files are anybody's, and a
 * handful of stars in one name can keep a matcher busy for years. No workspace needs so many.
 */
export function isBounded(pattern: string): boolean {
  const steps = pattern.split('/');
  return (
    pattern.length <= patternLengthMax &&
    !/[+*]\(/.test(pattern) &&
    steps.filter((step) => step.includes('**')).length <= starsMax &&
    steps.every((step) => (step.match(/\*+/g)?.length ?? 0) <= starsMax)
  );
}

/** A leading `./` and a trailing slash add nothing; the folder itself is `.`. */
function plain(pattern: string): string {
  return (
    pattern
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^(?:\.?\/)+/, '')
      .replace(/\/+$/, '') || '.'
  );
}

/** The folders that patterns name one by one; those with a star are left out. */
export function literalFolders({ root, patterns }: Pick<FolderPatterns, 'root' | 'patterns'>): ScopePath[] {
  const literal = patterns.filter((pattern) => !/[!*?{}[\]()]/.test(pattern));
  return literal.flatMap((pattern) => joinPath(root, plain(pattern)) ?? []);
}
