/** What Git knows of a working tree beside its files, for a record of what its listing depends on. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { RepositoryError } from '../errors.ts';
import { runGit, withoutGitVariables } from './git.ts';

const insideGitFolder = ['index', 'info/exclude', 'info/sparse-checkout', 'config', 'config.worktree'];

/** Absolute paths of Git's own files that decide what it lists. Files that those include are not followed. */
export async function decidingFiles(root: string): Promise<readonly string[]> {
  const inGit = await lines(root, ['rev-parse', ...insideGitFolder.flatMap((name) => ['--git-path', name])]);
  const named = await lines(root, ['config', '--type=path', '--get', 'core.excludesFile']).catch(noneOf);
  const home = homedir();
  const settings = process.env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const ofUser = [join(home, '.gitconfig'), join(settings, 'git/config'), join(settings, 'git/ignore')];
  return [...inGit, ...named, ...ofUser].map((path) => resolve(root, path));
}

/** The folders that Git ignores themselves, each with a trailing slash; what is in them is not among them. */
export async function ignoredFolders(root: string): Promise<ReadonlySet<string>> {
  const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const listed = (await ask(root, args)).split('\0').filter((path) => path.endsWith('/'));
  if (listed.length === 0) return new Set();
  // Git also names folders that it does not ignore, but all of whose files at present.
  const input = listed.map((path) => `${path.slice(0, -1)}\0`).join('');
  const ignored = await ask(root, ['check-ignore', '-z', '--stdin'], input).catch(() => '');
  return new Set(ignored.split('\0').flatMap((path) => (path === '' ? [] : [`${path}/`])));
}

/** Those of the folders, each with a trailing slash, in which Git tracks files of this repository; a submodule is none. */
export async function holdingTracked(root: string, bases: readonly string[]): Promise<ReadonlySet<string>> {
  const paths = bases.map((base) => `:(top,literal)${base}`);
  const tracked = (await ask(root, ['ls-files', '-z', '--', ...paths])).split('\0');
  return new Set(bases.filter((base) => tracked.some((path) => path.startsWith(base))));
}

async function lines(root: string, args: readonly string[]): Promise<readonly string[]> {
  return (await ask(root, args)).split('\n').filter((line) => line !== '');
}

async function ask(root: string, args: readonly string[], input?: string): Promise<string> {
  const call = { cwd: root, args, env: withoutGitVariables(), ...(input === undefined ? {} : { input }) };
  return (await runGit(call)).toString('utf8');
}

/** Git ends with 1 when nothing is set. */
function noneOf(error: unknown): readonly string[] {
  if (error instanceof RepositoryError && error.code === 'GIT_FAILED') return [];
  throw error;
}
