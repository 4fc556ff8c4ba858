import { createHash } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import {
  isOwnFolder,
  isOwnSocket,
  makeOwnFolder,
  tryOwnFolderIn,
  PathRefused,
  pointLink,
  refuseForeign,
} from '../files/index.ts';
import { CoordinatorError, type FailureCode } from '../protocol/index.ts';

/** Where the coordination of one repository keeps its files. All absolute. */
export interface StatePaths {
  /** `rhema` in the common Git directory: shared by all worktrees, never committed. */
  readonly directory: string;
  /** The log. */
  readonly database: string;
  readonly socket: string;
  /** Held by the owner as long as it lives. */
  readonly lock: string;
  /** What the owner says. */
  readonly log: string;
  /** One file per agent that joined on this machine. */
  readonly sessions: string;
  /** At which server the repository is coordinated, if not on this machine: an address. */
  readonly server: string;
  /** How far the log came, beside the folder: it outlives the log. */
  readonly witness: string;
}

/** The paths of the repository with this common Git directory. Throws `NOT_A_REPOSITORY` if there is no such folder. */
export function statePaths(commonDir: string): StatePaths {
  const common = realDirectory(commonDir);
  const directory = join(common, 'rhema');
  return {
    directory,
    database: join(directory, 'coordination.db'),
    socket: join(directory, 'coordinator.sock'),
    lock: join(directory, 'owner.lock'),
    log: join(directory, 'coordinator.log'),
    sessions: join(directory, 'sessions'),
    server: join(directory, 'server'),
    witness: join(common, 'rhema.last'),
  };
}

/** The same, where the agents of this machine take part by a server elsewhere: its sessions are others. */
export function pathsFor(commonDir: string, server: string | undefined): StatePaths {
  const paths = statePaths(commonDir);
  if (server === undefined) return paths;
  const name = createHash('sha256').update(server).digest('hex').slice(0, 16);
  return { ...paths, sessions: `${paths.sessions}-${name}` };
}

function realDirectory(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new CoordinatorError('NOT_A_REPOSITORY', `${path} cannot be entered: ${String(cause)}`, { cause });
  }
}

/** Makes a folder that only its user may enter, or checks that it is one. Throws `PERMISSION`. */
export function ensurePrivateDirectory(path: string): void {
  withAccess(path, () => makeOwnFolder(path));
}

/** Whether a repository has a log. Throws `PERMISSION` when that may not be known, or what is there is not this user's. */
export function logExists({ directory, database }: StatePaths): boolean {
  return withAccess(database, () => {
    if (!isOwnFolder(directory)) return false;
    const found = lstatSync(database, { throwIfNoEntry: false });
    // Whoever opens a folder as a log says better what is wrong.
    if (found?.isDirectory() !== true) refuseForeign(database);
    return found !== undefined;
  });
}

interface Trouble {
  readonly code: FailureCode;
  /** Instead of the system's own words. */
  readonly problem?: string;
  readonly remedy: string;
}

const forbidden: Trouble = {
  code: 'PERMISSION',
  remedy: 'let this user write there (chown, chmod), or run as its owner',
};
const inTheWay: Trouble = { code: 'PERMISSION', remedy: 'move away what is in its place' };
const full: Trouble = { code: 'STORE_FAILURE', remedy: 'make room on that disk, then do the same again' };

/** What lasts until somebody does something about it, by the system's own code. */
const lasting: Readonly<Record<string, Trouble>> = {
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: { code: 'PERMISSION', remedy: 'mount that file system for writing' },
  ELOOP: { ...inTheWay, problem: 'it is a symbolic link' },
  EEXIST: inTheWay,
  ENOTDIR: inTheWay,
  EISDIR: inTheWay,
  ENOSPC: full,
  EDQUOT: full,
  EIO: { code: 'STORE_FAILURE', remedy: 'look after that disk' },
};

/** The system's refusal to make, open or write something of the state, as a failure that names it and what to do. */
export function accessError(path: string, cause: unknown): CoordinatorError {
  if (cause instanceof PathRefused)
    return new CoordinatorError('PERMISSION', cause.message, { cause, details: { path: cause.path } });
  const system = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const { code, problem, remedy }: Partial<Trouble> = lasting[system] ?? {};
  const told = problem ?? (cause instanceof Error ? cause.message : String(cause));
  return new CoordinatorError(
    code ?? 'UNAVAILABLE',
    remedy === undefined ? `${path}: ${told}` : `${path}: ${told}; ${remedy}`,
    { cause, details: { path, ...(system === '' ? {} : { system }) } },
  );
}

/** Takes a step on something of the state; what the system, or we, refuse is an {@link accessError}. */
export function withAccess<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const isAccess = error instanceof PathRefused || (error instanceof Error && 'syscall' in error);
    throw isAccess ? accessError(path, error) : error;
  }
}

/** Longest socket path the system takes, in bytes: the size of `sun_path` less its closing NUL. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103;

/**
 * A name under which the system can bind or connect to the socket. A path beyond its limit is reached through a short
 * symbolic link to the folder, in a folder of the user's own; the socket itself is always at `paths.socket`, so that it
 * does not matter whether owner and client see the same temporary folder. A place that is missing, or whose folder somebody
 * else has taken, is gone around. Throws `UNAVAILABLE` when none is left.
 */
export function socketAddress(
  paths: StatePaths,
  shortRoots: readonly string[] = defaultShortRoots(),
): string {
  if (fits(paths.socket)) return paths.socket;
  const { name, user } = shortNames(paths);
  const problems: string[] = [];
  for (const root of shortRoots) {
    const address = join(root, user, name, 'coordinator.sock');
    const folder = fits(address) ? tryOwnFolderIn(root, user) : { ok: false, problem: `${root} is too long` };
    if (!('path' in folder)) {
      problems.push(folder.problem);
      continue;
    }
    const link = join(folder.path, name);
    withAccess(link, () => pointLink(link, paths.directory));
    return address;
  }
  throw new CoordinatorError(
    'UNAVAILABLE',
    `no short path to the socket ${paths.socket}, and no room for one: ${problems.join('; ')}. Set TMPDIR to a folder of your own with a short path`,
  );
}

function shortNames({ directory }: StatePaths): { readonly name: string; readonly user: string } {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return { name, user: `rhema-${process.geteuid?.() ?? 0}` };
}

/** The short links to the folder, in folders of this user's that all his repositories share. */
export function shortLinks(
  paths: StatePaths,
  shortRoots: readonly string[] = defaultShortRoots(),
): readonly string[] {
  const { name, user } = shortNames(paths);
  return shortRoots
    .map((root) => join(root, user, name))
    .filter((link) => lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true);
}

/** Whether a socket is there to dial, and this user's. Throws `PERMISSION` when it is another's. */
export function isDialable({ socket }: StatePaths): boolean {
  return withAccess(socket, () => isOwnSocket(socket));
}

function defaultShortRoots(): readonly string[] {
  const roots = [process.env['XDG_RUNTIME_DIR'] ?? '', tmpdir(), '/tmp'];
  return [...new Set(roots)].filter((root) => isAbsolute(root));
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= socketPathBytesMax;
}
