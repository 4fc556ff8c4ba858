import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { findRepository, scanRepository, type LastGood, type ScanResult } from '../index.ts';

const made: string[] = [];

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, removed when the test file has run. Without symlinks on its path, so paths can be compared. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rhema-repository-')));
  made.push(folder);
  return folder;
}

/** Git without the machine's configuration, so that tests behave alike everywhere. */
export function git(cwd: string, ...args: string[]): string {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const fixed = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'test',
    GIT_AUTHOR_EMAIL: 'test@example.org',
    GIT_COMMITTER_NAME: 'test',
    GIT_COMMITTER_EMAIL: 'test@example.org',
  };
  return execFileSync('git', args, {
    cwd,
    env: { ...Object.fromEntries(inherited), ...fixed },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Files by path; a text ending is not added. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export function write(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** A definition file of the flat shape. */
export const flat = (name: string, ...dependencies: string[]): string =>
  [
    `name: ${name}`,
    'scope_type: service',
    'dependencies:',
    ...dependencies.map((path) => `  - path: ${path}`),
  ].join('\n');

/** A fresh repository with these files, none of them added. */
export function makeRepository(files: Files = {}): string {
  const root = temporaryFolder();
  git(root, 'init', '--quiet', '--initial-branch=main');
  write(root, files);
  return root;
}

export function commitAll(root: string): void {
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message=all');
}

export async function scan(root: string, previous: LastGood | null = null): Promise<ScanResult> {
  const repository = await findRepository({ cwd: root, env: {} });
  return scanRepository(repository, { previous, env: {} });
}

/** A bare repository has to be named. */
export async function scanBare(gitDir: string, previous: LastGood | null = null): Promise<ScanResult> {
  const repository = await findRepository({ cwd: gitDir, env: { GIT_DIR: gitDir } });
  return scanRepository(repository, { previous, env: {} });
}

/** `path -> dependencies` of every definition: the part most tests look at. */
export function graphOf({ definitions }: ScanResult): Record<string, readonly string[]> {
  return Object.fromEntries(definitions.map(({ path, dependencies }) => [path, dependencies]));
}

/** `code file:line:column` of every problem. */
export function problemsOf({ problems }: Pick<ScanResult, 'problems'>): string[] {
  return problems.map(({ code, file, line, column }) =>
    [`${code} ${file ?? '-'}`, line, column].filter((part) => part !== null).join(':'),
  );
}
