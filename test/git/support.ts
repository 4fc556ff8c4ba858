import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { start, rhema, type Ended } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';

/** A repository in which Git asks: alice has api/a.ts, bob takes part. */
export class Stage {
  readonly sandbox = new Sandbox({ api: [], web: [] }, { max_locks_per_agent: 4 });

  get root(): string {
    return this.sandbox.worktree;
  }

  async prepare(): Promise<void> {
    this.put('api/a.ts', '1\n');
    this.put('web/b.ts', '1\n');
    this.sandbox.git('add', '.');
    this.sandbox.git('commit', '--quiet', '--message=files');
    await this.ask('hooks', 'install', 'git', '--yes');
    await this.ask('agent', 'join', 'alice');
    await this.ask('agent', 'join', 'bob');
    await this.ask('lock', 'acquire', 'api/a.ts', '--agent', 'alice', '--ttl', '10m', '--reason', 'rework');
  }

  put(file: string, text: string, mode = 0o644): void {
    const path = join(this.root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  }

  /** As who; nobody unless named. */
  git(args: readonly string[], { as, env = {}, cwd }: Way = {}): Promise<Ended> {
    const who = as === undefined ? {} : { RHEMA_AGENT: as };
    const where = cwd === undefined ? [] : ['-C', cwd];
    return start(this.sandbox, 'git', [...where, ...args], { ...who, ...env }).ended;
  }

  /** Must succeed. */
  async ask(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await rhema(this.sandbox, ...args);
    if (code !== 0) throw new Error(`rhema ${args.join(' ')}: ${code} ${stdout}${stderr}`);
    return stdout;
  }

  message(commit = 'HEAD', cwd = this.root): string {
    return this.sandbox.git('-C', cwd, 'log', '-1', '--format=%B', commit).trim();
  }
}

export interface Way {
  readonly as?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}
