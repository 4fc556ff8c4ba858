/** What can be said to the core, under the labels of `spec/ABSTRACTION.md` section 4. */
import {
  asDurationMs,
  asRequestId,
  asSessionId,
  asTimeMs,
  settingBounds,
  type Addressee,
  type AgentId,
  type AgentStatus,
  type Command,
  type CommandKind,
  type CommandOf,
  type Epoch,
  type FencingToken,
  type FilePath,
  type MessageKind,
  type OneName,
  type ResourceName,
  type ScopeDefinition,
  type ScopePath,
  type SyncRun,
  type ViolationEnd,
  type Wish,
} from '../../src/core/index.ts';
import type { Client, World } from './world.ts';

/** One thing that can be said, and how it is said in a given world. */
export interface Act {
  readonly label: string;
  /** Null: cannot be said in this world. */
  readonly command: (world: World) => Command | null;
}

/** What befalls the process behind an agent. */
export interface Fault {
  readonly label: string;
  readonly agent: AgentId;
  readonly from: readonly Client[];
  readonly to: Client;
}

/** A command without what every command carries. */
type Said<Kind extends CommandKind> = Omit<
  CommandOf<Kind>,
  'kind' | 'atMs' | 'requestId' | 'by' | 'agent' | 'epoch' | 'session'
>;

const staleToken = 0 as FencingToken;
const staleRun = 0 as SyncRun;
const staleEpoch = 0 as Epoch;

export const labelOf = (kind: CommandKind, args: readonly string[]): string => `${kind}(${args.join(',')})`;
const stamp = ({ nowMs }: World): { atMs: Command['atMs']; requestId: null } => ({
  atMs: asTimeMs(nowMs),
  requestId: null,
});

/** Said by an agent, as itself: only while it is heard. */
export function byAgent<Kind extends CommandKind>(
  kind: Kind,
  agent: AgentId,
  args: readonly string[],
  said: (world: World) => Said<Kind> | null,
): Act {
  const command = (world: World): Command | null => {
    const rest = world.clients[agent] === 'u' ? said(world) : null;
    if (rest === null) return null;
    const known = world.state.agents.get(agent);
    const identity = {
      agent,
      epoch: known?.epoch ?? staleEpoch,
      session: known?.session ?? asSessionId('none'),
    };
    return { kind, ...identity, ...rest, ...stamp(world) } as unknown as Command;
  };
  return { label: labelOf(kind, [agent, ...args]), command };
}

function byOperator<Kind extends CommandKind>(kind: Kind, args: readonly string[], said: Said<Kind>): Act {
  const command = (world: World): Command =>
    ({ kind, by: 'operator', ...said, ...stamp(world) }) as unknown as Command;
  return { label: labelOf(kind, args), command };
}

export const plus = (scopes: readonly ScopePath[]): string => scopes.join('+');

// Agents.

/** A process that is down or up asks under a name; each join has a session of its own. */
export const agentJoin = (agent: AgentId): Act => ({
  label: labelOf('AgentJoin', [agent]),
  command: (world) =>
    world.clients[agent] === 'c'
      ? null
      : {
          kind: 'AgentJoin',
          agent,
          session: asSessionId(`session ${world.state.revision + 1}`),
          metadata: {},
          ...stamp(world),
        },
});

/** Another process, which knows the session, goes on as the agent, whatever has become of the one before. */
export const agentResume = (agent: AgentId): Act => ({
  label: labelOf('AgentResume', [agent]),
  command: (world) => {
    const known = world.state.agents.get(agent);
    return {
      kind: 'AgentResume',
      agent,
      epoch: known?.epoch ?? staleEpoch,
      session: known?.session ?? asSessionId('none'),
      newSession: asSessionId(`session ${world.state.revision + 1}`),
      way: 'resume',
      from: 'another process',
      ...stamp(world),
    };
  },
});

export const agentLeave = (agent: AgentId): Act => byAgent('AgentLeave', agent, [], () => ({}));

export const heartbeat = (agent: AgentId): Act => byAgent('Heartbeat', agent, [], () => ({}));

/** Of the process that speaks for the agent, once it has ended; or of one that spoke for it before. */
export const seeDead = (agent: AgentId, of: 'present' | 'former'): Act => ({
  label: labelOf('SeeDead', of === 'present' ? [agent] : [agent, 'otherSession']),
  command: (world) => {
    if (of === 'present' && world.clients[agent] !== 'd') return null;
    const known = world.state.agents.get(agent);
    const session = of === 'present' ? known?.session : undefined;
    return {
      kind: 'SeeDead',
      agent,
      epoch: known?.epoch ?? staleEpoch,
      session: session ?? asSessionId('none'),
      ...stamp(world),
    };
  },
});

/** Somebody else says it, whether the agent is heard or not. */
export const forgedHeartbeat = (agent: AgentId, forgery: 'staleEpoch' | 'otherSession'): Act => ({
  label: labelOf('Heartbeat', [agent, forgery]),
  command: (world) => {
    const known = world.state.agents.get(agent);
    const epoch = forgery === 'staleEpoch' ? staleEpoch : (known?.epoch ?? staleEpoch);
    return { kind: 'Heartbeat', agent, epoch, session: asSessionId('forged'), ...stamp(world) };
  },
});

/** With words for the others, or without. */
export const setAgentStatus = (agent: AgentId, status: AgentStatus, words: 'said' | 'none'): Act =>
  byAgent('SetAgentStatus', agent, words === 'none' ? [status] : [status, words], () => ({
    status,
    reason: words === 'none' ? null : 'it goes like this',
  }));

// Locks and the queue.

/** `waitFor` in units, 0: without a deadline of its own. */
export const acquireLock = (
  agent: AgentId,
  scopes: readonly ScopePath[],
  wish: 'now' | 'wait',
  waitFor: number,
): Act => {
  return byAgent('AcquireLock', agent, [plus(scopes), wish], ({ unitMs }) => {
    const forMs = waitFor === 0 ? null : asDurationMs(waitFor * unitMs);
    const wait = wish === 'now' ? ({ kind: 'none' } as const) : ({ kind: 'queue', forMs } as const);
    return { scopes, ttlMs: null, wait, reason: null };
  });
};

export type TokenWish = 'none' | 'stale';
const tokenArgs = (wish: TokenWish): readonly string[] => (wish === 'stale' ? ['stale'] : []);
const tokenOf = (wish: TokenWish): FencingToken | null => (wish === 'stale' ? staleToken : null);

export const releaseLock = (agent: AgentId, scope: ScopePath, wish: TokenWish = 'none'): Act =>
  byAgent('ReleaseLock', agent, [scope, ...tokenArgs(wish)], () => ({
    scopes: [scope],
    token: tokenOf(wish),
  }));

export const releaseAll = (agent: AgentId): Act =>
  byAgent('ReleaseLock', agent, ['all'], () => ({ scopes: null, token: null }));

export const renewLock = (agent: AgentId, scope: ScopePath, wish: TokenWish = 'none'): Act =>
  byAgent('RenewLock', agent, [scope, ...tokenArgs(wish)], () => ({
    scope,
    token: tokenOf(wish),
    ttlMs: null,
  }));

/** Longer than any setting allows. */
const tooLongMs = asDurationMs(settingBounds.lockTtlMaxMs[1] + 1);

/** Asks for a lease that is longer than allowed. */
export const acquireTooLong = (agent: AgentId, scope: ScopePath): Act =>
  byAgent('AcquireLock', agent, [scope, 'wait', 'tooLong'], () => ({
    scopes: [scope],
    ttlMs: tooLongMs,
    wait: { kind: 'queue', forMs: null } as const,
    reason: null,
  }));

export const renewTooLong = (agent: AgentId, scope: ScopePath): Act =>
  byAgent('RenewLock', agent, [scope, 'tooLong'], () => ({ scope, token: null, ttlMs: tooLongMs }));

/** What is asked for or given back by name: a scope, a file of one, or a resource. */
export type Name = ScopePath | FilePath | ResourceName;

const wishFor = (names: readonly Name[], scopes: ReadonlySet<string>): Wish => {
  const isResource = (name: Name): name is ResourceName => name.startsWith('@');
  const isScope = (name: Name): name is ScopePath => scopes.has(name);
  return {
    scopes: names.filter(isScope),
    files: names.filter((name): name is FilePath => !isScope(name) && !isResource(name)),
    resources: names.filter(isResource),
  };
};

/** As the commands above, for any names. `scopes`: which of them mean scopes. */
export function namesIn(scopes: readonly ScopePath[]): NamedActs {
  const known = new Set<string>(scopes);
  const one = (name: Name): OneName => {
    const {
      scopes: [scope],
      files: [file] = [],
      resources: [resource] = [],
    } = wishFor([name], known);
    if (scope !== undefined) return { scope };
    return file === undefined ? { resource: resource as ResourceName } : { file };
  };
  return {
    acquire: (agent, names, wish) =>
      byAgent('AcquireLock', agent, [names.join('+'), wish], () => {
        const wait = wish === 'now' ? ({ kind: 'none' } as const) : ({ kind: 'queue', forMs: null } as const);
        return { ...wishFor(names, known), ttlMs: null, wait, reason: null };
      }),
    release: (agent, name, wish) =>
      byAgent('ReleaseLock', agent, [name, ...tokenArgs(wish)], () => ({
        ...wishFor([name], known),
        token: tokenOf(wish),
      })),
    renew: (agent, name, wish) =>
      byAgent('RenewLock', agent, [name, ...tokenArgs(wish)], () => ({
        ...one(name),
        token: tokenOf(wish),
        ttlMs: null,
      })),
    revoke: (name) => byOperator('RevokeLock', [name], { ...one(name), reason: null }),
  };
}

export interface NamedActs {
  readonly acquire: (agent: AgentId, names: readonly Name[], wish: 'now' | 'wait') => Act;
  readonly release: (agent: AgentId, name: Name, wish: TokenWish) => Act;
  readonly renew: (agent: AgentId, name: Name, wish: TokenWish) => Act;
  readonly revoke: (name: Name) => Act;
}

// Messages.

const notTooMany = ({ state }: World, gaveWayMax: number): boolean =>
  [...state.agents.values()].every(({ inbox }) => inbox.gaveWay < gaveWayMax);

const addresseeText = (to: Addressee): string => {
  if (to.kind === 'holder') return `holder:${to.scope ?? to.file ?? to.resource ?? ''}`;
  return to.kind === 'agent' ? to.agent : 'all';
};

/** `gaveWayMax`: no more is said once so many have given way in an inbox, so that a model ends. */
export const sendMessage = (
  agent: AgentId,
  to: Addressee,
  messageKind: MessageKind,
  gaveWayMax: number,
): Act =>
  byAgent('SendMessage', agent, [addresseeText(to), messageKind], (world) =>
    notTooMany(world, gaveWayMax) ? { to, messageKind, text: 'a message' } : null,
  );

export const sendAsOperator = (to: Addressee, messageKind: MessageKind, gaveWayMax: number): Act => {
  const args = [addresseeText(to), messageKind];
  const act = byOperator('SendAsOperator', args, { to, messageKind, text: 'a message' });
  return { ...act, command: (world) => (notTooMany(world, gaveWayMax) ? act.command(world) : null) };
};

export const readMessages = (agent: AgentId): Act => byAgent('ReadMessages', agent, [], () => ({}));

// Violations.

const violationOf = (subject: string): Pick<CommandOf<'ReportViolation'>, 'type' | 'rule' | 'subject'> => ({
  type: 'ContextConsistency',
  rule: 'CONTEXT_FILE_CHANGED',
  subject,
});

/** Of a scope, or of a file. */
export const reportViolation = (path: ScopePath | FilePath): Act =>
  byOperator('ReportViolation', [path], {
    ...violationOf(path),
    path: path as string as ScopePath,
    evidence: 'it is seen',
    remedy: 'mend it',
  });

export const settleViolation = (path: ScopePath | FilePath, end: ViolationEnd): Act =>
  byOperator('SettleViolation', [path, end], { ...violationOf(path), end, cause: null });

export const cancelWait = (agent: AgentId): Act => byAgent('CancelWait', agent, [], () => ({}));

export const revokeLock = (scope: ScopePath): Act =>
  byOperator('RevokeLock', [scope], { scope, reason: null });

// Scopes.

const definition = (path: ScopePath, dependencies: readonly ScopePath[]): ScopeDefinition => ({
  path,
  name: path,
  type: 'library',
  dependencies,
});

export const defineScope = (scope: ScopePath, dependencies: readonly ScopePath[]): Act =>
  byOperator('DefineScope', [scope, plus(dependencies)], { scope: definition(scope, dependencies) });

export const defineScopes = (graph: readonly (readonly [ScopePath, readonly ScopePath[]])[]): Act =>
  byOperator('DefineScopes', [graph.map(([path, needs]) => `${path}=${plus(needs)}`).join(';')], {
    scopes: graph.map(([path, needs]) => definition(path, needs)),
  });

/** No scopes at all, and it is said that this is meant. */
export const defineNoScopes: Act = byOperator('DefineScopes', ['', 'meant'], {
  scopes: [],
  mayBeEmpty: true,
});

export const removeScope = (scope: ScopePath): Act => byOperator('RemoveScope', [scope], { scope });

// Context files and Git.

/** The name of the first file of each scope in the models, so that a claim of that file covers it. */
export const contextFile = 'f1';

/** Of a content that differs for each number. */
export const digestOf = (content: number): string => content.toString(16).padStart(64, '0');
const otherDigest = digestOf(0);

/** Writes a new content to the one context file of a scope. */
export const contextModify = (
  agent: AgentId,
  scope: ScopePath,
  tokenWish: TokenWish | 'current',
  base: 'seen' | 'other',
): Act =>
  byAgent('ContextModify', agent, [scope, tokenWish, base], ({ state }) => {
    const lock = state.locks.get(scope);
    if (tokenWish === 'current' && lock?.agent !== agent) return null;
    const seen = state.scopes.get(scope)?.contexts.get(contextFile)?.digest ?? null;
    return {
      scope,
      file: contextFile,
      token: tokenWish === 'current' ? (lock?.token ?? null) : tokenOf(tokenWish),
      digest: digestOf(state.revision + 1),
      baseDigest: base === 'seen' ? seen : otherDigest,
    };
  });

export const gitOperation = (scopes: readonly ScopePath[]): Act =>
  byOperator('GitOperation', [plus(scopes)], { scopes, operation: 'merge' });

// Syncs.

export const startSync = (agent: AgentId, scope: ScopePath): Act =>
  byAgent('StartSync', agent, [scope], () => ({ scope }));

export type RunWish = 'current' | 'stale';
const runOf = ({ state }: World, scope: ScopePath, wish: RunWish): SyncRun =>
  wish === 'stale' ? staleRun : (state.syncs.get(scope)?.run ?? staleRun);

export const completeSync = (agent: AgentId, scope: ScopePath, wish: RunWish): Act =>
  byAgent('CompleteSync', agent, [scope, wish], (world) => ({
    scope,
    run: runOf(world, scope, wish),
    digest: null,
    syncedAgainst: {},
  }));

export const failSync = (agent: AgentId, scope: ScopePath, wish: RunWish): Act =>
  byAgent('FailSync', agent, [scope, wish], (world) => ({
    scope,
    run: runOf(world, scope, wish),
    error: 'it failed',
  }));

export const retrySync = (scope: ScopePath): Act => byOperator('RetrySync', [scope], { scope });
export const resetSync = (scope: ScopePath): Act => byOperator('ResetSync', [scope], { scope });
export const abortSync = (scope: ScopePath): Act => byOperator('AbortSync', [scope], { scope, reason: null });
export const invalidateSync = (scope: ScopePath): Act =>
  byOperator('InvalidateSync', [scope], { scope, reason: null });

// The service and the operator.

export const expireDue: Act = {
  label: 'ExpireDue',
  command: (world) => ({ kind: 'ExpireDue', ...stamp(world) }),
};

export const takeOver = (cause: 'first' | 'otherBoot'): Act =>
  byOperator('TakeOver', [cause], { cause, clock: { host: 'host', boot: 'boot', offsetMs: 0 } });

/** Changes how many agents may hold locks at the same time. */
export const configure = (maxConcurrentAgents: number): Act => ({
  label: labelOf('Configure', [String(maxConcurrentAgents)]),
  command: (world) => ({
    kind: 'Configure',
    by: 'operator',
    settings: { ...world.state.settings, maxConcurrentAgents },
    ...stamp(world),
  }),
});

/** The same, said with a request id. */
export function withRequest(act: Act, request: string): Act {
  return {
    label: `${act.label.slice(0, -1)},${request})`,
    command: (world) => {
      const command = act.command(world);
      return command === null ? null : { ...command, requestId: asRequestId(request) };
    },
  };
}

// Faults: a process ends, is no longer heard, is heard again.

const fault = (name: string, agent: AgentId, from: readonly Client[], to: Client): Fault => ({
  label: `${name}(${agent})`,
  agent,
  from,
  to,
});

export const crash = (agent: AgentId): Fault => fault('Crash', agent, ['u', 'c'], 'd');
export const partition = (agent: AgentId): Fault => fault('Partition', agent, ['u'], 'c');
export const heal = (agent: AgentId): Fault => fault('Heal', agent, ['c'], 'u');
