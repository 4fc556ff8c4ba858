import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeRepository, type OwnedRepository } from './owned-repository.ts';
import { cliFile } from './paths.ts';

/** A repository that `rhema serve` serves, in a process of its own. */
export interface ServedRepository {
  readonly repository: OwnedRepository;
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

/** Makes the repository in a folder that is empty, and runs with its server, which is ended then. */
export async function withServer<T>(
  folder: string,
  scopes: number,
  run: (served: ServedRepository) => Promise<T>,
): Promise<T> {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const repository = makeRepository(join(folder, 'repository'), scopes);
  const env = { ...process.env, HOME: home, XDG_STATE_HOME: join(home, 'state') };
  const cli = (...args: readonly string[]): string[] => [
    cliFile,
    '-C',
    repository.worktree,
    ...args,
    '--json',
  ];
  const create = cli('token', 'create', 'bench', '--role', 'agent');
  const { token } = JSON.parse(execFileSync(process.execPath, create, { env, encoding: 'utf8' })) as {
    readonly token: string;
  };
  const rate = ['--rate', '100000'];
  const server = spawn(process.execPath, cli('serve', '--port', '0', ...rate), {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    return await run({ repository, token, pid: server.pid ?? 0, url: await addressOf(server) });
  } finally {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }
}

async function addressOf(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error('the server has no output');
  const lines = createInterface({ input: server.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return (JSON.parse(line) as { readonly url: string }).url;
}
