import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { start, type Running } from '../withstand/support/cli.ts';
import { cliMain } from '../withstand/support/paths.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';

/** Two shells, one scope: what each of them typed and was answered, in the order in which it happened. */
export async function recordTranscript(): Promise<string> {
  const sandbox = new Sandbox({ 'services/auth': [], 'services/shop': ['services/auth'] });
  try {
    const program = sandbox.write('bin/rhema', `#!/bin/sh\nexec "${process.execPath}" "${cliMain}" "$@"\n`);
    chmodSync(program, 0o755);
    const stage = new Stage(sandbox);
    await play(stage);
    return stage.text;
  } finally {
    await sandbox.clear();
  }
}

async function play(stage: Stage): Promise<void> {
  const [alice, bob] = [new Shell(stage, 'alice'), new Shell(stage, 'bob')];
  await alice.types('rhema agent join alice');
  await bob.types('rhema agent join bob');
  await alice.types('rhema lock acquire services/auth --ttl 10s --reason "rework the login"');
  await bob.types('rhema lock acquire services/auth');
  const turn = bob.begins('rhema lock acquire services/auth --wait 1m --reason "review it"');
  stage.note('alice', 'has died, or sleeps: nobody renews her lease');
  await bob.isInLine();
  await turn();
  await alice.types(`rhema lock renew services/auth --token ${await stage.firstToken()}`);
  await bob.types('rhema lock release services/auth');
  await bob.types('rhema log --scope services/auth --event lock ticket');
}

/** Where the lines of both shells come together. */
class Stage {
  readonly sandbox: Sandbox;
  readonly #lines: string[] = [];

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  typed(who: string, command: string): void {
    if (this.#lines.length > 0) this.#lines.push('');
    this.#lines.push(`${who}$ ${command}`);
  }

  answered(output: string): void {
    this.#lines.push(...output.trimEnd().split('\n'));
  }

  note(who: string, text: string): void {
    this.#lines.push('', `# ${who} ${text}`);
  }

  run(who: string, command: string): Running {
    const path = `${join(this.sandbox.folder, 'bin')}:${process.env['PATH'] ?? ''}`;
    return start(this.sandbox, 'sh', ['-c', command], { PATH: path, RHEMA_AGENT: who });
  }

  async status(): Promise<{ readonly waiters: readonly { readonly agent: string }[] }> {
    const { stdout } = await this.run('', 'rhema status --json').ended;
    return JSON.parse(stdout) as { readonly waiters: readonly { readonly agent: string }[] };
  }

  async firstToken(): Promise<number> {
    const { stdout } = await this.run('', 'rhema log --event lock.granted --json').ended;
    const { entries } = JSON.parse(stdout) as { readonly entries: readonly { readonly revision: number }[] };
    return Math.min(...entries.map(({ revision }) => revision));
  }
}

class Shell {
  readonly #stage: Stage;
  readonly #who: string;

  constructor(stage: Stage, who: string) {
    this.#stage = stage;
    this.#who = who;
  }

  async types(command: string): Promise<void> {
    await this.begins(command)();
  }

  /** Starts a command that takes its time; the answer waits for it. */
  begins(command: string): () => Promise<void> {
    this.#stage.typed(this.#who, command);
    const running = this.#stage.run(this.#who, command);
    return async () => {
      const { stdout, stderr } = await running.ended;
      this.#stage.answered(stderr + stdout);
    };
  }

  async isInLine(): Promise<void> {
    await until(`${this.#who} waits`, async () =>
      (await this.#stage.status()).waiters.some(({ agent }) => agent === this.#who),
    );
  }
}
