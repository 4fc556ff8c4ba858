import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { statePaths, type OwnerCommand, type StatePaths } from '../../../src/client/index.ts';
import { environmentIn } from '../../support/environment.ts';
import { cliMain } from './paths.ts';
import { killAllOf } from './processes.ts';

/** Scopes by path, each with the paths of its dependencies. */
export type ScopeGraph = Readonly<Record<string, readonly string[]>>;
/** Keys of the `agent_coordination` block. */
export type CoordinationBlock = Readonly<Record<string, unknown>>;

/** A Git repository in a temporary folder of its own, with scopes in it, all committed. */
export class Sandbox {
  /** Everything is below it: the repository, the home folder, what the test adds. */
  readonly folder: string;
  readonly worktree: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(scopes: ScopeGraph, coordination: CoordinationBlock = {}) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'rhema-test-')));
    this.worktree = join(this.folder, 'repository');
    this.env = environmentIn(this.folder);
    mkdirSync(this.worktree);
    this.git('init', '--quiet', '--initial-branch=main');
    this.#describe('.', [], { agent_coordination: coordination });
    for (const [path, dependencies] of Object.entries(scopes)) this.#describe(path, dependencies, {});
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=scopes');
  }

  get commonDir(): string {
    return join(this.worktree, '.git');
  }

  get paths(): StatePaths {
    return statePaths(this.commonDir);
  }

  /** How a client starts the owner of this repository. */
  get ownerCommand(): OwnerCommand {
    return { file: process.execPath, args: [cliMain, '-C', this.worktree, 'daemon', 'run'] };
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.worktree, env: this.env, encoding: 'utf8' });
  }

  /** Writes a file, given relative to the sandbox's folder. */
  write(path: string, content: string | Uint8Array): string {
    const file = join(this.folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** Ends every process that was started in the sandbox, and removes it. */
  async clear(): Promise<void> {
    await killAllOf(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #describe(path: string, dependencies: readonly string[], more: object): void {
    const scope = {
      name: path === '.' ? 'root' : path,
      scope_type: 'service',
      version: '1.0.0',
      dependencies: dependencies.map((target) => ({ path: target, dependency_type: 'required' })),
      ...more,
    };
    this.write(join('repository', path, 'rhema.yaml'), stringify(scope));
  }
}
