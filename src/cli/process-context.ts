import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type {
  ChildEnd,
  ChildProcess,
  CliContext,
  Clock,
  Output,
  ProcessCommand,
  Signals,
} from './context.ts';
import { createRealWorld } from './real-world.ts';

/** The context of the process that runs. */
export function processContext(): CliContext {
  return {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    stdin: { isTTY: process.stdin.isTTY },
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    signals: processSignals,
    processes: { start: startProcess },
    world: createRealWorld(packageVersion),
    pid: process.pid,
    version: packageVersion,
  };
}

/** The reader may go away in the middle (`| head`): then there is nobody to write to, and no reason to complain. */
function outputTo(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return { write: (text) => void stream.write(text), isTTY: stream.isTTY };
}

const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

const processSignals: Signals = {
  on: (signal, callback) => {
    process.on(signal, callback);
    return () => process.off(signal, callback);
  },
};

function startProcess({ file, args, cwd, env, ownGroup }: ProcessCommand): ChildProcess {
  const child = spawn(file, [...args], { cwd, env, stdio: 'inherit', detached: ownGroup });
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (signal === null) resolve({ kind: 'exited', code: code ?? 0 });
      else resolve({ kind: 'signalled', signalNumber: constants.signals[signal] });
    });
  });
  return { ended, signal: (name) => signalProcess(child.pid, ownGroup, name) };
}

/** Signals the child, with its process group where it leads one. That it has ended meanwhile is no trouble. */
function signalProcess(pid: number | undefined, group: boolean, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(group ? -pid : pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Of the package that this file belongs to, two folders above it. */
function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
