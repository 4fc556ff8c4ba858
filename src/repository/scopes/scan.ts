import { createHash } from 'node:crypto';
import type { ScopeDefinition, ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { LoadedConfig } from '../../config/index.ts';
import { mapBounded } from '../bounded.ts';
import { chooseCandidates, type Candidate, type Place } from './candidates.ts';
import { headFingerprint, openHeadTree } from './commit-tree.ts';
import { defineScopes } from './definitions.ts';
import { problemsOfAlike } from './alike.ts';
import { Discovery } from './discovery.ts';
import { findScopes } from './find-scopes.ts';
import { forReport } from './problem-report.ts';
import { warningAt } from './problems.ts';
import { readCandidate, type ReadCandidate } from './read-candidate.ts';
import type { SyncCommand } from './read-sync.ts';
import { readRootFile, rootConfig, unreadList } from './root-file.ts';
import type { Repository } from '../git/folders.ts';
import type { ScanMemory } from './scan-memory.ts';
import { scopeSource, type ScopeSource } from './source.ts';
import type { FileContent, Tree } from './tree.ts';
import { lookAgain, openWorkingTree } from './working-tree.ts';

/** Enough to hide the latency of a disk, few enough to keep open files and memory small. */
const readsAtOnce = 16;

/** What an earlier scan found, to fall back on where a file is now broken. */
export interface LastGood {
  readonly definitions: readonly ScopeDefinition[];
  readonly config: LoadedConfig;
}

export interface ScanOptions {
  /** Null at the first scan. */
  readonly previous: LastGood | null;
  /** Overrides configuration values; see the option table. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the earlier scans of this repository; null or left out: there were none. */
  readonly memory?: ScanMemory | null;
}

/** Has all of a {@link LastGood}, so it can be the next scan's `previous`. */
export interface ScanResult {
  /** Sorted by path; every dependency is in the list. Cycles and bounds are for the core to judge. */
  readonly definitions: readonly ScopeDefinition[];
  /** In force: where its block is broken, the previous one (or the defaults) with the new problems. */
  readonly config: LoadedConfig;
  /** Why the root scope's file cannot be used at all, or looked at, so that nothing is known of its configuration; empty when it can. */
  readonly configUnread: readonly ScopeProblem[];
  /** What is wrong with the scopes that the configuration lists; part of `problems`. */
  readonly listProblems: readonly ScopeProblem[];
  /** Where each scope is defined. */
  readonly places: ReadonlyMap<ScopePath, Place>;
  /** What scopes say is to be run when they are synced; see {@link SyncCommand}. */
  readonly syncCommands: ReadonlyMap<ScopePath, SyncCommand>;
  /** Scopes that there are, though what is said of them cannot be used. */
  readonly unread: readonly ScopePath[];
  /** Files of scopes that the configuration excludes: they were not read. */
  readonly excluded: ReadonlyMap<ScopePath, string>;
  /** Files that are not on disk, since a sparse checkout leaves them out, with what Git's index has. */
  readonly notCheckedOut: ReadonlyMap<string, FileContent>;
  /** Sorted by file and line. */
  readonly problems: readonly ScopeProblem[];
  /** Whether there is no error: `definitions` and `config` are then all that the files say. */
  readonly sound: boolean;
  /** Whether all places where a scope's file may lie were looked at. */
  readonly complete: boolean;
  /** See {@link fingerprintOnly}. Taken before the files were read, so a change meanwhile shows in the next one. */
  readonly fingerprint: string;
}

/**
 * Reads every scope file of a repository and the configuration in the root scope's.
 *
 * A broken file is reported and `sound` is false. Its scope does not disappear: the definition of the previous scan stays
 * (less dependencies on scopes that have gone). A scope that never was good is left out, since nothing is known of
 * it. A dependency that cannot be resolved is left out of a scope that has no previous definition. Whether an unsound
 * result is taken over is the caller's decision.
 *
 * @throws RepositoryError when Git or the working tree cannot be read at all; never for the content of files.
 */
export async function scanRepository(repository: Repository, options: ScanOptions): Promise<ScanResult> {
  const source = scopeSource(repository);
  const { memory = null } = options;
  const tree = await openTree(source, memory);
  const candidates = chooseCandidates(tree.paths);
  const previous = options.previous?.definitions ?? [];
  const reading = { known: new Set(previous.map(({ path }) => path)), memory };
  const root = await readRootFile(tree, candidates.chosen, reading.known);
  const config = await rootConfig(root, options);
  const discovery = new Discovery(config.config);
  const files = await readFiles(tree, candidates.chosen, discovery, reading);
  memory?.keepOnly(new Set(tree.paths));
  const found = await findScopes(tree, discovery, { root: root.read, files });
  memory?.keepSplit(tree.rootSignature, found.split);
  const listing = { previous, unreadList: unreadList(root, config) };
  const defined = defineScopes({ tree, present: found.present, ...listing });
  const problems = [
    ...tree.problems,
    ...candidates.problems,
    ...(root.read?.problems ?? []),
    ...files.flatMap((one) => one.problems),
    ...found.problems,
    ...defined.problems,
    ...problemsOfAlike(found.present.map(({ place }) => place)),
    ...config.problems,
    ...(found.present.length === 0 ? [noScopes(source)] : []),
  ];
  return {
    definitions: defined.definitions,
    config,
    configUnread: forReport(root.reasons),
    listProblems: forReport([...found.problems, ...defined.problems].filter(found.isOfList)),
    places: new Map(found.present.map(({ place }) => [place.scope, place])),
    syncCommands: new Map(
      found.present.flatMap(({ place, scope }) => (scope?.sync ? [[place.scope, scope.sync]] : [])),
    ),
    unread: found.present.flatMap(({ place, scope }) => (scope === null ? [place.scope] : [])),
    excluded: new Map(
      candidates.chosen
        .filter(({ scope }) => discovery.leavesOut(scope))
        .map(({ scope, file }) => [scope, file]),
    ),
    notCheckedOut: tree.notCheckedOut,
    problems: forReport(problems),
    sound: problems.every(({ severity }) => severity !== 'error'),
    complete: tree.outOfSight.length === 0,
    fingerprint: fingerprintOf(tree.fingerprint, found.splitFolders),
  };
}

/**
 * Changes whenever a scan might give another result; costs a listing, reads no file but the root scope's where `memory` does not
 * know it. Equal to the `fingerprint` of the scan that is still up to date.
 */
export async function fingerprintOnly(
  repository: Repository,
  memory: ScanMemory | null = null,
): Promise<string> {
  const source = scopeSource(repository);
  if (source.kind === 'head') return headFingerprint(source.gitDir);
  const seen = memory === null ? null : await lookAgain(source.root, memory);
  if (seen !== null) return fingerprintOf(seen.fingerprint, seen.folders);
  const tree = await openTree(source, memory);
  const root = await readRootFile(tree, chooseCandidates(tree.paths).chosen, new Set());
  const { config } = await rootConfig(root, { previous: null, env: {} });
  const { splitFolders } = await findScopes(tree, new Discovery(config), { root: root.read, files: [] });
  return fingerprintOf(tree.fingerprint, splitFolders);
}

/** A commit says itself which folders it has. */
function fingerprintOf(files: string, folders: readonly ScopePath[]): string {
  if (folders.length === 0) return files;
  return createHash('sha256')
    .update([files, ...folders].join('\n'))
    .digest('hex');
}

function openTree(source: ScopeSource, memory: ScanMemory | null): Promise<Tree> {
  return source.kind === 'head' ? openHeadTree(source.gitDir) : openWorkingTree(source.root, memory);
}

async function readFiles(
  tree: Tree,
  candidates: readonly Candidate[],
  discovery: Discovery,
  reading: ReadingBy,
): Promise<readonly ReadCandidate[]> {
  const wanted = candidates.filter(({ scope }) => scope !== '.' && !discovery.leavesOut(scope));
  const read = await mapBounded(wanted, readsAtOnce, (candidate) => readOnce(tree, candidate, reading));
  return read;
}

interface ReadingBy {
  readonly known: ReadonlySet<ScopePath>;
  readonly memory: ScanMemory | null;
}

/** A file that is as it was is not read again. */
async function readOnce(
  tree: Tree,
  candidate: Candidate,
  { known, memory }: ReadingBy,
): Promise<ReadCandidate> {
  const signature = tree.signature(candidate.file);
  if (memory === null || signature === null) return readCandidate(tree, candidate, known);
  // Only of a name that others use too does it depend on what is known how a file is read.
  const isKnown = candidate.kind !== 'scope.yaml' || known.has(candidate.scope);
  const key = `${signature.text}\0${isKnown}`;
  const remembered = memory.reading(candidate.file, key);
  if (remembered !== null) return remembered;
  const read = await readCandidate(tree, candidate, known);
  // What could not be read may be readable the next time, though the file is the same.
  if (read.scope !== null) memory.keep(candidate.file, { key, changedMs: signature.changedMs }, read);
  return read;
}

function noScopes(source: ScopeSource): ScopeProblem {
  const told =
    source.kind === 'head'
      ? `no scope in the last commit of ${source.gitDir}, which is bare: rhema init in a clone or worktree of it derives them from what is there; commit its files, and push them to the branch that HEAD names here`
      : `no scope in ${source.root}: rhema init derives them from what is there; or put a rhema.yaml with 'name: ...' into a folder`;
  return warningAt('NO_SCOPES', null, told);
}
