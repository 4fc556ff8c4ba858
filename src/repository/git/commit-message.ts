/** Lines that are added to the end of a commit's message while it is made. */
import { readFileSync } from 'node:fs';
import { runGit, withoutGitVariables } from './git.ts';

export interface Trailer {
  readonly key: string;
  readonly value: string;
  /** What to do where the message has one of this key: to take its place, or to stand beside it unless it says the same. */
  readonly ifThere: 'replace' | 'addIfDifferent';
}

/**
 * Adds trailers to a message in a file, at the place where Git has them. A message that says nothing stays: with it Git makes no
 * commit. `root`: whose configuration says by what a comment begins.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function addTrailers(root: string, file: string, trailers: readonly Trailer[]): Promise<void> {
  if (trailers.length === 0) return;
  const sign = await commentSign(root);
  if (isEmpty(readFileSync(file, 'utf8'), sign)) return;
  const args = [
    'interpret-trailers',
    '--in-place',
    '--no-divider',
    ...trailers.flatMap(({ key, value, ifThere }) => [
      '--if-exists',
      ifThere,
      '--trailer',
      `${key}: ${value}`,
    ]),
    file,
  ];
  // Outside of the repository: its configuration could name programs that are to write trailers.
  await runGit({ cwd: '/', args, settings: [`core.commentChar=${sign}`], env: withoutGitVariables() });
}

async function commentSign(root: string): Promise<string> {
  const args = ['config', '--get', 'core.commentChar'];
  // Git ends with 1 where it is not set.
  const said = await runGit({ cwd: root, args, env: withoutGitVariables() }).catch(() => '');
  const sign = said.toString('utf8').replace(/\n$/, '');
  return sign.length === 1 ? sign : '#';
}

/** But for comments, and what is below the line that Git cuts a message at. */
function isEmpty(text: string, sign: string): boolean {
  const lines = text.split('\n');
  const cut = lines.findIndex((line) => line.startsWith(`${sign} ------------------------ >8 `));
  return lines
    .slice(0, cut === -1 ? lines.length : cut)
    .every((line) => line.trim() === '' || line.startsWith(sign));
}
