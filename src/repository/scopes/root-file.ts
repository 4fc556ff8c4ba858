/** The root scope's file: it carries the configuration, and lists scopes that have no file of their own. */
import { loadConfig, type LoadedConfig } from '../../config/index.ts';
import type { ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { definitionFiles, type Candidate } from './candidates.ts';
import { reaches } from './out-of-sight.ts';
import { readCandidate, type ReadCandidate } from './read-candidate.ts';
import type { Tree } from './tree.ts';

export interface RootFile {
  /** Undefined: there is none that could be opened. */
  readonly read: ReadCandidate | undefined;
  /** The file that cannot be asked for the configuration, though there is one; null: it can, or there is none. */
  readonly unread: string | null;
  /** Why it cannot. */
  readonly reasons: readonly ScopeProblem[];
}

export async function readRootFile(
  tree: Tree,
  candidates: readonly Candidate[],
  known: ReadonlySet<ScopePath>,
): Promise<RootFile> {
  const candidate = candidates.find(({ scope }) => scope === '.');
  const found = candidate === undefined ? undefined : await readCandidate(tree, candidate, known);
  const read = found?.kind === 'scope' ? found : undefined;
  const hidden = hiddenFile(tree, read?.candidate);
  if (hidden !== null) {
    const reasons = tree.problems.filter(({ file }) => file !== null && reaches(hidden, new Set([file])));
    return { read, unread: hidden, reasons };
  }
  if (read === undefined || read.yaml !== null) return { read, unread: null, reasons: [] };
  return { read, unread: read.candidate.file, reasons: read.problems };
}

/** One that nobody could look at, and that would count before the one that was found. */
function hiddenFile({ outOfSight }: Tree, found: Candidate | undefined): string | null {
  const places = new Set(outOfSight);
  const before = found === undefined ? definitionFiles.length : definitionFiles.indexOf(found.kind);
  return definitionFiles.slice(0, before).find((name) => reaches(name, places)) ?? null;
}

/** A broken file says nothing about the configuration, so what was in force stays. */
export async function rootConfig(
  root: RootFile,
  {
    previous,
    env,
  }: {
    readonly previous: { readonly config: LoadedConfig } | null;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<LoadedConfig> {
  const loaded = await loadConfig({ file: root.read?.yaml ?? null, env });
  const broken = loaded.problems.some(({ severity }) => severity === 'error') || root.unread !== null;
  if (!broken || previous === null) return loaded;
  return { ...previous.config, problems: loaded.problems };
}

/** The file of which nobody knows which scopes it lists, so that those of before count; null: that is known. */
export function unreadList({ read, unread }: RootFile, { problems }: LoadedConfig): string | null {
  if (unread !== null) return unread;
  const isNoMap = problems.some(({ code }) => code === 'CONFIG_NOT_A_MAP');
  return isNoMap ? (read?.candidate.file ?? null) : null;
}
