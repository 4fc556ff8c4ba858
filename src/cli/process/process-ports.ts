import { spawn, type ChildProcess as Spawned, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { systemTime } from '../../time/index.ts';
import type { ChildEnd, ChildProcess, ProcessPorts, Output, ProcessCommand, Signals } from './ports.ts';
import { packageVersion } from '../../client/index.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { exitCodeAfter } from './signals.ts';
import { sessionOf } from '../process-list.ts';
import { markVariable, ProcessTree, type ToBegin } from './process-tree.ts';
import { startTether } from './tether.ts';
import { terminalQuestions } from './terminal-questions.ts';
import { createRealWorld } from '../world/real-world.ts';

/** The ports to the process that runs. */
export function processPorts(): ProcessPorts {
  return {
    stdout: outputTo(1, () => process.stdout),
    stderr: outputTo(2, () => process.stderr),
    stdin: { isTTY: isatty(0) },
    env: process.env,
    cwd: workingFolder(),
    clock: systemTime,
    signals: processSignals,
    processes: { start: startProcess },
    questions: terminalQuestions,
    screen: async () => (await import('./full-screen.ts')).fullScreen(),
    world: createRealWorld(packageVersion),
    pid: process.pid,
    version: packageVersion,
  };
}

/**
 * Where this process works. The folder may have been deleted meanwhile; then it is what the shell called it, which leads
 * nowhere, and is named by whoever looks there: `-C` leads elsewhere.
 */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.env['PWD'] ?? '/deleted';
  }
}

/** An answer goes to a file on a disk that is full, or has a fault: what was asked for may be done all the same. */
function endUnheard(error: Error): never {
  try {
    writeSync(2, `rhema: the answer cannot be written: ${error.message}; what was asked for may be done\n`);
  } catch {
    // There is nobody to tell.
  }
  process.exit(exitCodes.failure);
}

/**
 * A standard stream, opened at the first write: most commands write to one of the two only.
 *
 * The reader may go away in the middle (`| head`): then there is nobody to write to, and no reason to complain.
 */
function outputTo(fd: number, open: () => NodeJS.WriteStream): Output {
  let stream: NodeJS.WriteStream | null = null;
  const opened = (): NodeJS.WriteStream => {
    const fresh = open();
    fresh.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      endUnheard(error);
    });
    return fresh;
  };
  return {
    write: (text) => void (stream ??= opened()).write(text),
    drained: async () => {
      if (stream?.writableNeedDrain === true) await once(stream, 'drain');
    },
    isTTY: isatty(fd),
    // 0 where a terminal does not know its size.
    columns: () => (stream ??= opened()).columns || null,
  };
}

const processSignals: Signals = {
  on: (signal, callback) => {
    process.on(signal, callback);
    return () => process.off(signal, callback);
  },
  endBy: (signal) => process.exit(exitCodeAfter(signal)),
};

function startProcess(command: ProcessCommand): ChildProcess {
  const { file, args, cwd, env, ownGroup, endInMs, graceMs, onOutput } = command;
  const stdio = outputsFor(command);
  const begins = toBegin(ownGroup, env);
  const tether = endInMs === null ? null : startTether(endInMs, graceMs, begins);
  const child = spawned(file, args, { cwd, env, stdio, detached: ownGroup });
  const outputs = child instanceof Error ? [] : outputsOf(child);
  if (onOutput !== undefined && !(child instanceof Error)) listen(child, onOutput);
  const pid = child instanceof Error ? undefined : child.pid;
  const root = pid === undefined ? null : { ...begins, pid };
  if (root !== null) tether?.hold(root);
  const tree = root === null ? null : new ProcessTree(root);
  const ended = child instanceof Error ? Promise.reject(child) : endOf(child);
  return {
    ended,
    silent: Promise.all(outputs.map((stream) => once(stream, 'close'))).then(() => undefined),
    signal: (name) => signalProcess(pid, ownGroup, name),
    tellAll: () => {
      tether?.told();
      tree?.signal('SIGTERM');
    },
    endAll: async () => {
      tether?.told();
      await tree?.endAll();
    },
    endBy: (leftMs, grace) => tether?.endBy(leftMs, grace),
    left: () => tree?.left() ?? [],
    letGo: () => {
      tether?.untie();
      for (const stream of outputs) stream.destroy();
    },
  };
}

function outputsFor({ onOutput, saysBeside }: ProcessCommand): SpawnOptions['stdio'] {
  if (onOutput !== undefined) return ['ignore', 'pipe', 'pipe'];
  return saysBeside === true ? ['inherit', 2, 'inherit'] : 'inherit';
}

function listen(child: Spawned, hear: (said: Buffer) => void): void {
  for (const stream of outputsOf(child)) {
    stream.on('data', hear);
    stream.on('error', () => undefined);
  }
}

const outputsOf = ({ stdout, stderr }: Spawned): Readable[] =>
  [stdout, stderr].filter((stream) => stream !== null);

/** Some refusals of the system are thrown instead of told later, as of a file in the place of a folder: those are the same. */
function spawned(file: string, args: readonly string[], options: SpawnOptions): Spawned | Error {
  try {
    return spawn(file, [...args], options);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function endOf(child: Spawned): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (signal === null) resolve({ kind: 'exited', code: code ?? 0 });
      else resolve({ kind: 'signalled', signalNumber: constants.signals[signal] });
    });
  });
}

function toBegin(leads: boolean, env: ProcessCommand['env']): ToBegin {
  return { leads, session: leads ? null : sessionOf(process.pid), mark: env[markVariable] ?? null };
}

/** Signals the child, with its process group where it leads one. That it has ended meanwhile, or became root's, is no trouble. */
function signalProcess(pid: number | undefined, group: boolean, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(group ? -pid : pid, name);
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
