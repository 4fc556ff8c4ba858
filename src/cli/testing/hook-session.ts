/** Sessions of a client in a repository, as its hooks tell of them. */
import type { HookClient } from '../../hooks/index.ts';
import { serveHook } from '../hook/serve-hook.ts';
import { processPorts } from '../process/process-ports.ts';
import { rhemaIn } from './direct.ts';

const block = (more = ''): string =>
  `name: shop\nagent_coordination:\n  enabled: true\n  free: [CHANGES.md]\n${more}  scopes: { api: {}, web: {} }\n`;

/** A repository with two scopes; by path. */
export const shopFiles = (more = '  max_locks_per_agent: 4\n'): Readonly<Record<string, string>> => ({
  'rhema.yaml': block(more),
  '.gitignore': '*.log\n',
  'api/a.ts': 'a\n',
  'api/b.ts': 'b\n',
  'web/w.ts': 'w\n',
  'CHANGES.md': '',
});

export interface Heard {
  readonly code: number;
  readonly told: string;
  readonly json: Record<string, unknown>;
}

/** A session of a client, of Claude Code if no other is named, which says what happens to it. */
export class Session {
  readonly #root: string;
  readonly #id: string;
  readonly #over: object;
  readonly #client: HookClient;
  #tools = 0;

  constructor(root: string, id: string, over: object = {}, client: HookClient = 'claude') {
    this.#root = root;
    this.#id = id;
    this.#over = over;
    this.#client = client;
  }

  /** What its client runs in the background when it stops. */
  wake(): Promise<Heard> {
    return this.say('Stop', {}, { CLAUDECODE: '1' }, 'wake');
  }

  async say(
    hook_event_name: string,
    more: object = {},
    env: Record<string, string> = {},
    event: string | null = null,
  ): Promise<Heard> {
    const payload = { session_id: this.#id, cwd: this.#root, hook_event_name, ...this.#over, ...more };
    const ports = { ...processPorts(), env: { PATH: process.env['PATH'] ?? '', ...env }, cwd: this.#root };
    const words = { client: this.#client, event };
    const { stdout, stderr, exitCode } = await serveHook(ports, words, JSON.stringify(payload), {
      direct: true,
      deadlineMs: 60_000,
    });
    return {
      code: exitCode,
      told: stderr,
      json: stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>),
    };
  }

  tool(event: string, tool_name: string, path: string): Promise<Heard> {
    this.#tools += 1;
    return this.say(event, { tool_name, tool_input: { file_path: path }, tool_use_id: `t${this.#tools}` });
  }

  before = (path: string, tool = 'Edit'): Promise<Heard> => this.tool('PreToolUse', tool, path);
  after = (path: string, tool = 'Edit'): Promise<Heard> => this.tool('PostToolUse', tool, path);
}

export const contextOf = ({ json }: Heard): string =>
  (json['hookSpecificOutput'] as { additionalContext?: string } | undefined)?.additionalContext ?? '';

export async function held(root: string): Promise<string[]> {
  const { stdout } = await rhemaIn(root, 'lock', 'list', '--json');
  const { locks } = JSON.parse(stdout) as { locks: { file?: string; scope: string; agent: string }[] };
  return locks.map(({ file, scope, agent }) => `${file ?? scope} ${agent}`).sort();
}
