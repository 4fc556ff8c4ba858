import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  type Stats,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
}

/** The paths of the repository with this common Git directory. Throws `NOT_A_REPOSITORY` if there is no such folder. */
export function statePaths(commonDir: string): StatePaths {
  const directory = join(realDirectory(commonDir), 'rhema');
  return {
    directory,
    database: join(directory, 'coordination.db'),
    socket: join(directory, 'coordinator.sock'),
    lock: join(directory, 'owner.lock'),
    log: join(directory, 'coordinator.log'),
    sessions: join(directory, 'sessions'),
  };
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
  const found = makeDirectory(path);
  if (!found.isDirectory()) throw notPrivate(path, 'is not a folder');
  if (!isOwn(found.uid)) throw notPrivate(path, 'belongs to another user');
  if ((found.mode & 0o022) !== 0) throw notPrivate(path, 'can be written by others: chmod 700 it');
}

function makeDirectory(path: string): Stats {
  return withAccess(path, () => {
    // With `recursive` alone Node says of a file system that may only be read that there is no such folder.
    if (existsSync(dirname(path))) makeOne(path);
    else mkdirSync(path, { recursive: true, mode: 0o700 });
    return lstatSync(path);
  });
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
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
  const system = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const { code, problem, remedy }: Partial<Trouble> = lasting[system] ?? {};
  const told = problem ?? (cause instanceof Error ? cause.message : String(cause));
  return new CoordinatorError(
    code ?? 'UNAVAILABLE',
    remedy === undefined ? `${path}: ${told}` : `${path}: ${told}; ${remedy}`,
    { cause, details: { path, ...(system === '' ? {} : { system }) } },
  );
}

/** Takes a step on something of the state; what the system refuses is an {@link accessError}. */
export function withAccess<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? accessError(path, error) : error;
  }
}

function notPrivate(path: string, problem: string): CoordinatorError {
  return new CoordinatorError('PERMISSION', `${path} ${problem}`, { details: { path } });
}

/** Whether a file's user is this process's user; true where the system has no users. */
export function isOwn(uid: number): boolean {
  return process.getuid === undefined || process.getuid() === uid;
}

/** Longest socket path the system takes, in bytes: the size of `sun_path` less its closing NUL. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103;

/**
 * A name under which the system can bind or connect to the socket. A path beyond its limit is reached through a short
 * symbolic link to the folder, in a folder of the user's own; the socket itself is always at `paths.socket`, so that it
 * does not matter whether owner and client see the same temporary folder. Throws `PERMISSION`.
 */
export function socketAddress(
  paths: StatePaths,
  shortRoots: readonly string[] = defaultShortRoots(),
): string {
  if (fits(paths.socket)) return paths.socket;
  const name = createHash('sha256').update(paths.directory).digest('hex').slice(0, 16);
  const user = process.getuid?.() ?? 0;
  for (const root of shortRoots) {
    const folder = join(root, `rhema-${user}`);
    const address = join(folder, name, 'coordinator.sock');
    if (!fits(address)) continue;
    ensurePrivateDirectory(folder);
    const link = join(folder, name);
    withAccess(link, () => pointLink(link, paths.directory));
    return address;
  }
  throw new CoordinatorError(
    'UNAVAILABLE',
    `no short path to the socket ${paths.socket}: set TMPDIR to a short one`,
  );
}

function defaultShortRoots(): readonly string[] {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  return [...(runtime === undefined || runtime === '' ? [] : [runtime]), tmpdir(), '/tmp'];
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= socketPathBytesMax;
}

/** Renamed into place, so that a process that starts at the same time never finds it missing. */
function pointLink(link: string, target: string): void {
  if (linkTarget(link) === target) return;
  const fresh = `${link}.${process.pid}`;
  symlinkSync(target, fresh);
  renameSync(fresh, link);
}

function linkTarget(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}
