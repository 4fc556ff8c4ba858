import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cliMain } from '../../owner.ts';

/** Files that agents of the play come to want at once. */
export const page = 'web/page.ts';
export const mail = 'web/mail.ts';
export const draft = 'web/draft.ts';
/** A script that writes and commits the page: what a hook cannot judge. */
export const unjudged = 'web/publish.sh';

const files: Readonly<Record<string, string>> = {
  // An agent whose client is killed is waited for only as long as this play likes to wait. One that is silent, since the other
  // one's client is slow on a busy machine, keeps what it has.
  'rhema.yaml': `name: shop
scope_type: repository
version: 1.0.0
agent_coordination:
  dead_grace: 1s
  lock_timeout: 10m
  session_timeout: 15m
  scopes: { web: {} }
`,
  [page]: 'export const page = 1;\n',
  [mail]: 'export const mail = 1;\n',
  [draft]: 'export const draft = 1;\n',
  // Git keeps the time of a commit in whole seconds: the page is held for longer than one before it is committed.
  [unjudged]: `set -e
sleep 2
echo '// published' >> ${page}
git commit -q --no-verify -m 'publish it' -- ${page}
git push -q origin HEAD:main
`,
};

/** Of a command that was run in it. */
export interface Answer {
  readonly code: number | null;
  readonly text: string;
}

/** A repository with hooks of rhema in it, in a folder with all else that the play needs, and nothing beside it. */
export class Workshop {
  readonly worktree: string;
  readonly remote: string;
  readonly #folder: string;
  readonly #path: string;

  constructor(clients: ReadonlySet<string>) {
    this.#folder = mkdtempSync(join(tmpdir(), 'rhema-hooked-play-'));
    this.worktree = join(this.#folder, 'shop');
    this.remote = join(this.#folder, 'shop.git');
    this.#path = join(this.#folder, 'bin');
    try {
      this.#set(clients);
    } catch (error) {
      this.clear();
      throw error;
    }
  }

  get commonDir(): string {
    return join(this.worktree, '.git');
  }

  /** Where clients find programs: `rhema` of this very build, before all else. */
  get path(): string {
    return `${this.#path}${delimiter}${process.env['PATH'] ?? ''}`;
  }

  /** A client's own. Some start login shells, which forget where programs were found: so it is said to them anew. */
  home(name: string): string {
    const home = mkdtempSync(join(this.#folder, `${name}-`));
    writeFileSync(join(home, '.profile'), `PATH='${this.path}'\n`);
    return home;
  }

  pathOf(file: string): string {
    return join(this.worktree, file);
  }

  read(file: string): string {
    return readFileSync(this.pathOf(file), 'utf8');
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.pathOf(file)), { recursive: true });
    writeFileSync(this.pathOf(file), text);
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.worktree, ...args], { encoding: 'utf8', env: this.#env() }).trim();
  }

  /** What a person types. */
  rhema(...args: readonly string[]): Answer {
    const all = [cliMain, '-C', this.worktree, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, all, {
      encoding: 'utf8',
      env: this.#env(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: personTimeoutMs,
    });
    return { code: status, text: stdout + stderr };
  }

  /** What the remote repository has. */
  pushed(): string {
    return this.git('ls-remote', this.remote, 'refs/heads/main').split('\t')[0] ?? '';
  }

  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #env(): Readonly<Record<string, string>> {
    return { HOME: this.#folder, PATH: this.path };
  }

  #set(clients: ReadonlySet<string>): void {
    mkdirSync(this.#path);
    symlinkSync(cliMain, join(this.#path, 'rhema'));
    execFileSync('git', ['init', '--quiet', '--bare', this.remote]);
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', this.worktree]);
    this.git('config', 'user.name', 'Ann');
    this.git('config', 'user.email', 'ann@example.org');
    this.git('remote', 'add', 'origin', this.remote);
    for (const [file, text] of Object.entries(files)) this.write(file, text);
    this.#mustSay('init', '--client', ...clients, '--yes');
    this.#mustSay('hooks', 'install', 'git', '--yes');
    this.git('add', '.');
    this.git('commit', '--quiet', '-m', 'a shop with hooks');
    this.git('push', '--quiet', 'origin', 'main');
  }

  #mustSay(...args: readonly string[]): void {
    const { code, text } = this.rhema(...args);
    if (code !== 0) throw new Error(`rhema ${args.join(' ')} ended with ${code}: ${text}`);
  }
}

const personTimeoutMs = 120_000;
