/** Plays the client of one agent, as Claude Code does: asks the hooks, runs the tool unless they refuse, tells them of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ground } from './ground.ts';
import { start, type Ran, type Running } from './run.ts';

/** What became of a tool call: the tool has run, or a hook has refused it and says why. */
export type Answer = ({ readonly kind: 'ran' } & Ran) | { readonly kind: 'refused'; readonly text: string };

export interface Beside {
  readonly running: Running;
  finish(): Promise<Ran>;
}

const bashInput = (command: string): object => ({ command, description: 'Run a command' });

export class Client {
  readonly #ground: Ground;
  readonly #name: string;
  readonly #session: string;
  /** What the hooks of a session's beginning set for the shell of its agent. */
  readonly #envFile: string;
  #tools = 0;

  constructor(ground: Ground, name: string, number: number) {
    this.#ground = ground;
    this.#name = name;
    this.#session = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    this.#envFile = join(ground.root, '..', `${name}.env`);
    writeFileSync(this.#envFile, '');
  }

  async begin(): Promise<void> {
    await this.#fire('SessionStart', { source: 'startup' }, { CLAUDE_ENV_FILE: this.#envFile });
    await this.#fire('UserPromptSubmit', { prompt: 'Do your jobs.' });
  }

  /** The turn is over, and the session with it. A client goes on where a hook says so; what it says comes once. */
  async end(): Promise<void> {
    await this.#fire('Stop', { stop_hook_active: false });
    await this.#fire('Stop', { stop_hook_active: true });
    await this.#fire('SessionEnd', { reason: 'other' });
  }

  /** With the content of the file as its standard output. */
  read(file: string): Promise<Answer> {
    const path = join(this.#ground.root, file);
    return this.#tool('Read', { file_path: path }, async () => ran(readFileSync(path, 'utf8')));
  }

  write(file: string, content: string): Promise<Answer> {
    const path = join(this.#ground.root, file);
    return this.#tool('Write', { file_path: path, content }, async () => {
      writeFileSync(path, content);
      return ran('');
    });
  }

  shell(command: string): Promise<Answer> {
    return this.#tool('Bash', bashInput(command), () => this.#bash(command).ended);
  }

  /** A shell command that takes as long as others need: it is ended by `finish`. Null: it was refused. */
  async shellBeside(command: string): Promise<Beside | null> {
    const call = this.#call('Bash', bashInput(command));
    if ((await this.#fire('PreToolUse', call)) !== null) return null;
    const running = this.#bash(command);
    const finish = async (): Promise<Ran> => this.#told(call, await running.ended);
    return { running, finish };
  }

  #bash(command: string): Running {
    const { root, env } = this.#ground;
    const own = {
      GIT_AUTHOR_NAME: this.#name,
      GIT_COMMITTER_NAME: this.#name,
      ENV_OF_SESSION: this.#envFile,
    };
    // Not by BASH_ENV: a shell whose input is a pipe of Node's takes itself for one of rshd, and then passes that over.
    return start(['bash', '-c', `. "$ENV_OF_SESSION"\n${command}`], {
      root,
      env: { ...env, ...own, CLAUDECODE: '1' },
    });
  }

  async #tool(name: string, input: object, run: () => Promise<Ran>): Promise<Answer> {
    const call = this.#call(name, input);
    const text = await this.#fire('PreToolUse', call);
    if (text !== null) return { kind: 'refused', text };
    return { kind: 'ran', ...(await this.#told(call, await run())) };
  }

  #call(tool_name: string, tool_input: object): object {
    this.#tools += 1;
    return { tool_name, tool_input, tool_use_id: `toolu_${this.#name}_${this.#tools}` };
  }

  async #told(call: object, done: Ran): Promise<Ran> {
    const { stdout, stderr } = done;
    await this.#fire('PostToolUse', { ...call, tool_response: { stdout, stderr, interrupted: false } });
    return done;
  }

  /** What a hook says that refuses; null: none does. One that breaks down ends the experiment, as it would prove nothing. */
  async #fire(event: string, more: object, env: NodeJS.ProcessEnv = {}): Promise<string | null> {
    const { root, hooks } = this.#ground;
    const tool = 'tool_name' in more ? String(more.tool_name) : null;
    const payload = {
      session_id: this.#session,
      transcript_path: join(root, '..', `${this.#name}.jsonl`),
      cwd: root,
      permission_mode: 'bypassPermissions',
      hook_event_name: event,
      ...more,
    };
    for (const { matcher, command } of hooks.get(event) ?? []) {
      if (matcher !== null && (tool === null || !matcher.test(tool))) continue;
      const where = { root, env: { ...this.#ground.env, CLAUDE_PROJECT_DIR: root, ...env } };
      const { code, stdout, stderr } = await start(['sh', '-c', command], where, JSON.stringify(payload))
        .ended;
      if (code === 2) return stderr;
      if (code !== 0 || stdout.includes('NOT GUARDED'))
        throw new Error(`${event}: ${code} ${stdout}${stderr}`);
    }
    return null;
  }
}

const ran = (stdout: string): Ran => ({ code: 0, stdout, stderr: '' });
