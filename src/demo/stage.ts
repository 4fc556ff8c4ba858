import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { Whereabouts } from './owner.ts';

/** Where the play takes place: a clone that nobody else uses. */
export interface Stage extends Whereabouts {
  /** Everything is in it. */
  readonly folder: string;
  readonly clear: () => void;
}

/** Short enough that the play shows a lost agent; real agents get minutes. */
const sessionTimeout = '6s';

/** Clones a repository to a temporary folder and sees to it that it has scopes and a configuration for the play. */
export function prepareStage(repository: string): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'rhema-demo-'));
  const worktree = join(folder, basename(resolve(repository)) || 'repository');
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    git(['clone', '--quiet', '--no-hardlinks', resolve(repository), worktree], folder);
    if (!existsSync(join(worktree, 'rhema.yaml'))) describeScopes(worktree);
    configure(join(worktree, 'rhema.yaml'));
  } catch (error) {
    clear();
    throw error;
  }
  return { folder, worktree, commonDir: join(worktree, '.git'), served: null, clear };
}

/** A repository without scopes gets one for each top-level folder, each depending on the one before it. */
function describeScopes(worktree: string): void {
  const folders = readdirSync(worktree, { withFileTypes: true })
    .filter((item) => item.isDirectory() && !item.name.startsWith('.'))
    .map((item) => item.name)
    .slice(0, 6);
  const named = folders.length >= 2 ? folders : [...folders, 'demo-a', 'demo-b'];
  named.forEach((name, index) => {
    mkdirSync(join(worktree, name), { recursive: true });
    const before = named[index - 1];
    const dependencies = before === undefined ? [] : [{ path: before, dependency_type: 'required' }];
    writeScope(join(worktree, name), name, dependencies);
  });
  writeScope(worktree, basename(worktree), []);
}

function writeScope(folder: string, name: string, dependencies: readonly object[]): void {
  const scope = { name, scope_type: 'component', version: '1.0.0', dependencies };
  writeFileSync(join(folder, 'rhema.yaml'), JSON.stringify(scope, null, 2));
}

function configure(file: string): void {
  const document = parseDocument(readFileSync(file, 'utf8'));
  document.setIn(['agent_coordination', 'session_timeout'], sessionTimeout);
  document.setIn(['agent_coordination', 'max_concurrent_agents'], 4);
  document.setIn(['agent_coordination', 'sync_settings', 'conflict_resolution'], 'merge');
  writeFileSync(file, document.toString());
}

function git(args: readonly string[], cwd: string): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
