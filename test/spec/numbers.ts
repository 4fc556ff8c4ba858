/** Numbers that callers present: tokens and runs that are the current ones, and those that only look like it. */
import {
  asDurationMs,
  type AgentId,
  type FencingToken,
  type Lock,
  type ScopePath,
  type State,
  type SyncRun,
} from '../../src/core/index.ts';
import { byAgent, contextFile, digestOf, plus, type Act } from './alphabet.ts';
import type { World } from './world.ts';

/** The number before and the one after the current one, or that of the ticket that the lock was waited for with. */
export const wrongNumbers = ['earlier', 'later', 'ticket'] as const;
export type TokenName = 'none' | 'current' | (typeof wrongNumbers)[number];

/** Undefined: there is no such number. */
function tokenOf(state: State, agent: AgentId, scope: ScopePath, name: TokenName): number | null | undefined {
  const lock = state.locks.get(scope);
  const around = lock?.token ?? state.revision;
  switch (name) {
    case 'none':
      return null;
    case 'current':
      return lock?.token;
    case 'earlier':
      return around - 1;
    case 'later':
      return around + 1;
    case 'ticket':
      return lock?.ticket ?? state.agents.get(agent)?.ticket ?? 0;
  }
}

type Said<Rest> = Rest & { readonly token: FencingToken | null };

const withToken =
  <Rest>(agent: AgentId, scope: ScopePath, name: TokenName, rest: (world: World) => Rest) =>
  (world: World): Said<Rest> | null => {
    const token = tokenOf(world.state, agent, scope, name);
    return token === undefined ? null : { ...rest(world), token: token as FencingToken | null };
  };

export const releaseWith = (agent: AgentId, scope: ScopePath, name: TokenName): Act =>
  byAgent(
    'ReleaseLock',
    agent,
    [scope, name],
    withToken(agent, scope, name, () => ({ scopes: [scope] })),
  );

export const renewWith = (agent: AgentId, scope: ScopePath, name: TokenName): Act =>
  byAgent(
    'RenewLock',
    agent,
    [scope, name],
    withToken(agent, scope, name, () => ({ scope, ttlMs: null })),
  );

const otherDigest = digestOf(0);

/** `none`: the writer has seen no file. */
export type BaseName = 'seen' | 'other' | 'none';

export const writeWith = (agent: AgentId, scope: ScopePath, name: TokenName, base: BaseName): Act =>
  byAgent(
    'ContextModify',
    agent,
    [scope, name, base],
    withToken(agent, scope, name, ({ state }) => {
      const present = state.scopes.get(scope)?.contexts.get(contextFile)?.digest ?? null;
      const bases = { seen: present, other: otherDigest, none: null };
      return { scope, file: contextFile, digest: digestOf(state.revision + 1), baseDigest: bases[base] };
    }),
  );

/** The two ways to end a run, under its number or one beside it. */
export function endRunWith(agent: AgentId, scope: ScopePath, name: 'current' | 'earlier' | 'later'): Act[] {
  const run = ({ state }: World): SyncRun => {
    const beside = { current: 0, earlier: -1, later: 1 }[name];
    return ((state.syncs.get(scope)?.run ?? 0) + beside) as SyncRun;
  };
  const ended = { scope, digest: null, syncedAgainst: {} };
  return [
    byAgent('CompleteSync', agent, [scope, name], (world) => ({ ...ended, run: run(world) })),
    byAgent('FailSync', agent, [scope, name], (world) => ({ scope, run: run(world), error: 'it failed' })),
  ];
}

/** `first`: the token of the first of the scopes. */
export type SetTokenName = 'none' | 'stale' | 'first';

/** Several at once under one token; null: everything the agent holds. */
export function releaseSet(agent: AgentId, scopes: readonly ScopePath[] | null, name: SetTokenName): Act {
  const named = scopes === null ? 'all' : plus(scopes);
  return byAgent('ReleaseLock', agent, name === 'none' ? [named] : [named, name], ({ state }) => {
    if (name !== 'first') return { scopes, token: name === 'none' ? null : (0 as FencingToken) };
    const token = firstLock(state, agent, scopes)?.token;
    return token === undefined ? null : { scopes, token };
  });
}

function firstLock(state: State, agent: AgentId, scopes: readonly ScopePath[] | null): Lock | undefined {
  const [first] = scopes ?? [...(state.agents.get(agent)?.held ?? [])].sort();
  return first === undefined ? undefined : state.locks.get(first);
}

// Leases of the length that the caller asks for, in units.

export const acquireFor = (agent: AgentId, scope: ScopePath, length: number): Act =>
  byAgent('AcquireLock', agent, [scope, 'now', String(length)], ({ unitMs }) => ({
    scopes: [scope],
    ttlMs: asDurationMs(length * unitMs),
    wait: { kind: 'none' } as const,
    reason: null,
  }));

export const renewFor = (agent: AgentId, scope: ScopePath, length: number): Act =>
  byAgent('RenewLock', agent, [scope, String(length)], ({ unitMs }) => ({
    scope,
    token: null,
    ttlMs: asDurationMs(length * unitMs),
  }));

/** Said only in states in which something holds. */
export const sayWhile = (holds: (world: World) => boolean, act: Act): Act => ({
  label: act.label,
  command: (world) => (holds(world) ? act.command(world) : null),
});
