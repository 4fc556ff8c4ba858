import {
  asDurationMs,
  asRequestId,
  asSessionId,
  asTimeMs,
  decide,
  decodeState,
  defaultSettings,
  encodeState,
  evolve,
  initialState,
  nextDeadline,
  parseAgentId,
  parseFilePath,
  parseResourceName,
  parseScopePath,
  toEntry,
  violations,
  type AgentId,
  type AgentStatus,
  type Command,
  type Decision,
  type Entry,
  type Epoch,
  type Event,
  type FencingToken,
  type FilePath,
  type OneName,
  type ResourceName,
  type ScopePath,
  type SessionId,
  type Settings,
  type State,
  type SyncRun,
  type Target,
  type Wish,
} from '../../src/core/index.ts';

type Said<C> = C extends Command
  ? Omit<C, 'atMs' | 'requestId' | 'epoch' | 'session' | 'by'> & {
      readonly requestId?: string;
      readonly epoch?: Epoch;
      readonly session?: SessionId;
    }
  : never;

/** A command as a test says it: time, request id, session and operator are filled in. */
export type SaidCommand = Said<Command>;

export function agentId(text: string): AgentId {
  const parsed = parseAgentId(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

export function scopePath(text: string): ScopePath {
  const parsed = parseScopePath(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

export function filePath(text: string): FilePath {
  const parsed = parseFilePath(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

export function resourceName(text: string): ResourceName {
  const parsed = parseResourceName(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

/** The core with a clock in the test's hand. Every invariant is checked after every revision. */
export class Machine {
  readonly state: State;
  readonly initialSettings: Settings;
  readonly log: Entry[] = [];
  nowMs = 1_000_000;
  /** Told of every command and its decision, after it was carried out. */
  onDecision: ((command: Command, decision: Decision) => void) | null = null;
  readonly #audited: boolean;

  /** An audited machine also shows, at every command, that a stored state goes on exactly as the original does. */
  constructor(settings: Partial<Settings> = {}, { audited = false }: { readonly audited?: boolean } = {}) {
    this.initialSettings = { ...defaultSettings, ...settings };
    this.state = initialState(this.initialSettings);
    this.#audited = audited;
  }

  /** Decides, and carries out what was accepted. */
  say(said: SaidCommand): Decision {
    this.settleDue();
    return this.#carryOut(this.complete(said));
  }

  /** Moves the clock and lets everything expire at its own moment. */
  advance(durationMs: number): void {
    const untilMs = this.nowMs + durationMs;
    for (let due = nextDeadline(this.state); due !== null && due <= untilMs; due = nextDeadline(this.state)) {
      this.nowMs = due > this.nowMs ? due : this.nowMs;
      this.settleDue();
    }
    this.nowMs = untilMs;
  }

  settleDue(): void {
    const due = nextDeadline(this.state);
    if (due === null || due > this.nowMs) return;
    this.#carryOut(this.complete({ kind: 'ExpireDue' }));
    const left = nextDeadline(this.state);
    if (left !== null && left <= this.nowMs) throw new Error(`due at ${left}, not expired at ${this.nowMs}`);
  }

  /** The command in full, as the service would hand it to the core. */
  complete(said: SaidCommand): Command {
    const stamp = {
      atMs: asTimeMs(this.nowMs),
      requestId: said.requestId === undefined ? null : asRequestId(said.requestId),
    };
    return { ...this.#speaker(said), ...said, ...stamp } as unknown as Command;
  }

  #speaker(said: SaidCommand): object {
    if (said.kind === 'ExpireDue') return {};
    if (!('agent' in said)) return { by: 'operator' };
    const session = asSessionId(`session of ${said.agent}`);
    if (said.kind === 'AgentJoin') return { session };
    const known = this.state.agents.get(said.agent);
    return { session: known?.session ?? session, epoch: known?.epoch ?? 0 };
  }

  #carryOut(command: Command): Decision {
    const before = this.#audited ? encodeState(this.state) : '';
    const decision = decide(this.state, command);
    const entry =
      decision.kind === 'committed' && decision.events.length > 0
        ? toEntry(this.state, command, decision)
        : null;
    if (entry !== null) this.#commit(entry);
    if (this.#audited) auditStored(before, command, decision, entry, encodeState(this.state));
    this.onDecision?.(command, decision);
    return decision;
  }

  #commit(entry: Entry): void {
    // Through JSON, as the log would do it: nothing may depend on shared objects.
    evolve(this.state, JSON.parse(JSON.stringify(entry)) as Entry);
    this.log.push(entry);
    const found = violations(this.state);
    if (found.length > 0)
      throw new Error(`after ${JSON.stringify(entry)}:\n${found.map((v) => JSON.stringify(v)).join('\n')}`);
  }

  // Shorthands that read like the stories that tests tell.

  join(name: string): AgentId {
    const agent = agentId(name);
    committed(
      this.say({ kind: 'AgentJoin', agent, session: asSessionId(`session of ${name}`), metadata: {} }),
    );
    return agent;
  }

  define(graph: Readonly<Record<string, readonly string[]>>): Decision {
    const scopes = Object.entries(graph).map(([path, dependencies]) => ({
      path: scopePath(path),
      name: path,
      type: 'library',
      dependencies: dependencies.map(scopePath).sort(),
    }));
    return this.say({ kind: 'DefineScopes', scopes });
  }

  acquire(name: string, wish: SaidWish, options: AcquireOptions = {}): Decision {
    return this.say({
      kind: 'AcquireLock',
      agent: agentId(name),
      ...wishSaid(wish),
      ttlMs: options.ttlMs === undefined ? null : asDurationMs(options.ttlMs),
      wait:
        options.wait === undefined
          ? { kind: 'none' }
          : { kind: 'queue', forMs: options.wait === 'open' ? null : asDurationMs(options.wait) },
      reason: options.reason ?? null,
    });
  }

  release(name: string, wish: SaidWish | null = null, token: number | null = null): Decision {
    return this.say({
      kind: 'ReleaseLock',
      agent: agentId(name),
      ...(wish === null ? { scopes: null } : wishSaid(wish)),
      token: token as FencingToken | null,
    });
  }

  renew(name: string, what: string | SaidName, { token = null, ttlMs = null }: RenewOptions = {}): Decision {
    return this.say({
      kind: 'RenewLock',
      agent: agentId(name),
      ...nameSaid(what),
      token: token as FencingToken | null,
      ttlMs: ttlMs === null ? null : asDurationMs(ttlMs),
    });
  }

  heartbeat(name: string): Decision {
    return this.say({ kind: 'Heartbeat', agent: agentId(name) });
  }

  leave(name: string): Decision {
    return this.say({ kind: 'AgentLeave', agent: agentId(name) });
  }

  startSync(name: string, scope: string): Decision {
    return this.say({ kind: 'StartSync', agent: agentId(name), scope: scopePath(scope) });
  }

  completeSync(name: string, scope: string, run = this.runOf(scope)): Decision {
    return this.say({
      kind: 'CompleteSync',
      agent: agentId(name),
      scope: scopePath(scope),
      run,
      digest: null,
      syncedAgainst: {},
    });
  }

  failSync(name: string, scope: string, error = 'it broke', run = this.runOf(scope)): Decision {
    return this.say({ kind: 'FailSync', agent: agentId(name), scope: scopePath(scope), run, error });
  }

  runOf(scope: string): SyncRun {
    return this.state.syncs.get(scopePath(scope))?.run ?? (0 as SyncRun);
  }

  /** Of a scope, a file or a slot (`@git#1`). */
  holder(target: string): string | null {
    return this.state.locks.get(target as Target)?.agent ?? null;
  }

  token(target: string): number {
    return this.state.locks.get(target as Target)?.token ?? 0;
  }

  status(name: string): string {
    return this.state.agents.get(agentId(name))?.status ?? 'gone';
  }
}

/** What was stored before a command, read again, decides and evolves as the original did. */
function auditStored(
  before: string,
  command: Command,
  decision: Decision,
  entry: Entry | null,
  after: string,
): void {
  const twin = decodeState(before);
  same(encodeState(twin), before, 'a stored state reads back as another', command);
  same(JSON.stringify(decide(twin, command)), JSON.stringify(decision), 'decided otherwise', command);
  if (entry !== null) evolve(twin, entry);
  same(encodeState(twin), after, 'evolved otherwise', command);
}

function same(found: string, expected: string, what: string, command: Command): void {
  if (found !== expected) throw new Error(`${what}, ${JSON.stringify(command)}:\n${found}\n${expected}`);
}

/** What is asked for or given back: one scope, some, or a wish of any kinds. */
export type SaidWish =
  | string
  | readonly string[]
  | {
      readonly scopes?: readonly string[];
      readonly files?: readonly string[];
      readonly resources?: readonly string[];
    };

/** One thing that is held; a text is a scope. */
export interface SaidName {
  readonly file?: string;
  readonly resource?: string;
}

function wishSaid(said: SaidWish): Wish {
  if (typeof said === 'string') return { scopes: [scopePath(said)] };
  if (!('length' in said)) return wishOfKinds(said);
  return { scopes: said.map(scopePath).sort() };
}

function wishOfKinds({ scopes = [], files, resources }: Exclude<SaidWish, string | readonly string[]>): Wish {
  return {
    scopes: scopes.map(scopePath).sort(),
    ...(files && { files: files.map(filePath).sort() }),
    ...(resources && { resources: resources.map(resourceName).sort() }),
  };
}

function nameSaid(what: string | SaidName): OneName {
  if (typeof what === 'string') return { scope: scopePath(what) };
  if (what.file !== undefined) return { file: filePath(what.file) };
  return { resource: resourceName(what.resource ?? '') };
}

export interface AcquireOptions {
  readonly wait?: number | 'open';
  readonly ttlMs?: number;
  readonly reason?: string;
}

export interface RenewOptions {
  readonly token?: number | null;
  readonly ttlMs?: number | null;
}

export function committed(decision: Decision): Extract<Decision, { kind: 'committed' }> {
  if (decision.kind !== 'committed') throw new Error(`expected a commit, got ${JSON.stringify(decision)}`);
  return decision;
}

/** The rejection's code, or what came instead. */
export function codeOf(decision: Decision): string {
  return decision.kind === 'rejected' ? decision.rejection.code : decision.kind;
}

export function eventKinds(decision: Decision): Event['kind'][] {
  return decision.kind === 'committed' ? decision.events.map((event) => event.kind) : [];
}

/** Alice and Bob, beside the scopes a and b; an agent may hold two. */
export function aliceAndBob(): Machine {
  const machine = new Machine({ sessionTtlMs: asDurationMs(100_000), maxLocksPerAgent: 2 });
  machine.define({ a: [], b: [] });
  machine.join('alice');
  machine.join('bob');
  return machine;
}

export function aliceSays(machine: Machine, status: AgentStatus): Decision {
  return machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status, reason: 'because' });
}
