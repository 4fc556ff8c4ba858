import {
  asDurationMs,
  asRevision,
  asTimeMs,
  defaultSettings,
  type LockName,
  type OfScope,
} from '../../core/index.ts';
import type { AgentId, Grant, RejectionOf, ScopePath } from '../../core/index.ts';
import type {
  AgentView,
  HealthAnswer,
  LockView,
  ScopeProblem,
  ScopeView,
  StatusAnswer,
  SyncView,
  WaiterView,
  WhyAnswer,
  WhySubject,
} from '../../protocol/index.ts';
import type { Scan } from '../world/world.ts';
import { startMs } from './harness.ts';

const minuteMs = 60_000;

export const scopePath = (text: string): ScopePath => text as ScopePath;
export const agentId = (text: string): AgentId => text as AgentId;

export function grant(scope: string, token = 12): Grant {
  return {
    scope: scopePath(scope),
    token: asRevision(token),
    deadlineMs: asTimeMs(startMs + minuteMs),
    contendedSinceMs: null,
  };
}

/** Alice has held src/core for three minutes and has one more; two wait. */
export const lockHeld: RejectionOf<'LOCK_HELD'> = {
  code: 'LOCK_HELD',
  message: 'src/core is held by alice',
  details: {
    scope: scopePath('src/core'),
    holder: agentId('alice'),
    epoch: asRevision(2),
    token: asRevision(5),
    reason: 'refactor auth',
    grantedAtMs: asTimeMs(startMs - 3 * minuteMs),
    deadlineMs: asTimeMs(startMs + minuteMs),
    queueLength: 2,
  },
};

export function lockView(over: Partial<Omit<LockView, keyof LockName> & OfScope> = {}): LockView {
  return {
    scope: scopePath('src/core'),
    agent: agentId('alice'),
    epoch: asRevision(2),
    token: asRevision(5),
    grantedAtMs: asTimeMs(startMs - 3 * minuteMs),
    deadlineMs: asTimeMs(startMs + minuteMs),
    reason: 'refactor auth',
    contendedSinceMs: null,
    queueLength: 1,
    blockedReason: null,
    lastReport: null,
    ...over,
  };
}

/** Runs since two seconds. */
export function syncView(over: Partial<SyncView> = {}): SyncView {
  return {
    scope: scopePath('src/core'),
    status: 'syncing',
    failures: 0,
    retriesLeft: 3,
    run: asRevision(9),
    agent: agentId('bob'),
    startedAtMs: asTimeMs(startMs - 2_000),
    endedAtMs: null,
    error: null,
    retryAtMs: null,
    digest: null,
    ...over,
  };
}

export function waiterView(over: Partial<WaiterView> = {}): WaiterView {
  return {
    ticket: asRevision(6),
    agent: agentId('bob'),
    epoch: asRevision(3),
    scopes: [scopePath('src/core')],
    sinceMs: asTimeMs(startMs - 40_000),
    deadlineMs: asTimeMs(startMs + 4 * minuteMs),
    position: 1,
    reservedFor: null,
    reason: null,
    waitsFor: [scopePath('src/core')],
    ...over,
  };
}

export function agentView(over: Partial<AgentView> = {}): AgentView {
  return {
    agent: agentId('alice'),
    epoch: asRevision(2),
    status: 'working',
    presence: 'present',
    metadata: { task: 'auth' },
    joinedAtMs: asTimeMs(startMs - 10 * minuteMs),
    seenAtMs: asTimeMs(startMs - 5_000),
    sessionDeadlineMs: asTimeMs(startMs + 5 * minuteMs),
    blockedSinceMs: null,
    blockedReason: null,
    lastReport: null,
    retryCount: 0,
    lostAtMs: null,
    heldWhenLost: [],
    held: [scopePath('src/core')],
    ticket: null,
    ...over,
  };
}

export function scopeView(
  path: string,
  dependencies: readonly string[] = [],
  over: Partial<ScopeView> = {},
): ScopeView {
  return {
    path: scopePath(path),
    name: path.split('/').at(-1) ?? path,
    type: 'library',
    dependencies: dependencies.map(scopePath),
    dependents: [],
    withdrawn: false,
    syncStatus: 'idle',
    holder: null,
    contexts: {},
    ...over,
  };
}

export function statusAnswer(over: Partial<StatusAnswer> = {}): StatusAnswer {
  return {
    revision: asRevision(7),
    timeMs: asTimeMs(startMs),
    agents: [],
    locks: [],
    waiters: [],
    syncs: [],
    violations: [],
    scopeCount: 2,
    totals: { conflicts: 0, timeouts: 0 },
    settings: { ...defaultSettings, sessionTtlMs: asDurationMs(300_000), lockTtlMs: asDurationMs(60_000) },
    scopeProblems: [],
    ...over,
  };
}

/** Of an owner that has run for a minute. */
export function healthAnswer(over: Partial<HealthAnswer> = {}): HealthAnswer {
  return {
    revision: asRevision(7),
    ok: true,
    pid: 99,
    version: '1.2.3',
    mode: 'daemon',
    startedAtMs: asTimeMs(startMs - 60_000),
    firstRevision: asRevision(1),
    storeKind: 'embedded',
    storeDurable: true,
    storeEngine: 'node:sqlite (SQLite 3.53.0)',
    storePath: '/repo/.git/rhema/coordination.db',
    socket: '/repo/.git/rhema/coordinator.sock',
    connections: 1,
    busy: false,
    ...over,
  };
}

export const yamlProblem: ScopeProblem = {
  code: 'YAML_SYNTAX',
  severity: 'error',
  file: 'api/rhema.yaml',
  line: 4,
  column: 9,
  message: 'a tab',
};

/** What is told of something that nobody holds or waits for, and to which nothing has happened. */
export const nothingOf = (subject: WhySubject): WhyAnswer => ({
  revision: asRevision(7),
  timeMs: asTimeMs(startMs),
  subject,
  agent: null,
  locks: [],
  waiters: [],
  sync: null,
  waitsFor: [],
  happened: [],
});

/** Of a scan: nothing is run, and nothing is strict. */
export const noSync: Scan['sync'] = { commands: new Map(), unread: [], strict: false, auto: false };

/** Of a working tree without scopes. */
export const emptyScan: Scan = {
  definitions: [],
  settings: defaultSettings,
  sync: noSync,
  problems: [],
  unreadRoot: [],
};

/** A working tree in which no file is tracked, and no scope runs anything: what is synced is told by the coordinator alone. */
export const syncedTree = {
  inspection: { scan: async () => emptyScan },
  syncs: { content: async () => ({ now: new Map(), staged: new Map() }) },
};
