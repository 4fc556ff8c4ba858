import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Call } from '../../call.ts';
import { entryFile } from '../../entry-files.ts';
import type { Environment } from '../../world/world.ts';
import type { CommandStatus } from './target.ts';

/** A command line of ours, and what is wrong with it. */
export function commandStatus({ ports }: Call, worktree: string, command: string): CommandStatus {
  const own = entryFile('main');
  const main = foundFile(own) ?? own;
  return {
    command,
    problem: whyNotRun(command, { worktree, env: ports.env, main, version: ports.version() }),
  };
}

/** From where a client starts a hook, and what of this program is known. */
export interface RunningFrom {
  readonly worktree: string;
  readonly env: Environment;
  /** The entry file of the program that runs now. */
  readonly main: string;
  readonly version: string;
}

/**
 * Why a command line of ours that stands in a client's file cannot be run, or runs another version of this program; null where
 * nothing is wrong. Nothing is started for it.
 */
export function whyNotRun(command: string, from: RunningFrom): string | null {
  const words = wordsOf(command, from.worktree);
  const [first = '', second = ''] = words;
  const program = foundAt(first, from);
  if (program === null)
    return isAbsolute(first) ? `there is no ${first}` : `there is no ${first} on your PATH`;
  const isNode = /(?:^|\/)node$/.test(first);
  const main = isNode ? foundFile(join(isAbsolute(second) ? '/' : from.worktree, second)) : program;
  if (main === null) return `there is no ${second}`;
  if (main === from.main) return null;
  const version = versionBeside(main);
  return version === null || version === from.version
    ? null
    : `it is version ${version}, and this one ${from.version}`;
}

/** The words of a command line of ours: quotes are taken off, and what means the top of the repository is filled in. */
function wordsOf(command: string, worktree: string): string[] {
  const filled = command
    .replaceAll(
      /"?\$(?:\{?(?:CLAUDE|GEMINI)_PROJECT_DIR\}?|\(git rev-parse --show-toplevel\))"?\//g,
      `'${worktree}'/`,
    )
    .match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g);
  return (filled ?? []).map((word) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"|\\(.)/g,
      (_all, single, double, letter) => single ?? double ?? letter,
    ),
  );
}

function foundAt(word: string, { env, worktree }: RunningFrom): string | null {
  if (word.includes('/')) return executableAt(isAbsolute(word) ? word : join(worktree, word));
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const found = folder === '' ? null : executableAt(join(folder, word));
    if (found !== null) return found;
  }
  return null;
}

function executableAt(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return foundFile(path);
  } catch {
    return null;
  }
}

function foundFile(path: string): string | null {
  try {
    return statSync(path).isFile() ? realpathSync(path) : null;
  } catch {
    return null;
  }
}

/** Of the package that a file of `dist/cli` belongs to. */
function versionBeside(main: string): string | null {
  try {
    const text = readFileSync(join(dirname(main), '../../package.json'), 'utf8');
    const { name, version } = JSON.parse(text) as { readonly name?: unknown; readonly version?: unknown };
    return name === 'rhema' && typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
