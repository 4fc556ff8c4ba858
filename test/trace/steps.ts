/** What a step of the trace is asked to do: the action of the specification for a command, with its parameters. */
import {
  unreachable,
  type AgentId,
  type Command,
  type CommandOf,
  type Entry,
  type ScopeDefinition,
  type ScopePath,
  type Settings,
  type State,
} from '../../src/core/index.ts';
import { commandOf } from '../../src/verify/index.ts';
import { named, off, type Names } from './house.ts';

/** Fields of a record of `TraceLog`: `kind`, and what the action of that name takes. */
export type Asked = Readonly<Record<string, unknown>>;

/** What an entry asks, given the state before it and the one that it leads to. */
export function askedBy(before: State, entry: Entry, names: Names): Asked {
  const command = commandOf(before, entry);
  return isDescription(before, command)
    ? { kind: 'Describe' }
    : { kind: command.kind, ...parametersOf(before, command, names) };
}

function parametersOf(before: State, command: Command, names: Names): Asked {
  const agent = (id: AgentId): Asked => ({ agent: named(names.agents, id) });
  const scope = (path: ScopePath): Asked => ({ scope: named(names.scopes, path) });
  const scopes = (paths: readonly ScopePath[]): Asked => ({
    scopes: new Set(paths.map((path) => named(names.scopes, path))),
  });
  switch (command.kind) {
    case 'AgentJoin':
    case 'AgentLeave':
    case 'Heartbeat':
    case 'CancelWait':
      return agent(command.agent);
    case 'SetAgentStatus':
      return {
        ...agent(command.agent),
        status: command.status,
        words: command.reason === null ? 'none' : 'said',
      };
    case 'AgentResume':
      return agent(command.agent);
    case 'AcquireLock':
      return { ...agent(command.agent), ...scopes(command.scopes), ...waitOf(command, names) };
    case 'ReleaseLock':
      return { ...agent(command.agent), ...scopes(command.scopes ?? []) };
    case 'RenewLock':
    case 'ContextModify':
    case 'StartSync':
    case 'CompleteSync':
    case 'FailSync':
      return { ...agent(command.agent), ...scope(command.scope) };
    case 'RevokeLock':
    case 'RemoveScope':
    case 'RetrySync':
    case 'ResetSync':
    case 'AbortSync':
    case 'InvalidateSync':
      return scope(command.scope);
    case 'DefineScope':
      return { ...scope(command.scope.path), graph: graphOf([command.scope], names) };
    case 'DefineScopes':
      return { ...scopes(command.scopes.map(({ path }) => path)), graph: graphOf(command.scopes, names) };
    case 'GitOperation':
      return scopes(command.scopes);
    case 'ExpireDue':
      return {};
    case 'TakeOver':
      return { cause: command.cause, ...waitsOf(before, names) };
    case 'Configure':
      return { places: command.settings.maxConcurrentAgents };
    default:
      return unreachable(command);
  }
}

function waitOf({ agent, wait }: CommandOf<'AcquireLock'>, names: Names): Asked {
  if (wait.kind === 'none') return { wait: 'now' };
  return { wait: 'wait', waits: new Map([[named(names.agents, agent), wait.forMs ?? off]]) };
}

/** A take-over starts every wait anew. */
function waitsOf({ tickets }: State, names: Names): Asked {
  const waits = [...tickets.values()].map(
    ({ agent, waitMs }) => [named(names.agents, agent), waitMs ?? off] as const,
  );
  return { waits: new Map(waits) };
}

function graphOf(scopes: readonly ScopeDefinition[], names: Names): Map<string, Set<string>> {
  return new Map(
    scopes.map(({ path, dependencies }) => [
      named(names.scopes, path),
      new Set(dependencies.map((dependency) => named(names.scopes, dependency))),
    ]),
  );
}

/** Whether a command changes only what the specification does not have. */
function isDescription(before: State, command: Command): boolean {
  switch (command.kind) {
    case 'DefineScope':
      return isSameGraph(before, [command.scope]);
    case 'DefineScopes':
      return command.scopes.length === definedIn(before) && isSameGraph(before, command.scopes);
    case 'Configure':
      return modelled(command.settings) === modelled(before.settings);
    default:
      return false;
  }
}

function isSameGraph({ scopes }: State, definitions: readonly ScopeDefinition[]): boolean {
  return definitions.every(({ path, dependencies }) => {
    const known = scopes.get(path);
    return known?.withdrawn === false && known.dependencies.join('\n') === dependencies.join('\n');
  });
}

function definedIn({ scopes }: State): number {
  return [...scopes.values()].filter((scope) => !scope.withdrawn).length;
}

/** The settings that the specification has, as text. Others bound what a caller may ask for. */
function modelled({ lockTtlMaxMs: _lockTtlMaxMs, ...settings }: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .sort()
    .join();
}

/** Whether an entry changes settings that are constants of the specification: all that it has but the places. */
export function changesConstants(before: State, { events }: Entry): boolean {
  const constant = (settings: Settings): string => modelled({ ...settings, maxConcurrentAgents: 0 });
  return events.some(
    (event) => event.kind === 'settings.changed' && constant(event.settings) !== constant(before.settings),
  );
}

/** The length of each lease that an entry grants, renews or starts anew, where it is not the usual one. */
export function leasesOf(before: State, entry: Entry, names: Names): Asked {
  const lengths = new Map<ScopePath, number>();
  const held = (path: ScopePath): void => {
    const lock = before.locks.get(path);
    if (lock !== undefined) lengths.set(path, lock.ttlMs);
  };
  for (const event of entry.events) {
    if (event.kind === 'leases.rearmed') for (const path of before.locks.keys()) held(path);
    if (event.kind === 'agent.renewed') for (const lease of event.leases) held(lease.scope);
    if (event.kind === 'lock.granted' || event.kind === 'lock.renewed') lengths.set(event.scope, event.ttlMs);
  }
  const chosen = [...lengths].filter(([, ttlMs]) => ttlMs !== before.settings.lockTtlMs);
  return chosen.length === 0
    ? {}
    : { leases: new Map(chosen.map(([path, ttlMs]) => [named(names.scopes, path), ttlMs])) };
}
