/** The repository on which the agents work, all in one working tree. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environmentIn } from '../../test/support/environment.ts';
import { contentOf, files } from './jobs.ts';
import type { Where } from './run.ts';

/** `without` rhema; with `locks` for whoever asks; with `hooks` in the agents' client and in Git. */
export const ways = ['without', 'locks', 'hooks'] as const;
export type Way = (typeof ways)[number];

/** An entry of `.claude/settings.json`, as the client reads it. */
export interface Hook {
  readonly matcher: RegExp | null;
  readonly command: string;
}

export interface Ground extends Where {
  readonly way: Way;
  /** By event. */
  readonly hooks: ReadonlyMap<string, readonly Hook[]>;
  git(...args: readonly string[]): string;
  rhema(...args: readonly string[]): readonly [string, ...string[]];
  /** Stops what was started. */
  leave(): void;
}

/** In an empty folder. */
export function prepare(folder: string, way: Way, cli: string): Ground {
  const root = join(folder, 'shop');
  const env = environmentIn(folder);
  const run = ([file, ...args]: readonly [string, ...string[]]): string =>
    execFileSync(file, args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const git = (...args: readonly string[]): string => run(['git', ...args]);
  const rhema = (...args: readonly string[]) => [process.execPath, cli, ...args] as const;
  mkdirSync(root);
  git('init', '--quiet', '--initial-branch=main');
  for (const file of files) put(join(root, file), contentOf(file));
  if (way === 'locks') run(rhema('init', '--yes'));
  if (way === 'hooks') {
    run(rhema('init', '--client', 'claude', '--yes'));
    run(rhema('hooks', 'install', 'git', '--yes'));
  }
  git('add', '.');
  git('commit', '--quiet', '--message=first');
  const leave = (): void => {
    if (way !== 'without') run(rhema('daemon', 'stop'));
  };
  return { way, root, env, hooks: hooksOf(root), git, rhema, leave };
}

function put(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

interface Settings {
  readonly hooks: Readonly<Record<string, readonly Entry[]>>;
}
interface Entry {
  readonly matcher?: string;
  readonly hooks: readonly { readonly command: string; readonly asyncRewake?: boolean }[];
}

/** What wakes an agent that has stopped is left out: these wait for their turn before they stop. */
function hooksOf(root: string): Ground['hooks'] {
  const file = join(root, '.claude/settings.json');
  if (!existsSync(file)) return new Map();
  const { hooks } = JSON.parse(readFileSync(file, 'utf8')) as Settings;
  return new Map(Object.entries(hooks).map(([event, entries]) => [event, entries.flatMap(hooksIn)]));
}

function hooksIn({ matcher, hooks }: Entry): readonly Hook[] {
  const tools = matcher === undefined ? null : new RegExp(`^(?:${matcher})$`);
  return hooks
    .filter(({ asyncRewake }) => asyncRewake !== true)
    .map(({ command }) => ({ matcher: tools, command }));
}
