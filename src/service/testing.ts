/** For tests of the service: a store that does as it is told, and a service on clocks that stand still. */
import {
  parseAgentId,
  parseScopePath,
  type AgentId,
  type Entry,
  type Epoch,
  type RequestId,
  type Revision,
  type ScopePath,
} from '../core/index.ts';
import type { CallerCommand, Reply } from '../protocol/index.ts';
import {
  StoreError,
  type AppendOutcome,
  type EntrySearch,
  type LogStore,
  type ReadOutcome,
  type StoredSnapshot,
} from '../store/index.ts';
import { MemoryLog, MemoryLogStore } from '../store/memory/index.ts';
import { ManualClock, ManualTime } from '../time/index.ts';
import type { Problem } from '../observe/index.ts';
import type { HostIdentity } from './host.ts';
import { unobserved, type ServiceOptions } from './options.ts';
import { openService, type Service } from './service.ts';
import type { Witness } from './witness.ts';

/** What happens to the next append; without one it succeeds. */
export type AppendFate = 'answerLost' | 'requestLost' | 'busy' | 'diskFull' | 'forbidden';

export class ScriptedStore implements LogStore {
  readonly capabilities;
  readonly fates: AppendFate[] = [];
  /** Appends that took effect. */
  readonly appended: (readonly Entry[])[] = [];
  snapshotLoads = 0;
  /** Where the former log is said to be. */
  former: string | null = null;
  #inner: MemoryLogStore;
  #readFailure: StoreError | null = null;
  #gate: Promise<void> = Promise.resolve();

  constructor(log: MemoryLog) {
    this.#inner = new MemoryLogStore(log);
    this.capabilities = this.#inner.capabilities;
  }

  /** Appends wait until the function it returns is called. */
  holdAppends(): () => void {
    let open: () => void = () => undefined;
    this.#gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  async append(expectedRevision: Revision, entries: readonly Entry[]): Promise<AppendOutcome> {
    await this.#gate;
    const fate = this.fates.shift();
    if (fate === 'busy') throw new StoreError('BUSY', 'busy', { retryable: true });
    if (fate === 'diskFull') throw new StoreError('DISK_FULL', 'the disk is full');
    if (fate === 'forbidden')
      throw Object.assign(new Error('EACCES: permission denied, stat'), { code: 'EACCES', syscall: 'stat' });
    if (fate === 'requestLost') return { kind: 'unknown', cause: null };
    const outcome = await this.#inner.append(expectedRevision, entries);
    if (outcome.kind === 'done') this.appended.push(entries);
    return fate === 'answerLost' ? { kind: 'unknown', cause: null } : outcome;
  }

  loadSnapshot(atOrBefore?: Revision): Promise<StoredSnapshot | null> {
    this.snapshotLoads += 1;
    return this.#inner.loadSnapshot(atOrBefore);
  }

  /** From the next append on nothing can be read any more. */
  failReads(error: StoreError): void {
    this.#readFailure = error;
  }

  bounds = () => this.#inner.bounds();
  read = (from: Revision, limit: number): Promise<ReadOutcome> => {
    if (this.#readFailure !== null && this.fates.length === 0) return Promise.reject(this.#readFailure);
    return this.#inner.read(from, limit);
  };
  readBackward = (before: Revision, limit: number): Promise<ReadOutcome> =>
    this.#inner.readBackward(before, limit);
  search = (search: EntrySearch, before: Revision, limit: number) =>
    this.#inner.search(search, before, limit);
  findRequest = (id: RequestId) => this.#inner.findRequest(id);
  forgottenRequests = (ids: readonly RequestId[]) => this.#inner.forgottenRequests(ids);
  requestPrints = () => this.#inner.requestPrints();
  hint = (since: Revision, signal: AbortSignal) => this.#inner.hint(since, signal);
  saveSnapshot = (snapshot: StoredSnapshot) => this.#inner.saveSnapshot(snapshot);
  compact = (before: Revision) => this.#inner.compact(before);
  identity = () => this.#inner.identity();
  beginAfter = (expected: Revision, snapshot: StoredSnapshot) => this.#inner.beginAfter(expected, snapshot);
  formerLog = () => Promise.resolve(this.former);
  close = () => this.#inner.close();
}

export interface Bench {
  readonly service: Service;
  readonly store: ScriptedStore;
  readonly log: MemoryLog;
  readonly clock: ManualClock;
  readonly timers: ManualTime;
  readonly problems: Problem[];
}

export interface BenchWishes {
  readonly log?: MemoryLog;
  readonly clock?: ManualClock;
  readonly host?: HostIdentity;
  readonly witness?: Witness;
  /** Where the former log is said to be. */
  readonly former?: string;
  readonly options?: Partial<ServiceOptions>;
}

export const thisHost: HostIdentity = { hostId: 'host-1', bootId: 'boot-1' };

/** A service of its own on a log, which others may share. Every invariant is checked at every revision. */
export async function openBench(wishes: BenchWishes = {}): Promise<Bench> {
  const { log = new MemoryLog(), clock = new ManualClock(), host = thisHost, witness, options } = wishes;
  const store = new ScriptedStore(log);
  store.former = wishes.former ?? null;
  const timers = new ManualTime(clock);
  const problems: Problem[] = [];
  const service = await openService({
    store,
    clock,
    timers,
    host,
    ...(witness === undefined ? {} : { witness }),
    options: {
      checkInvariants: 'always',
      chance: () => 0,
      observer: { ...unobserved, trouble: (problem) => problems.push(problem) },
      ...options,
    },
  });
  return { service, store, log, clock, timers, problems };
}

export function scopePath(text: string): ScopePath {
  const parsed = parseScopePath(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function agentId(text: string): AgentId {
  const parsed = parseAgentId(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

let requests = 0;
export const newRequestId = (): string => `request-${(requests += 1)}`;

export function submit(service: Service, command: CallerCommand, requestId = newRequestId()): Promise<Reply> {
  return service.submit({ requestId, command });
}

export async function defineScopes(service: Service, ...paths: string[]): Promise<void> {
  const scopes = paths.map((path) => ({
    path: scopePath(path),
    name: path,
    type: 'package',
    dependencies: [],
  }));
  await service.submitInternal({ kind: 'DefineScopes', by: 'service', scopes });
}

export interface Identity {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
}

export async function join(service: Service, name: string): Promise<Identity> {
  const agent = agentId(name);
  const secret = `secret of ${name}`;
  const reply = await submit(service, { kind: 'AgentJoin', agent, secret, metadata: {} });
  return { agent, secret, epoch: resultOf(reply, 'joined').epoch };
}

type Results = Extract<Reply, { ok: true }>['result'];

/** The result of an accepted command, which must be of a kind. */
export function resultOf<Kind extends Results['kind']>(
  reply: Reply,
  kind: Kind,
): Extract<Results, { kind: Kind }> {
  if (!reply.ok) throw new Error(`${reply.rejection.code}: ${reply.rejection.message}`);
  if (reply.result.kind !== kind) throw new Error(`${reply.result.kind}, not ${kind}`);
  return reply.result as Extract<Results, { kind: Kind }>;
}

export function acquire(
  service: Service,
  who: Identity,
  scope: string,
  waits = false,
  requestId?: string,
): Promise<Reply> {
  const wait = waits ? ({ kind: 'queue', forMs: null } as const) : ({ kind: 'none' } as const);
  const command = {
    kind: 'AcquireLock',
    ...who,
    scopes: [scopePath(scope)],
    ttlMs: null,
    wait,
    reason: null,
  } as const;
  return submit(service, command, requestId);
}

export function release(service: Service, who: Identity): Promise<Reply> {
  return submit(service, { kind: 'ReleaseLock', ...who, scopes: null, token: null });
}

/** Lets all that can settle without time passing settle. */
export function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Command kinds in the log, in order. */
export async function kindsIn(store: LogStore): Promise<string[]> {
  return (await entriesIn(store)).map((entry) => entry.kind);
}

/** The log as it is, from the oldest that is kept. */
export async function entriesIn(store: LogStore): Promise<readonly Entry[]> {
  const { first } = await store.bounds();
  const page = await store.read(first, 10_000);
  return page.kind === 'entries' ? page.entries : [];
}
