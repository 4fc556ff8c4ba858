import { chmodSync, statSync } from 'node:fs';
import { socketAddress, statePaths, type StatePaths } from '../client/index.ts';
import { openLog, type Log } from '../observe/index.ts';
import { loadRequestParsers } from '../protocol/index.ts';
import type { ExclusiveLock } from '../store/sqlite/index.ts';
import { toFailure } from './failures.ts';
import { capLogFile } from './log-file.ts';
import { claimOwnership, removeStaleSocket } from './ownership.ts';
import { ReadinessReport } from './readiness.ts';
import { CoordinatorServer } from './server.ts';
import { Upkeep } from './upkeep.ts';
import { openCoordination, type Coordination, type OpenOptions } from './wire-up.ts';

/**
 * Is the owner of a repository's log until it is asked to leave, is told to by a signal, or has been idle for long.
 * Resolves at once when another process is the owner already. Throws what keeps it from being one; whoever started it
 * in the background is told of that first.
 */
export async function runOwner(options: OpenOptions): Promise<void> {
  const readiness = new ReadinessReport(process.env);
  // Whatever it creates is for its user only.
  process.umask(0o077);
  const paths = statePaths(options.repository.commonDir);
  try {
    const lock = await claimOwnership(paths);
    if (lock === null) return readiness.say({ ready: true });
    await own(options, paths, lock, () => readiness.say({ ready: true }));
  } catch (error) {
    const failure = toFailure(error);
    readiness.say({ error: failure.toJSON() });
    throw failure;
  }
}

async function own(
  options: OpenOptions,
  paths: StatePaths,
  lock: ExclusiveLock,
  onReady: () => void,
): Promise<void> {
  capLogFile(paths.log);
  const log = openLog();
  const owner = new Owner(options, paths, log);
  try {
    await owner.start();
    onReady();
    const reason = await owner.untilLeaving();
    log.info({ reason }, 'leaving');
  } finally {
    await owner.stop(lock);
  }
}

/** One life of the owner process. */
class Owner {
  readonly #options: OpenOptions;
  readonly #paths: StatePaths;
  readonly #log: Log;
  readonly #leaving: Promise<string>;
  #leave: (reason: string) => void = () => {};
  #coordination: Coordination | null = null;
  #server: CoordinatorServer | null = null;
  #upkeep: Upkeep | null = null;
  #ignoreSignals: () => void = () => {};

  constructor(options: OpenOptions, paths: StatePaths, log: Log) {
    this.#options = options;
    this.#paths = paths;
    this.#log = log;
    this.#leaving = new Promise((resolve) => (this.#leave = resolve));
  }

  async start(): Promise<void> {
    const address = socketAddress(this.#paths);
    const coordination = await openCoordination(this.#options, {
      about: () => ({
        mode: 'daemon',
        socket: this.#paths.socket,
        connections: this.#server?.connections ?? 0,
      }),
      report: ({ kind, message, cause }) => this.#log.error({ kind, cause: String(cause) }, message),
    });
    this.#coordination = coordination;
    const server = new CoordinatorServer({
      coordinator: coordination.coordinator,
      parsers: await loadRequestParsers(),
      version: this.#options.version,
      onStop: () => this.#leave('asked to'),
    });
    this.#server = server;
    removeStaleSocket(this.#paths.socket);
    await server.listen(address);
    chmodSync(this.#paths.socket, 0o600);
    this.#ignoreSignals = onSignals((signal) => this.#leave(signal));
    this.#upkeep = this.#startUpkeep(coordination, server);
    const { version } = this.#options;
    this.#log.info({ version, socket: this.#paths.socket }, 'listening');
  }

  /** Resolves with the reason for leaving. */
  untilLeaving(): Promise<string> {
    return this.#leaving;
  }

  /**
   * Takes no more calls, finishes those under way, and lets go of the log; hangs up only then, so that a client that
   * starts the next owner does not find this one in its way.
   */
  async stop(lock: ExclusiveLock): Promise<void> {
    this.#upkeep?.stop();
    this.#server?.stopListening();
    await this.#coordination?.close();
    lock.release();
    this.#server?.hangUp();
    this.#ignoreSignals();
  }

  #startUpkeep({ coordinator, keeper }: Coordination, server: CoordinatorServer): Upkeep {
    const { ino } = statSync(this.#paths.socket);
    return new Upkeep({
      isActive: () => server.connections > 0 || !coordinator.idle(),
      callCount: () => server.callCount,
      idleExitMs: () => keeper.config?.idleExitMs ?? 0,
      hasSocket: () => statSync(this.#paths.socket, { throwIfNoEntry: false })?.ino === ino,
      followScopes: () => keeper.poll(),
      leave: (reason) => this.#leave(reason),
      log: this.#log,
    });
  }
}

function onSignals(run: (signal: NodeJS.Signals) => void): () => void {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, run);
  return () => {
    for (const signal of signals) process.off(signal, run);
  };
}
