/** Hooks of clients, while the coordinator and the hooks themselves are killed in their midst. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { kill, ownersOf } from './support/processes.ts';
import { Random } from './support/random.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

const files = ['api/a.ts', 'api/b.ts', 'web/c.ts'];
const sessions = ['one', 'two', 'three'];
const actsEach = 14;
const killsMax = 24;
/** A hook is killed, or its coordinator, within this time of its start. */
const momentMaxMs = 220;

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox({ api: [], web: [] }, { max_locks_per_agent: 4 });
});
afterEach(() => sandbox.clear());

interface Answer {
  /** Null: it was killed. */
  readonly code: number | null;
  readonly said: string;
}

/** What happened, as the clients saw it. */
class Clients {
  readonly running = new Set<ChildProcess>();
  readonly faults: string[] = [];
  readonly counts = { passed: 0, refused: 0, killed: 0, started: 0 };
  /** Who may write what, by what its client was answered. */
  readonly #writers = new Map<string, string>();

  async act(session: string, file: string, id: string): Promise<void> {
    const { code, said } = await this.#hook('PreToolUse', session, {
      tool_use_id: id,
      tool_name: 'Write',
      tool_input: { file_path: join(sandbox.worktree, file), content: id },
    });
    if (code === null) return;
    const writer = this.#writers.get(file) ?? session;
    if (code === 0 && writer !== session)
      this.faults.push(`${session} may write ${file}, which ${writer} writes`);
    if (code === 0) this.#writers.set(file, session);
    if (code === 2 && !said.includes(file))
      this.faults.push(`${session} is refused ${file} without a word: ${said}`);
    this.counts[code === 0 ? 'passed' : 'refused'] += 1;
  }

  /** It is over only where its client was answered: else it says so once more, as a client would not. */
  async end(session: string): Promise<void> {
    for (const [file, writer] of this.#writers) if (writer === session) this.#writers.delete(file);
    while ((await this.#hook('SessionEnd', session, {})).code === null);
  }

  async #hook(hook_event_name: string, session_id: string, more: object): Promise<Answer> {
    const child = spawn(process.execPath, [cliMain, 'hook', 'claude'], {
      cwd: sandbox.worktree,
      env: sandbox.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.running.add(child);
    this.counts.started += 1;
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    // One that is killed early takes no input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify({ hook_event_name, session_id, cwd: sandbox.worktree, ...more }));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    this.running.delete(child);
    if (code === null) this.counts.killed += 1;
    else if (![0, 2].includes(code) || /NOT GUARDED|INTERNAL|\n\s+at /.test(said))
      this.faults.push(`${session_id} ${hook_event_name}: ${code} ${said}`);
    return { code, said };
  }
}

it('no file is two sessions’ at once, each answer is one that a client knows, and the log stays whole', async () => {
  const random = new Random(7);
  const clients = new Clients();
  let isOver = false;
  const work = Promise.all(
    sessions.map(async (session) => {
      const own = new Random(random.below(2 ** 32));
      for (let act = 0; act < actsEach; act += 1) {
        await clients.act(session, own.pick(files), `${session} ${act}`);
        if (act % 5 === 4) await clients.end(session);
      }
    }),
  ).finally(() => (isOver = true));
  const killed = { owner: 0, hook: 0 };
  for (let count = 0; count < killsMax && !isOver; count += 1) {
    const begun = clients.counts.started;
    await until('a hook begins', () => isOver || clients.counts.started > begun);
    await pause(random.below(momentMaxMs));
    if (random.below(2) === 0) {
      const owners = ownersOf(sandbox.folder).map(({ pid }) => pid);
      kill(owners);
      killed.owner += owners.length;
    } else {
      const [hook] = clients.running;
      hook?.kill('SIGKILL');
      killed.hook += hook === undefined ? 0 : 1;
    }
  }
  await work;
  expect(clients.faults).toEqual([]);
  const { passed, refused } = clients.counts;
  for (const each of [passed, refused, killed.owner, killed.hook]) expect(each).toBeGreaterThan(2);
  for (const session of sessions) await clients.end(session);
  expect(JSON.parse((await rhema(sandbox, 'lock', 'list', '--json')).stdout)).toMatchObject({ locks: [] });
  expect(await rhema(sandbox, 'safety', 'check')).toMatchObject({ code: 0 });
  expect(await rhema(sandbox, 'verify-log')).toMatchObject({ code: 0 });
}, 120_000);
