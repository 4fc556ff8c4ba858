import { realpathSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../world.ts';

/** How a client starts this program, and whom that works for. */
export interface Launch {
  readonly words: readonly [command: string, ...args: string[]];
  /** For people: why this way, and what it takes. */
  readonly reason: string;
}

/** Where this program was started from. All paths are real ones, without symbolic links. */
export interface ProgramPlace {
  /** Its entry file. */
  readonly main: string;
  /** The Node that runs it. */
  readonly node: string;
  /** What `rhema` on the PATH leads to; null when there is none. */
  readonly onPath: string | null;
  /** Top of the working tree; null where there is none. */
  readonly worktree: string | null;
}

/**
 * What works wherever the configuration is read: a name that others can have, too, before a path that only this machine
 * has. An installed program is named before `npx`, which costs seconds at every start.
 */
export function chooseLaunch({ main, node, onPath, worktree }: ProgramPlace): Launch {
  // npx and npm scripts put their own folders on the PATH, which a client does not have.
  if (main.includes(`${sep}_npx${sep}`))
    return {
      words: ['npx', '-y', 'rhema'],
      reason: 'by npx, as it runs now; it starts faster once installed: npm install --global rhema',
    };
  if (worktree !== null && main.startsWith(join(worktree, 'node_modules', sep)))
    return {
      words: ['npx', '-y', 'rhema'],
      reason: 'by npx, which takes the one of this repository after npm install',
    };
  if (onPath === main)
    return {
      words: ['rhema'],
      reason: 'by its name, as it is on your PATH; whoever else uses this file needs it there, too',
    };
  return {
    words: [node, main],
    reason:
      'by its path on this machine, as it is not on your PATH: of no use to others (npm link changes that)',
  };
}

/** The place of the program that runs. */
export function programPlace(env: Environment, worktree: string | null): ProgramPlace {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  return {
    main: realPath(main) ?? main,
    node: process.execPath,
    onPath: firstOf((env['PATH'] ?? '').split(delimiter).map((folder) => realPath(join(folder, 'rhema')))),
    worktree: worktree === null ? null : realPath(worktree),
  };
}

const firstOf = (paths: readonly (string | null)[]): string | null =>
  paths.find((path) => path !== null) ?? null;

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
