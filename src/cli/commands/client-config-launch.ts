import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, sep } from 'node:path';
import type { Call } from '../call.ts';
import { entryFile } from '../entry-files.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Environment } from '../world/world.ts';

/** How a client starts this program, and whom that works for. Nothing of it fetches anything: it was installed before. */
export interface Launch {
  readonly words: readonly [command: string, ...args: string[]];
  /** The word among them that is a path below the top of the repository; null where all are as good elsewhere. */
  readonly inRepository: string | null;
  /** The same for the files of one user, which hold in all repositories. */
  readonly userWords: readonly string[];
  /** For people: why this way, and what it takes. */
  readonly reason: string;
}

/** Where this program was started from. All paths are real ones, without symbolic links. */
export interface ProgramLocation {
  /** Its entry file. */
  readonly main: string;
  /** The Node that runs it. */
  readonly node: string;
  /** What `rhema` on the PATH leads to; null when there is none. */
  readonly onPath: string | null;
  /** Top of the working tree; null where there is none. */
  readonly worktree: string | null;
  /** Where the repository has it by the package's name, from its top; null when that is not the one that runs. */
  readonly installed: string | null;
}

/**
 * What works wherever the configuration is read: a path in the repository or a name that others can have, too, before a
 * path that only this machine has. Never `npx`: where the program is missing it would run whatever a registry has under
 * the name, on the machine of whoever opens the repository.
 */
export function chooseLaunch({ main, node, onPath, worktree, installed }: ProgramLocation): Launch {
  const userWords = [node, main];
  if (isPassing(main)) throw notInstalled();
  const local = worktree === null ? null : (installed ?? pathIn(worktree, main));
  // npm scripts put their own folders on the PATH, which a client does not have.
  if (local !== null)
    return {
      words: ['node', local],
      inRepository: local,
      userWords,
      reason:
        'from the node_modules of this repository, where whoever uses this file needs it, too: npm install',
    };
  if (onPath === main)
    return {
      words: ['rhema'],
      inRepository: null,
      userWords: ['rhema'],
      reason: 'by its name, as it is on your PATH; whoever else uses this file needs it there, too',
    };
  return {
    words: [node, main],
    inRepository: null,
    userWords,
    reason: `by its path on this machine, as ${onPath === null ? 'it is not on your PATH' : 'the rhema on your PATH is another file'}: of no use to others (npm link changes that)`,
  };
}

/**
 * Whether a program lies where package managers put what is run once (npx, npm exec; pnpm and yarn dlx; bunx). It goes away
 * by itself, some of it from a folder that all users share, and what comes into its place then may be anybody's.
 */
function isPassing(main: string): boolean {
  const folders = main.split(sep).slice(0, -1);
  return folders.includes('node_modules') && folders.some((folder) => passingFolder.test(folder));
}

const passingFolder = /^(?:_npx|dlx|dlx-\d+|bunx-.+)$/;

/** Where a program lies that was installed in the repository, from its top; null when it is not in there. */
function pathIn(worktree: string, main: string): string | null {
  const path = relative(worktree, main);
  const isInside = !path.startsWith('..') && !isAbsolute(path);
  return isInside && path.includes(`node_modules${sep}`) ? path.replaceAll(sep, '/') : null;
}

function notInstalled(): CommandError {
  return new CommandError(
    'NOT_INSTALLED',
    exitCodes.refused,
    'this program runs from the cache of npx, or one like it, which the file of a client cannot name; install it in this repository (npm install --save-dev PACKAGE), or link a checkout of it (npm link), and ask again with that one',
  );
}

/**
 * What names the server by which the agents of a client coordinate: written down where this command line says it. RHEMA_SERVER is
 * the environment of whoever has it, which a client has as well or not.
 */
export function serverWords(call: Call): readonly string[] {
  const server = call.options.server === undefined ? undefined : call.namedServer();
  return server === undefined ? [] : ['--server', server];
}

/** How hooks start this program. */
export function hookLaunch(call: Call, worktree: string | null): Launch {
  const launch = chooseLaunch(programLocation(call.ports.env, worktree));
  const more = serverWords(call);
  return { ...launch, words: [...launch.words, ...more], userWords: [...launch.userWords, ...more] };
}

/** The place of the program that runs. */
export function programLocation(env: Environment, worktree: string | null): ProgramLocation {
  const own = entryFile('main');
  const main = realPath(own) ?? own;
  const isInstalled = worktree !== null && realPath(join(worktree, installedPath)) === main;
  return {
    main,
    node: process.execPath,
    onPath: firstOf((env['PATH'] ?? '').split(delimiter).map((folder) => realPath(join(folder, 'rhema')))),
    worktree: worktree === null ? null : realPath(worktree),
    installed: isInstalled ? installedPath : null,
  };
}

/** By the name of the package, which stays when a package manager keeps the files under that of a version. */
const installedPath = 'node_modules/rhema/dist/cli/main.js';

const firstOf = (paths: readonly (string | null)[]): string | null =>
  paths.find((path) => path !== null) ?? null;

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
