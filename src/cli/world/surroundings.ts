import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse as parseJson } from 'jsonc-parser';
import { deadOccupant, listSessions, statePaths } from '../../client/index.ts';
import type { StatePaths } from '../../client/index.ts';
import { isPlugin, jsonHookClients, opencodeFile } from '../../hooks/install/index.ts';
import { hooksFolder } from '../../repository/index.ts';
import type { AgentId } from '../../core/index.ts';
import { asks, hooksHere, isHusky } from '../git-hooks/hook-files.ts';
import { scriptName } from '../git-hooks/hook-text.ts';
import { clients, namesServer } from '../commands/client-config-clients.ts';
import type { Client } from '../commands/client-config-clients.ts';
import type { Environment } from './environment.ts';
import type { Repository } from '../../repository/index.ts';

/** What coordination relies on outside its own files. Everything here was read, and nothing was started but Git. */
export interface Surroundings {
  /** The file system that holds the log; null where the system does not tell. */
  readonly fileSystem: FileSystem | null;
  /** Whether the system says which boot this is, so that a monotonic clock can be told from that of another boot. */
  readonly bootIsKnown: boolean;
  readonly worktrees: readonly LinkedWorktree[];
  readonly atSocket: AtSocket;
  /** Agents whose `rhema mcp` has ended without a word: nobody renews their sessions. */
  readonly deserted: readonly Deserted[];
  readonly enforcement: Enforcement;
  readonly clientFiles: readonly ClientFile[];
}

/** What is in the socket's place. `socket`: one of this user, be it in use or left behind. */
export type AtSocket = 'nothing' | 'socket' | 'foreignSocket' | 'link' | 'folder' | 'file';

export interface FileSystem {
  /** As `mount` names it: `ext4`, `nfs4`. */
  readonly type: string;
  readonly mountPoint: string;
}

/** A working tree beside the main one. */
export interface LinkedWorktree {
  /** Where it is recorded to be. */
  readonly path: string;
  readonly exists: boolean;
}

export interface Deserted {
  readonly agent: AgentId;
  /** Of the process that has ended. */
  readonly pid: number;
}

/** Programs that could stop a writer who holds no lock. */
export interface Enforcement {
  /** Names of the hooks that Git runs here. */
  readonly gitHooks: readonly Hook[];
  /** Files with hooks of coding-agent clients, relative to the top of the working tree. */
  readonly clientHooks: readonly Hook[];
}

export interface Hook {
  readonly name: string;
  /** Whether it mentions this program: then it may ask it. */
  readonly namesRhema: boolean;
}

/** A client's project file that exists. */
export interface ClientFile {
  readonly title: string;
  readonly file: string;
  readonly namesServer: boolean;
}

export async function surroundingsOf(repository: Repository, env: Environment): Promise<Surroundings> {
  const { commonDir, worktree } = repository;
  const paths = statePaths(commonDir);
  return {
    fileSystem: fileSystemOf(readText('/proc/self/mounts') ?? '', paths.directory),
    bootIsKnown: (readText('/proc/sys/kernel/random/boot_id') ?? '').trim() !== '',
    worktrees: linkedWorktrees(commonDir),
    atSocket: lookAtSocket(paths.socket),
    deserted: desertedAgents(paths),
    enforcement: {
      gitHooks: await gitHooks(repository, env),
      clientHooks: worktree === null ? [] : clientHooks(worktree),
    },
    clientFiles: worktree === null ? [] : clientFiles(worktree),
  };
}

/** Where nobody may look, the state folder itself is told of. */
function lookAtSocket(path: string): AtSocket {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return 'nothing';
    if (found.isSymbolicLink()) return 'link';
    if (found.isDirectory()) return 'folder';
    if (!found.isSocket()) return 'file';
    return process.geteuid === undefined || found.uid === process.geteuid() ? 'socket' : 'foreignSocket';
  } catch {
    return 'nothing';
  }
}

/** The last mount whose point is above a path, of those with the longest: later mounts cover earlier ones. */
export function fileSystemOf(mounts: string, path: string): FileSystem | null {
  let found: FileSystem | null = null;
  for (const text of mounts.split('\n')) {
    const [, point, type] = text.split(' ');
    if (point === undefined || type === undefined) continue;
    const mountPoint = unescaped(point);
    const isAbove = path === mountPoint || path.startsWith(mountPoint === '/' ? '/' : `${mountPoint}/`);
    if (isAbove && mountPoint.length >= (found?.mountPoint.length ?? 0)) found = { type, mountPoint };
  }
  return found;
}

/** The kernel writes blanks and backslashes as octal numbers. */
function unescaped(word: string): string {
  return word.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function linkedWorktrees(commonDir: string): LinkedWorktree[] {
  const folder = join(commonDir, 'worktrees');
  return namesIn(folder).flatMap((name) => {
    const back = readText(join(folder, name, 'gitdir'))?.trim();
    if (back === undefined) return [];
    const path = dirname(resolve(folder, name, back));
    return [{ path, exists: lstatSync(path, { throwIfNoEntry: false }) !== undefined }];
  });
}

function desertedAgents(paths: StatePaths): Deserted[] {
  try {
    return listSessions(paths).flatMap(({ agent }) => {
      const occupant = deadOccupant(paths, agent);
      return occupant === null ? [] : [{ agent, pid: occupant.process.pid }];
    });
  } catch {
    // That a session file cannot be read is found by whoever reads the sessions themselves.
    return [];
  }
}

/** What another program has written there may come to ask all the same, by that program's own files. */
async function gitHooks(repository: Repository, env: Environment): Promise<Hook[]> {
  const folder = await hooksFolder(repository, env);
  const { hooks } = await hooksHere(repository, env);
  const asking = new Set<string>(hooks.filter(asks).map(({ name }) => name));
  return namesIn(folder)
    .filter((name) => !name.endsWith('.sample') && isExecutable(join(folder, name)))
    .filter((name) => name !== scriptName && !isIdle(folder, name))
    .map((name) => ({
      name,
      namesRhema: asking.has(name) || namesRhema(readText(join(folder, name)) ?? ''),
    }));
}

/** husky has a file for each hook that there is, which does nothing where there is none of that name in the folder above. */
const isIdle = (folder: string, name: string): boolean =>
  isHusky(folder) && !existsSync(join(dirname(folder), name));

function clientHooks(worktree: string): Hook[] {
  return [...jsonHookClients.map(({ file }) => file), '.claude/settings.local.json']
    .map((name) => ({ name, hooks: hooksOf(readText(join(worktree, name)) ?? '') }))
    .filter(({ hooks }) => hooks !== undefined)
    .map(({ name, hooks }) => ({ name, namesRhema: namesRhema(JSON.stringify(hooks)) }))
    .concat(pluginOf(worktree));
}

/** What opencode runs is a file of its own. */
function pluginOf(worktree: string): Hook[] {
  const text = readText(join(worktree, opencodeFile));
  return text === null ? [] : [{ name: opencodeFile, namesRhema: isPlugin(text) }];
}

/** The block of hooks in a client's file; its other parts may mention this program for other reasons. */
function hooksOf(text: string): unknown {
  return (parseJson(text) as { readonly hooks?: unknown } | undefined)?.hooks;
}

function clientFiles(worktree: string): ClientFile[] {
  return allClients.flatMap((client) => {
    const text = readText(join(worktree, client.file));
    if (text === null) return [];
    return [{ title: client.title, file: client.file, namesServer: namesServer(client, text) }];
  });
}

const allClients: readonly Client[] = Object.values(clients);

function namesRhema(text: string): boolean {
  return text.includes('rhema');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return lstatSync(realpathSync(file)).isFile();
  } catch {
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Null: there is no such file, or it may not be read. A pipe in its place is not waited for. */
function readText(file: string): string | null {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : null;
  } catch {
    return null;
  }
}
