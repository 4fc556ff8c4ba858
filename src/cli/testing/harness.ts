import type { AgentId, Epoch } from '../../core/index.ts';
import type { AgentSession, Occupant } from '../../participant/index.ts';
import type { Coordinator } from '../../protocol/index.ts';
import type { Time } from '../../time/index.ts';
import type { Screen } from '../../top/index.ts';
import type {
  ChildEnd,
  ProcessPorts,
  LeftProcess,
  ProcessCommand,
  Questions,
  SignalName,
} from '../process/ports.ts';
import type { ExitCode } from '../answer/exit-codes.ts';
import { runCli } from '../program.ts';
import type {
  Environment,
  Inspection,
  Logs,
  Owner,
  Radar,
  Repository,
  ScopeFiles,
  Syncs,
  World,
} from '../world/world.ts';
import {
  noLogs,
  noOwner,
  noQuestions,
  noRadar,
  noScopeFiles,
  noServers,
  noSyncs,
  noTokens,
  noWebhooks,
  plainInspection,
  unexpected,
} from './empty-world.ts';
import { FakeCoordinator, startMs, type Script } from './fake-coordinator.ts';

export { startMs };

export interface HarnessOptions {
  /** Where it is a function: what each look for it in turn finds. */
  readonly coordinator: Coordinator | Error | (() => Coordinator | Error);
  /** Which repository is in a folder; one and the same unless given. */
  readonly locate?: World['locate'];
  readonly env?: Environment;
  readonly terminal?: boolean;
  /** Of the terminal. */
  readonly columns?: number;
  readonly sessions?: readonly AgentSession[];
  readonly inspection?: Partial<Inspection>;
  readonly tokens?: Partial<World['tokens']>;
  readonly webhooks?: Partial<World['webhooks']>;
  readonly servers?: Partial<World['servers']>;
  readonly owner?: Partial<Owner>;
  readonly scopeFiles?: Partial<ScopeFiles>;
  readonly syncs?: Partial<Syncs>;
  readonly radar?: Partial<Radar>;
  readonly questions?: Partial<Questions>;
  readonly screen?: Screen;
  readonly logs?: Partial<Logs>;
}

/** What one command line came to. */
export interface Ended {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command lines of bob, who has joined, and the coordinator that answers them as the script says. */
export function bobsHarness(
  script: Script,
  over: Partial<HarnessOptions> = {},
): { readonly harness: Harness; readonly coordinator: FakeCoordinator } {
  const coordinator = new FakeCoordinator(script);
  return { harness: new Harness({ coordinator, sessions: [session('bob')], ...over }), coordinator };
}

/** A command line in a world of its own: time stands still unless moved, and nothing outside is touched. */
export class Harness {
  readonly clock = new ManualCliClock();
  readonly sessions = new Map<AgentId, AgentSession>();
  /** Living processes of others, by the agent that they keep. */
  readonly occupants = new Map<AgentId, Occupant>();
  readonly children: FakeChild[] = [];
  /** By which signal the process would have ended at once. */
  endedBy: SignalName | null = null;
  readonly #listeners = new Map<SignalName, Set<() => void>>();
  readonly #options: HarnessOptions;
  stdout = '';
  stderr = '';

  constructor(options: HarnessOptions) {
    this.#options = options;
    for (const session of options.sessions ?? []) this.sessions.set(session.agent, session);
  }

  /** Runs one command line to its end. */
  async run(...args: readonly string[]): Promise<Ended> {
    this.stdout = '';
    this.stderr = '';
    const code = await runCli(args, this.ports);
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  /** Runs with --json, and gives what it printed. */
  async json(
    ...args: readonly string[]
  ): Promise<{ readonly code: ExitCode; readonly body: Record<string, unknown> }> {
    const { code, stdout } = await this.run(...args, '--json');
    return { code, body: JSON.parse(stdout) as Record<string, unknown> };
  }

  raise(signal: SignalName): void {
    for (const listener of this.#listeners.get(signal) ?? []) listener();
  }

  get ports(): ProcessPorts {
    const isTTY = this.#options.terminal ?? false;
    const columns = (): number => this.#options.columns ?? 80;
    return {
      stdout: { isTTY, columns, write: (text) => void (this.stdout += text) },
      stderr: { isTTY, columns, write: (text) => void (this.stderr += text) },
      stdin: { isTTY },
      env: this.#options.env ?? {},
      cwd: '/repo',
      clock: this.clock,
      signals: {
        on: (signal, callback) => this.#listen(signal, callback),
        endBy: (signal) => void (this.endedBy ??= signal),
      },
      processes: { start: (command) => this.#start(command) },
      questions: { ...noQuestions, ...this.#options.questions },
      screen: async () => this.#options.screen ?? unexpected('screen')(),
      world: this.#world(),
      pid: 4711,
      version: () => '1.2.3',
    };
  }

  #listen(signal: SignalName, callback: () => void): () => void {
    const listeners = this.#listeners.get(signal) ?? new Set();
    this.#listeners.set(signal, listeners.add(callback));
    return () => listeners.delete(callback);
  }

  #start(command: ProcessCommand): FakeChild {
    const child = new FakeChild(command);
    this.children.push(child);
    return child;
  }

  #world(): World {
    const { coordinator, inspection, owner, logs } = this.#options;
    return {
      locate: this.#options.locate ?? (async () => repository),
      connect: async () => {
        const found = typeof coordinator === 'function' ? coordinator() : coordinator;
        if (found instanceof Error) throw found;
        return found;
      },
      sessions: {
        read: async (_, agent) => this.sessions.get(agent) ?? null,
        write: async (_, session) => void this.sessions.set(session.agent, session),
        remove: async (_, agent) => void this.sessions.delete(agent),
        list: async () => [...this.sessions.values()],
        occupant: async (_, agent) => this.occupants.get(agent) ?? null,
        dismissOccupant: async (_, agent) => void this.occupants.delete(agent),
      },
      inspection: { ...plainInspection, ...inspection },
      scopeFiles: { ...noScopeFiles, ...this.#options.scopeFiles },
      syncs: { ...noSyncs, ...this.#options.syncs },
      radar: { ...noRadar, ...this.#options.radar },
      workingFiles: () => {
        throw new Error('no file of a working tree is written here');
      },
      readInput: async () => '',
      owner: { ...noOwner, ...owner },
      tokens: { ...noTokens, ...this.#options.tokens },
      webhooks: { ...noWebhooks, ...this.#options.webhooks },
      servers: { ...noServers, ...this.#options.servers },
      logs: { ...noLogs, ...logs },
      state: { look: unexpected('state.look'), remove: unexpected('state.remove') },
      newRequestId: () => 'request',
      newSecret: () => 'secret',
      boundProcess: () => null,
      operator: () => 'olga',
      hostName: () => 'box.local',
    };
  }
}

export const repository: Repository = {
  worktree: '/repo',
  mainWorktree: '/repo',
  gitDir: '/repo/.git',
  commonDir: '/repo/.git',
  bare: false,
};

export function session(agent: string, epoch = 3): AgentSession {
  return { agent: agent as AgentId, epoch: epoch as Epoch, secret: 'secret' };
}

/** A child that ends when the test says so. */
export class FakeChild {
  readonly command: ProcessCommand;
  readonly signals: string[] = [];
  readonly toldToEndInMs: number[] = [];
  /** As told last. */
  graceMs: number;
  /** What works on once it has ended; whoever ends it by force ends that as well. */
  leftBehind: readonly LeftProcess[] = [];
  isTied = true;
  readonly silent = Promise.resolve();
  readonly ended: Promise<ChildEnd>;
  end: (end: ChildEnd) => void = () => undefined;
  failToStart: (error: Error) => void = () => undefined;

  constructor(command: ProcessCommand) {
    this.command = command;
    this.graceMs = command.graceMs;
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.failToStart = reject;
    });
  }

  signal(name: string): void {
    this.signals.push(name);
  }

  tellAll(): void {
    this.signals.push('SIGTERM');
  }

  endAll(): Promise<void> {
    this.signals.push('SIGKILL');
    this.leftBehind = [];
    return Promise.resolve();
  }

  left(): readonly LeftProcess[] {
    return this.leftBehind;
  }

  letGo(): void {
    this.isTied = false;
  }

  endBy(leftMs: number, graceMs: number): void {
    this.toldToEndInMs.push(leftMs);
    this.graceMs = graceMs;
  }
}

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Time that only the test moves. */
export class ManualCliClock implements Time {
  #elapsedMs = 0;
  readonly #timers = new Set<Timer>();

  wallMs(): number {
    return startMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#elapsedMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  soon(callback: () => void): void {
    setImmediate(callback);
  }

  /** Moves on, and lets what was due take its course, promises included. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await settled();
    for (let due = this.#next(endMs); due !== null; due = this.#next(endMs)) {
      this.#timers.delete(due);
      this.#elapsedMs = due.atMs;
      due.callback();
      await settled();
    }
    this.#elapsedMs = endMs;
  }

  #next(endMs: number): Timer | null {
    const due = [...this.#timers].filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
    return due[0] ?? null;
  }
}

/** Lets everything that is ready run: promises, and modules that are being loaded. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until something holds that is about to; fails when it does not come. */
export async function until(holds: () => boolean): Promise<void> {
  const givenUpAtMs = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > givenUpAtMs) throw new Error('what the test waits for did not happen');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What is told at a time of day, which is another one at another place. */
export const withoutClock = (text: string): string => text.replaceAll(/\d\d:\d\d:\d\d/g, 'hh:mm:ss');
