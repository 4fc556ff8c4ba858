import { spawn } from 'node:child_process';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ran>;
  /** Once it has said anything, or has ended. */
  readonly heard: Promise<void>;
}

/** Starts a program; what it may read is all there from the start. */
export function start(command: readonly [string, ...string[]], where: Where, input = ''): Running {
  const [file, ...args] = command;
  const child = spawn(file, args, { cwd: where.root, env: where.env, stdio: 'pipe' });
  const said = { stdout: '', stderr: '' };
  const heard = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
      resolve();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
      resolve();
    });
    child.once('close', () => resolve());
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, ...said }));
  });
  // Who does not read its input may have ended before it was written.
  child.stdin.on('error', () => undefined).end(input);
  return { ended, heard };
}

export interface Where {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}
