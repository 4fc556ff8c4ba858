import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { logExists, socketAddress, statePaths } from '../../client/index.ts';
import {
  addTrailers,
  changedAmong,
  changedFiles,
  changedSince,
  checkedOut,
  commitsIn,
  committedBy,
  filesBetween,
  filesOf,
  gitVersion,
  ignoredAmong,
  liesAt,
  listTree,
  pathTypedIn,
  placeOf,
  readHistory,
  repositoryPath,
  scanRepository,
  scopeFromInput,
  stagedFiles,
  stashedFiles,
  indexedTexts,
} from '../../repository/index.ts';
import type { PathPlace, ScanResult } from '../../repository/index.ts';
import { parseScopePath, type Parsed, type ScopePath } from '../../core/index.ts';
import { lookAtContextFile } from './context-file.ts';
import type { Configuration, Inspection, Repository, Scan, StateFiles } from './world.ts';

/** Looks at the repository as it is on disk. */
export const realInspection: Inspection = {
  scopePath: async ({ worktree }, cwd, text) => scopeFromInput({ worktree, cwd }, text),
  filePath: async ({ worktree }, cwd, text) =>
    worktree === null ? parseScopePath(text) : repositoryPath(worktree, cwd, text),
  place,
  pathTyped: ({ worktree }, cwd, path) => (worktree === null ? path : pathTypedIn(worktree, cwd, path)),
  changedSince: async ({ worktree }, paths, sinceMs) =>
    worktree === null
      ? null
      : changedSince({ root: worktree, paths, sinceMs, monotonicMs: () => performance.now() }),
  liesAt: async ({ worktree }, path) => (worktree === null ? 'nothing' : liesAt(worktree, path)),
  contextFile: lookAtContextFile,
  pathIn,
  isThere: (repository, folder, text) => {
    const path = pathIn(repository, folder, text);
    return path !== null && repository.worktree !== null && liesAt(repository.worktree, path) !== 'nothing';
  },
  filesThere,
  changedFiles: async ({ worktree }, which) => (worktree === null ? [] : changedFiles(worktree, which)),
  changedAmong: async ({ worktree }, cwd, paths) =>
    worktree === null ? [] : changedAmong(worktree, cwd, paths),
  stagedFiles: async ({ worktree }, env) =>
    worktree === null ? [] : stagedFiles(worktree, env['GIT_INDEX_FILE'] ?? null),
  stashedFiles: ({ worktree, commonDir }, entry) => stashedFiles(worktree ?? commonDir, entry),
  indexedTexts: async ({ worktree }, env, path) =>
    worktree === null
      ? { before: null, after: null }
      : indexedTexts(worktree, env['GIT_INDEX_FILE'] ?? null, path),
  committedBy: async ({ worktree }, cwd, paths) =>
    worktree === null ? [] : committedBy(worktree, cwd, paths),
  ignoredAmong: async ({ worktree }, paths) =>
    worktree === null ? new Set() : ignoredAmong(worktree, paths),
  filesBetween: ({ worktree, commonDir }, range) => filesBetween(worktree ?? commonDir, range),
  commitsIn: ({ worktree, commonDir }, wish) => commitsIn(worktree ?? commonDir, wish),
  filesOf: ({ worktree, commonDir }, ids) => filesOf(worktree ?? commonDir, ids),
  checkedOut: ({ worktree, commonDir }) => checkedOut(worktree ?? commonDir),
  addTrailers: ({ worktree, commonDir }, cwd, file, trailers) =>
    addTrailers(worktree ?? commonDir, resolve(cwd, file), trailers),
  hooksHere: async (repository, env) =>
    (await import('../git-hooks/hook-files.ts')).hooksHere(repository, env),
  scan,
  hookSettings: async (repository) => (await import('./hook-settings.ts')).hookSettings(repository),
  history: async ({ worktree, commonDir }, max) => readHistory(worktree ?? commonDir, max),
  configuration,
  gitVersion,
  stateFiles: wholeState,
  room: async ({ commonDir }) => (await import('../../daemon/index.ts')).roomFor(commonDir),
  openFilesMax: async () => (await import('../../daemon/index.ts')).openFilesMax(),
  surroundings: async (repository, env) =>
    (await import('./surroundings.ts')).surroundingsOf(repository, env),
  auditLog: async ({ commonDir }) => (await import('../../daemon/index.ts')).auditLog(commonDir),
  witness: async ({ commonDir }) => (await import('../../daemon/index.ts')).witnessLook(commonDir),
};

function place({ worktree }: Repository, cwd: string, text: string, isReplaced = false): PathPlace {
  if (worktree !== null) return placeOf(worktree, cwd, text, isReplaced);
  const parsed = parseScopePath(text);
  return parsed.ok
    ? { kind: 'here', path: parsed.value }
    : { kind: 'unnameable', folder: '.' as ScopePath, problem: parsed.problem };
}

function pathIn({ worktree }: Repository, folder: ScopePath, text: string): ScopePath | null {
  if (worktree === null) return null;
  const path = repositoryPath(worktree, join(worktree, folder), text);
  return path.ok ? path.value : null;
}

/** Without Git, and where it refuses, nobody can tell. */
async function filesThere({ worktree }: Repository): Promise<readonly string[]> {
  if (worktree === null) return [];
  const listed = await listTree(worktree).catch(() => null);
  return [...new Set(listed?.entries.map(({ path }) => path))];
}

const scanOf = (repository: Repository): Promise<ScanResult> =>
  scanRepository(repository, { previous: null, env: process.env });

async function scan(repository: Repository): Promise<Scan> {
  const { settingsOf } = await import('../../config/index.ts');
  const { definitions, config, problems, configUnread, syncCommands, unread } = await scanOf(repository);
  return {
    definitions,
    settings: settingsOf(config.config),
    problems,
    sync: {
      commands: syncCommands,
      unread,
      strict: config.config.strictMode,
      auto: config.config.autoSync,
    },
    unreadRoot: configUnread,
  };
}

async function configuration(repository: Repository): Promise<Configuration> {
  const { configEntries } = await import('../../config/index.ts');
  const { config, configUnread, listProblems } = await scanOf(repository);
  return {
    enabled: config.config.enabled,
    entries: configEntries(config),
    problems: [
      ...configUnread,
      ...config.problems,
      ...listProblems.filter(({ severity }) => severity === 'error'),
    ],
    unusedFile: configUnread[0]?.file ?? null,
  };
}

async function wholeState(repository: Repository): Promise<StateFiles> {
  const { commonDir } = repository;
  const [daemon, init] = [await import('../../daemon/index.ts'), await import('../../init/index.ts')];
  const notes = await init.whyNotesUnreadable(commonDir);
  return {
    ...stateFiles(repository),
    misplaced: [...(await daemon.misplacedAt(commonDir)), ...(notes === null ? [] : [notes])],
    evidence: daemon.evidenceIn(statePaths(commonDir).directory),
  };
}

function stateFiles({ commonDir }: Repository): Omit<StateFiles, 'evidence' | 'misplaced'> {
  const paths = statePaths(commonDir);
  const mode = statSync(paths.directory, { throwIfNoEntry: false })?.mode;
  return {
    directory: paths.directory,
    database: paths.database,
    databaseExists: logExists(paths),
    directoryMode: mode === undefined ? null : mode & 0o777,
    writable: isWritable(mode === undefined ? commonDir : paths.directory),
    socket: addressOf(() => socketAddress(paths)),
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function addressOf(find: () => string): Parsed<string> {
  try {
    return { ok: true, value: find() };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
