/** A change of the configuration, and the choice that it leads to. */
import {
  fitsFolder,
  fitsPath,
  parsePattern,
  patternOf,
  type ClaimLevel,
  type FilePath,
  type PathPattern,
  type ScopePath,
  type Settings,
} from '../core/index.ts';
import type { Choice } from './choice.ts';
import type { Job } from './job.ts';

/** By the key of the option that it sets, within the block of the top's file. Of a list, what is added to it. */
export type Change =
  | { readonly key: 'claim'; readonly value: ClaimLevel }
  | { readonly key: 'free'; readonly add: readonly string[] }
  | { readonly key: 'split'; readonly add: readonly string[] }
  | { readonly key: 'max_locks_per_agent'; readonly value: number }
  | { readonly key: 'max_concurrent_agents'; readonly value: number };

export function changed(choice: Choice, change: Change, jobs: readonly Job[]): Choice {
  switch (change.key) {
    case 'claim':
      return withSettings(choice, { claimLevel: change.value });
    case 'free':
      return withSettings(choice, { freePaths: [...choice.settings.freePaths, ...change.add] });
    case 'split':
      return { ...choice, scopes: [...new Set([...choice.scopes, ...foldersFitting(jobs, change.add)])] };
    case 'max_locks_per_agent':
      return withSettings(choice, { maxLocksPerAgent: change.value });
    case 'max_concurrent_agents':
      return withSettings(choice, { maxConcurrentAgents: change.value });
  }
}

export function changedBy(choice: Choice, changes: readonly Change[], jobs: readonly Job[]): Choice {
  return changes.reduce((at, change) => changed(at, change, jobs), choice);
}

const withSettings = (choice: Choice, some: Partial<Settings>): Choice => ({
  ...choice,
  settings: { ...choice.settings, ...some },
});

/** Of the patterns of changes the first that fits nothing in these jobs; null: each fits something. */
export function unfitting(
  changes: readonly Change[],
  jobs: readonly Job[],
): { readonly key: 'free' | 'split'; readonly pattern: string } | null {
  const files = jobs.flatMap((job) => job.files);
  for (const change of changes) {
    if (change.key !== 'free' && change.key !== 'split') continue;
    const { key } = change;
    const fits = (text: string): boolean =>
      key === 'split'
        ? foldersFitting(jobs, [text]).length > 0
        : parsedOf([text]).some((pattern) => files.some((file) => fitsPath(pattern, file, 'file')));
    const pattern = change.add.find((text) => !fits(text));
    if (pattern !== undefined) return { key, pattern };
  }
  return null;
}

/** Of the folders that jobs have touched: those that are gone count as well, as they were scopes then. */
function foldersFitting(jobs: readonly Job[], patterns: readonly string[]): ScopePath[] {
  const parsed = parsedOf(patterns);
  return [...foldersOf(jobs)].filter((folder) => parsed.some((pattern) => fitsFolder(pattern, folder)));
}

const parsedOf = (patterns: readonly string[]): PathPattern[] =>
  patterns.flatMap((text) => {
    const one = parsePattern(text);
    return one.ok ? [one.pattern] : [];
  });

function foldersOf(jobs: readonly Job[]): Set<ScopePath> {
  const folders = new Set<ScopePath>();
  for (const { files } of jobs) for (const file of files) addFoldersAbove(folders, file);
  return folders;
}

function addFoldersAbove(folders: Set<ScopePath>, file: FilePath): void {
  let end = file.lastIndexOf('/');
  while (end > 0) {
    const folder = file.slice(0, end) as ScopePath;
    if (folders.has(folder)) return;
    folders.add(folder);
    end = folder.lastIndexOf('/');
  }
}

/**
 * The pattern that splits a scope where its files part: that of the folders in the deepest folder which still has nearly all of
 * them. Null: its files lie in no folders.
 */
export function splitOf(scope: ScopePath, files: readonly FilePath[]): string | null {
  let pattern: string | null = null;
  for (let folder: string | null = scope; folder !== null;) {
    const above: string = folder === '.' ? '' : `${folder}/`;
    const names = files.filter((file) => file.startsWith(above)).map((file) => file.slice(above.length));
    const most = mostFrequent(
      names.flatMap((name) => (name.includes('/') ? [name.split('/', 1)[0] ?? ''] : [])),
    );
    if (most === null) return pattern;
    pattern = `${above === '' ? '' : patternOf(folder)}/*`;
    folder = most.count >= names.length * nearlyAll ? `${above}${most.text}` : null;
  }
  return pattern;
}

const nearlyAll = 0.8;

function mostFrequent(texts: readonly string[]): { readonly text: string; readonly count: number } | null {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [first] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return first === undefined ? null : { text: first[0], count: first[1] };
}
