import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePrivateDirectory, hasEnded, statePaths, type OwnerCommand } from '../client/index.ts';
import { loadConfig } from '../config/index.ts';
import {
  fingerprintOnly,
  gitMark,
  lastOperation,
  ScanMemory,
  scanRepository,
  type LastGood,
  type Repository,
  syncedTree,
  trackedContent,
  type ScanResult,
} from '../repository/index.ts';
import { fileIn, type DurationMs } from '../core/index.ts';
import type { Figures, LogOptions, Observer } from '../observe/index.ts';
import { loadRequestParsers, type Coordinator, type ScopesAnswer } from '../protocol/index.ts';
import { openService, readHostIdentity } from '../service/index.ts';
import { SystemClock, systemTime, systemTimers } from '../time/index.ts';
import type { About, Service, SyncsNow } from '../service/index.ts';
import { KnownFiles } from './known-files.ts';
import { DeadWatcher } from './dead-watcher.ts';
import { withChecks } from './direct.ts';
import { embeddedEngine } from './embedded-engine.ts';
import type { Engine, OpenStore } from './engine.ts';
import { toFailure } from './failures.ts';
import { GitFollower } from './git-follower.ts';
import { LocalCoordinator } from './local-coordinator.ts';
import { recordMainWorktree, withMainWorktree } from './main-worktree.ts';
import { evidenceFiles } from './evidence-file.ts';
import { repairFile, type RepairPorts } from './repairer.ts';
import { SafetyWatch } from './safety-watch.ts';
import { WatchedFiles } from './watched-files.ts';
import { ScopeFollower, type FirstLook } from './scope-follower.ts';
import { disabled, inForceOf } from './withheld.ts';

/** What is coordinated, and by which program. */
export interface OpenOptions {
  readonly repository: Repository;
  /** Of the package. */
  readonly version: string;
  /** Where its log is kept; the embedded one unless given. */
  readonly engine?: Engine;
  /** How to start a process that syncs what is due; nothing is synced by itself without one. */
  readonly syncCommand?: () => OwnerCommand;
  /** Who is told of the work on the log; nobody unless given. */
  readonly observer?: Observer;
  /** How an owner writes what it has to say. */
  readonly log?: Pick<LogOptions, 'level' | 'served'>;
  /** The process's own unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What an opener says of itself, for `health` and for the log. */
export interface Opener {
  readonly about: () => Pick<About, 'mode' | 'socket' | 'connections' | 'url'>;
  /** Nobody unless given. */
  readonly observer?: Observer;
}

/** Everything that works on one repository's log in this process. */
export interface Coordination {
  readonly coordinator: LocalCoordinator;
  /** As the state has them, without a look at any file. */
  readonly syncs: () => Promise<SyncsNow>;
  readonly figures: () => Promise<Figures>;
  readonly follower: ScopeFollower;
  readonly gitFollower: GitFollower;
  /** Null where there is no working tree. */
  readonly safetyWatch: SafetyWatch | null;
  readonly deadWatcher: DeadWatcher;
  readonly whyLogLost: OpenStore['whyLost'];
  /** Finishes what runs, refuses what comes, and lets go of the log. */
  readonly close: () => Promise<void>;
}

/**
 * The coordinator in this process, without an owner: for one command, in CI and in sandboxes. As safe as the owner, and
 * slower. Throws a {@link CoordinatorError}: `DISABLED`, `STORE_FAILURE`, `UNAVAILABLE`, `REPOSITORY_UNREADABLE`.
 */
export async function openDirect(options: OpenOptions): Promise<Coordinator> {
  const { coordinator, close } = await openCoordination(options, {
    about: () => ({ mode: 'direct', socket: null, connections: 0 }),
  });
  return withChecks(coordinator, await loadRequestParsers(), close);
}

/** Opens the log of a repository, and brings its graph and settings in step with the scope files. Throws as above. */
export async function openCoordination(options: OpenOptions, opener: Opener): Promise<Coordination> {
  const { env = process.env, engine = embeddedEngine } = options;
  try {
    const { commonDir } = options.repository;
    const paths = statePaths(commonDir);
    const hasLog = engine.hasLog(commonDir);
    const repository = hasLog ? withMainWorktree(options.repository, paths) : options.repository;
    const memory = new ScanMemory();
    const known = new KnownFiles(editedTree(repository), () => performance.now());
    const scan = async (previous: LastGood | null): Promise<ScanResult> => {
      const found = await scanRepository(repository, { previous, env, memory });
      known.note(found);
      return found;
    };
    const fingerprint = (): Promise<string> => fingerprintOnly(repository, memory);
    const first = await lookFirst(scan, env);
    if (!hasLog) refuseWithoutLog(first);
    ensurePrivateDirectory(paths.directory);
    recordMainWorktree(repository, paths);
    const log = await engine.openStore(commonDir, (message, cause) =>
      opener.observer?.trouble({ kind: 'witnessNotKept', message, cause }),
    );
    try {
      return await start(options, opener, { first, scan, fingerprint, known, log });
    } catch (error) {
      await log.close();
      throw error;
    }
  } catch (error) {
    throw toFailure(error);
  }
}

/** Null: what is in force is in a commit, or nobody knows where the files are. */
const editedTree = ({ mainWorktree, worktree, bare }: Repository): string | null =>
  mainWorktree ?? (bare ? null : worktree);

/** That the files cannot be looked at is not the end: the log may have a graph. */
async function lookFirst(scan: Opened['scan'], env: NonNullable<OpenOptions['env']>): Promise<FirstLook> {
  try {
    return { ok: true, scan: await scan(null) };
  } catch (error) {
    return { ok: false, error, config: await loadConfig({ file: null, env }) };
  }
}

/** A repository that is not coordinated gets no log, nor does one of whose scopes nothing is known. */
function refuseWithoutLog(first: FirstLook): void {
  if (!first.ok) throw first.error;
  if (!first.scan.config.config.enabled) throw disabled();
}

interface Opened {
  readonly first: FirstLook;
  readonly scan: (previous: LastGood | null) => Promise<ScanResult>;
  readonly fingerprint: () => Promise<string>;
  readonly known: KnownFiles;
  readonly log: OpenStore;
}

async function start(options: OpenOptions, opener: Opener, opened: Opened): Promise<Coordination> {
  const { first, scan, fingerprint, known, log } = opened;
  const service = await startService(options, opener, opened);
  const close = async (): Promise<void> => {
    await service.stop();
    await log.close();
  };
  const follower = new ScopeFollower({
    scan,
    fingerprint,
    known,
    inForce: () => inForceOf(service),
    submit: (command) => service.submitInternal(command),
    showProblems: (problems) => service.setScopeProblems(problems),
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    pause: (ms) => sleep(ms),
  });
  try {
    await follower.begin(first);
    const gitFollower = gitFollowerOf(service, follower, options.repository);
    return {
      coordinator: new LocalCoordinator(service, follower, gitFollower),
      syncs: () => service.syncs(),
      figures: () => service.figures(),
      follower,
      gitFollower,
      safetyWatch: safetyWatchOf(service, follower, options.repository),
      deadWatcher: new DeadWatcher(
        { bound: () => service.bound(), hasEnded, submit: (command) => service.submitInternal(command) },
        systemTime,
      ),
      whyLogLost: () => log.whyLost(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of the working tree that the scopes are of. */
function gitFollowerOf(service: Service, follower: ScopeFollower, repository: Repository): GitFollower {
  const root = syncedTree(repository);
  return new GitFollower({
    mark: () => (root === null ? null : gitMark(repository)),
    content: () => trackedContent(root ?? repository.commonDir),
    lastOperation: () => lastOperation(repository),
    syncs: async () => (await service.syncs()).syncs,
    scopes: async () =>
      (await service.query({ kind: 'scopes' })).scopes.filter(({ withdrawn }) => !withdrawn),
    commands: () => follower.syncCommands,
    submit: (command) => service.submitInternal(command),
  });
}

/** Null where there is no working tree whose files were recorded. */
function safetyWatchOf(
  service: Service,
  follower: ScopeFollower,
  repository: Repository,
): SafetyWatch | null {
  const root = syncedTree(repository);
  if (root === null) return null;
  const files = new WatchedFiles(root);
  const scopes = (): Promise<ScopesAnswer> => service.query({ kind: 'scopes' });
  const repairs: RepairPorts = {
    locksOf: async (scope) =>
      (await service.query({ kind: 'why', subject: { kind: 'scope', scope }, at: null, happened: 0 })).locks,
    recordedNow: async ({ scope, path }) =>
      (await scopes()).scopes.find((one) => one.path === scope)?.contexts[fileIn(scope, path)]?.digest ??
      null,
  };
  return new SafetyWatch({
    isOn: () => follower.config?.safetyEnabled ?? false,
    repairs: () => follower.config?.autoRecovery ?? false,
    scopes,
    open: async () => (await service.query({ kind: 'openViolations' })).open,
    problems: () => follower.problems,
    beginLook: () => files.beginLook(),
    look: (path) => files.look(path),
    gitMark: () => gitMark(repository)?.text ?? null,
    repair: (broken) => repairFile(repository, root, repairs, broken),
    submit: (command) => service.submitInternal(command),
    monotonicMs: () => performance.now(),
  });
}

/** Where nobody knows what the configuration says nothing is thrown away. */
function horizonOf(first: FirstLook): DurationMs | null {
  const isKnown = first.ok && first.scan.configUnread.length === 0;
  return isKnown ? first.scan.config.config.historyHorizonMs : null;
}

async function startService(options: OpenOptions, opener: Opener, opened: Opened): Promise<Service> {
  const { log, first } = opened;
  const { safetyEnabled } = (first.ok ? first.scan.config : first.config).config;
  const host = await readHostIdentity();
  return openService({
    store: log.store,
    clock: new SystemClock(host),
    timers: systemTimers,
    host,
    witness: log.witness,
    options: {
      horizonMs: horizonOf(first),
      keepEvidence: evidenceFiles(statePaths(options.repository.commonDir).directory, {
        rhema: options.version,
        node: process.version,
        store: log.engine,
      }),
      checkInvariants: safetyEnabled ? 'sampled' : 'never',
      ...(opener.observer === undefined ? {} : { observer: opener.observer }),
      about: () => ({
        ...opener.about(),
        pid: process.pid,
        version: options.version,
        storeEngine: log.engine,
        storePath: log.path,
      }),
    },
  });
}
