import { chmodSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { socketAddress, statePaths, type StatePaths } from '../client/index.ts';
import { give, identityOfFolder } from '../files/index.ts';
import { bothObservers, openOwnerLog, type Log, type Observer, type OwnerLog } from '../observe/index.ts';
import { abortedQuery, abortedRuns } from '../sync/index.ts';
import { loadRequestParsers } from '../protocol/index.ts';
import { systemTime } from '../time/index.ts';
import type { Ownership } from './engine.ts';
import { capLogFile } from './log-file.ts';
import { AutoSync } from './auto-sync.ts';
import { SyncWorker } from './sync-worker.ts';
import { removeStaleSocket } from './ownership.ts';
import { openFilesMax } from './room.ts';
import type { ServedCoordinator } from './served.ts';
import { CoordinatorServer } from './server.ts';
import { Upkeep } from './upkeep.ts';
import { openCoordination, type Coordination, type OpenOptions } from './wire-up.ts';

/** How long a look at files that is under way may go on before the log is closed. */
const lookMaxMs = 500;
/** How long the log may take to be closed. */
const closeMaxMs = 2_500;

/** Serves the log until there is a reason to leave. `onReady` is called once clients can connect. */
export async function serveAsOwner(
  options: OpenOptions,
  ownership: Ownership,
  onReady: (front: OpenFront | null) => void,
  { openFront = null, leaveOn = null }: ServeOptions = {},
): Promise<void> {
  const paths = statePaths(options.repository.commonDir);
  const ownerLog = openOwnerLog(() => systemTime.monotonicMs(), options.log);
  const { log } = ownerLog;
  const owner = new Owner(options, paths, ownerLog, openFront);
  const leave = (): void => owner.leave(String(leaveOn?.reason));
  leaveOn?.addEventListener('abort', leave, { once: true });
  try {
    capAtStart(paths.log, log);
    if (leaveOn?.aborted) leave();
    else onReady(await owner.start());
    const reason = await owner.untilLeaving();
    log.note('owner.leaving', { reason });
  } finally {
    leaveOn?.removeEventListener('abort', leave);
    await owner.stop(ownership);
  }
}

interface ServeOptions {
  readonly openFront?: Front | null;
  /** A reason to leave, beside signals and being asked to. */
  readonly leaveOn?: AbortSignal | null;
}

/** What stands in the way is told from the first line on. */
function capAtStart(path: string, log: Log): void {
  try {
    capLogFile(path);
  } catch (error) {
    log.note('logFile.notCapped', { cause: String(error) });
  }
}

/** What serves the coordinator beside the socket, in the same process: a face, which is handed in. */
export type Front = (
  coordinator: ServedCoordinator,
  log: Log,
  figures: Coordination['figures'],
) => Promise<OpenFront>;

export interface OpenFront {
  readonly url: string;
  /** Takes nothing more, and answers what is under way. */
  readonly close: () => Promise<void>;
}

/** One life of the owner process. */
class Owner {
  readonly #options: OpenOptions;
  readonly #paths: StatePaths;
  readonly #log: Log;
  readonly #observer: Observer;
  readonly #leaving: Promise<string>;
  #leave: (reason: string) => void = () => {};
  #coordination: Coordination | null = null;
  #server: CoordinatorServer | null = null;
  #upkeep: Upkeep | null = null;
  readonly #openFront: Front | null;
  #front: OpenFront | null = null;
  readonly #worker: SyncWorker;
  #firstLook: Promise<void> | undefined;
  #ignoreSignals: () => void = () => {};

  constructor(options: OpenOptions, paths: StatePaths, { log, observer }: OwnerLog, openFront: Front | null) {
    this.#openFront = openFront;
    this.#options = options;
    this.#paths = paths;
    this.#log = log;
    this.#observer = options.observer === undefined ? observer : bothObservers(observer, options.observer);
    this.#worker = new SyncWorker(options.syncCommand ?? null, log);
    this.#leaving = new Promise((resolve) => (this.#leave = resolve));
  }

  /** What is in front of it, once clients can connect. */
  async start(): Promise<OpenFront | null> {
    const address = socketAddress(this.#paths);
    const coordination = await openCoordination(this.#options, {
      about: () => ({
        mode: this.#openFront === null ? 'daemon' : 'serve',
        socket: this.#paths.socket,
        connections: this.#server?.connections ?? 0,
        ...(this.#front === null ? {} : { url: this.#front.url }),
      }),
      observer: this.#observer,
    });
    this.#coordination = coordination;
    const server = new CoordinatorServer({
      coordinator: coordination.coordinator,
      parsers: await loadRequestParsers(),
      version: this.#options.version,
      folder: identityOfFolder(this.#paths.directory),
      staysWhenIdle: this.#openFront !== null,
      onStop: () => this.#leave('asked to'),
      onFailure: (error) => this.#leave(`no client can be let in: ${error.message}`),
      connectionsMax: connectionsMax(),
    });
    this.#server = server;
    removeStaleSocket(this.#paths.socket);
    await server.listen(address);
    chmodSync(this.#paths.socket, 0o600);
    give(this.#paths.socket);
    this.#ignoreSignals = onSignals((signal) => this.#leave(signal));
    // What is good now is what a file that breaks later was last.
    this.#firstLook = coordination.safetyWatch
      ?.poll()
      .catch((error: unknown) => this.#log.note('safety.notWatched', { cause: String(error) }));
    this.#upkeep = this.#startUpkeep(coordination, server);
    const { coordinator, figures } = coordination;
    this.#front = (await this.#openFront?.(coordinator, this.#log, figures)) ?? null;
    const { version } = this.#options;
    this.#log.note('owner.listening', { version, socket: this.#paths.socket, url: this.#front?.url });
    return this.#front;
  }

  leave(reason: string): void {
    this.#leave(reason);
  }

  /** Resolves with the reason for leaving. */
  untilLeaving(): Promise<string> {
    return this.#leaving;
  }

  /**
   * Takes no more calls, finishes those under way, and lets go of the log; hangs up only then, so that a client that
   * starts the next owner does not find this one in its way.
   */
  async stop(ownership: Ownership): Promise<void> {
    // A second signal ends the process at once.
    this.#ignoreSignals();
    const looked = this.#upkeep?.stop();
    this.#worker.stop();
    this.#server?.stopListening();
    const closed = this.#front?.close();
    try {
      await closed;
      await inTime(Promise.all([looked, this.#firstLook]), lookMaxMs);
      if (!(await inTime(this.#coordination?.close(), closeMaxMs)))
        // Nothing is lost: what was told is in the log, and the next owner goes on from there.
        this.#log.note('owner.leftLate', { closeMaxMs });
    } finally {
      ownership.release();
      this.#server?.hangUp();
    }
  }

  #startUpkeep(
    { coordinator, syncs, follower, gitFollower, safetyWatch, deadWatcher, whyLogLost }: Coordination,
    server: CoordinatorServer,
  ): Upkeep {
    const autoSync = new AutoSync({
      config: () => follower.config,
      syncs,
      aborted: async () => abortedRuns((await coordinator.query(abortedQuery)).entries),
      work: () => this.#worker.run(),
      stop: () => this.#worker.interrupt(),
    });
    const { socket, database, log } = this.#paths;
    const inodes = [socket, database].map(inodeOf);
    return new Upkeep({
      isActive: () => this.#openFront !== null || server.connections > 0 || !coordinator.idle(),
      callCount: () => server.callCount,
      idleExitMs: () => follower.config?.idleExitMs ?? 0,
      whyLost: async () => {
        const isThere = isStill(socket, inodes[0]) && isStill(database, inodes[1]);
        return isThere ? whyLogLost() : 'its files were removed or replaced';
      },
      followScopes: () => follower.poll(),
      followGit: () => gitFollower.look(),
      watchSafety: async () => safetyWatch?.poll(),
      syncDue: () => autoSync.look(),
      seeDead: () => deadWatcher.look(),
      capLog: () => capLogFile(log),
      leave: (reason) => this.#leave(reason),
      log: this.#log,
    });
  }
}

/** Whether it has ended after so long; rejects as it does. */
async function inTime(work: Promise<unknown> | undefined, maxMs: number): Promise<boolean> {
  const overdue = new AbortController();
  const late = sleep(maxMs, false, { signal: overdue.signal }).catch(() => false);
  const done = Promise.resolve(work).then(() => true);
  return Promise.race([late, done]).finally(() => overdue.abort());
}

/** Of the files that this process may have open, some are for the log, for Git, and for what it loads. */
const openFilesReserved = 48;

function connectionsMax(): number {
  return Math.max(1, (openFilesMax() ?? Infinity) - openFilesReserved);
}

/** A file that may not be looked at, for a moment or for good, counts as still there: it was not seen to be gone. */
function isStill(path: string, inode: number | null | undefined): boolean {
  try {
    return inodeOf(path) === inode;
  } catch {
    return true;
  }
}

/** Null when there is no such file. */
function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

function onSignals(run: (signal: NodeJS.Signals) => void): () => void {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, run);
  return () => {
    for (const signal of signals) process.off(signal, run);
  };
}
