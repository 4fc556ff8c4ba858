/** What a step of the trace is asked to do: the action of the specification for a command, with its parameters. */
import {
  targetOf,
  unreachable,
  type AgentId,
  type Command,
  type CommandOf,
  type Entry,
  type LockName,
  type OneName,
  type ScopeDefinition,
  type ScopePath,
  type Settings,
  type State,
  type Wish,
} from '../../src/core/index.ts';
import { commandOf } from '../../src/verify/index.ts';
import { off } from './house.ts';
import { fileNamed, lockName, named, namesOfWish, type Names } from './names.ts';

/** Fields of a record of `TraceLog`: `kind`, and what the action of that name takes. */
export type Asked = Readonly<Record<string, unknown>>;

/** What an entry asks, given the state before it and the one that it leads to. */
export function askedBy(before: State, entry: Entry, names: Names): Asked {
  const command = commandOf(before, entry);
  if (isDescription(before, command)) return { kind: 'Describe' };
  return { kind: command.kind, ...parametersOf(before, command, names) };
}

/** Of messages the trace has no more than that who sends or reads one is there, as who reports how it goes. */
function saidBy({ agents }: State, id: AgentId, names: Names): Asked {
  return {
    kind: 'SetAgentStatus',
    agent: named(names.agents, id),
    status: agents.get(id)?.status,
    words: 'said',
  };
}

function parametersOf(before: State, command: Command, names: Names): Asked {
  const agent = (id: AgentId): Asked => ({ agent: named(names.agents, id) });
  const scope = (path: ScopePath): Asked => ({ scope: named(names.scopes, path) });
  const scopes = (paths: readonly ScopePath[]): Asked => ({
    scopes: new Set(paths.map((path) => named(names.scopes, path))),
  });
  const targets = (wish: Wish): Asked => ({ targets: namesOfWish(names, before, wish) });
  switch (command.kind) {
    case 'AgentJoin':
    case 'AgentLeave':
    case 'SeeDead':
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
      return { ...agent(command.agent), ...targets(command), ...waitOf(command, names) };
    case 'ReleaseLock':
      return { ...agent(command.agent), ...targets({ ...command, scopes: command.scopes ?? [] }) };
    case 'RenewLock':
      return { ...agent(command.agent), ...targets(wishOfOne(command)) };
    case 'ContextModify':
      return { ...agent(command.agent), ...scope(command.scope), ...writtenBy(command, names) };
    case 'StartSync':
    case 'CompleteSync':
    case 'FailSync':
      return { ...agent(command.agent), ...scope(command.scope) };
    case 'SendMessage':
    case 'ReadMessages':
      return saidBy(before, command.agent, names);
    case 'RevokeLock':
      return revokedBy(before, command, names);
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
    case 'ReportViolation':
    case 'SettleViolation':
    case 'SendAsOperator':
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

function wishOfOne({ scope, file, resource }: OneName): Wish {
  return {
    scopes: scope === undefined ? [] : [scope],
    files: file === undefined ? [] : [file],
    resources: resource === undefined ? [] : [resource],
  };
}

/** Of a resource one slot. */
function revokedBy(before: State, command: CommandOf<'RevokeLock'>, names: Names): Asked {
  const { resource, slot = 1 } = command;
  if (resource !== undefined) return { targets: new Set([lockName(names, { resource, slot })]) };
  return { targets: namesOfWish(names, before, wishOfOne(command)) };
}

/** The context file, where anybody has held it or waited for it by itself. */
function writtenBy({ scope, file }: CommandOf<'ContextModify'>, names: Names): Asked {
  const name = fileNamed(names, scope, file);
  return name === undefined ? {} : { file: name };
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
    case 'ReportViolation':
    case 'SettleViolation':
    case 'SendAsOperator':
      return true;
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
function modelled({
  lockTtlMaxMs: _ttl,
  maxUnreadMessages: _unread,
  freePaths: _free,
  claimLevel: _claim,
  resources,
  ...settings
}: Settings): string {
  return [...Object.entries(settings), ...Object.entries(resources)]
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
  const lengths = new Map<string, number>();
  const held = (name: LockName): void => {
    const lock = before.locks.get(targetOf(name));
    if (lock !== undefined) lengths.set(lockName(names, name), lock.ttlMs);
  };
  for (const event of entry.events) {
    if (event.kind === 'leases.rearmed') for (const lock of before.locks.values()) held(lock);
    if (event.kind === 'agent.renewed') for (const lease of event.leases) held(lease);
    if (event.kind === 'lock.granted' || event.kind === 'lock.renewed')
      lengths.set(lockName(names, event), event.ttlMs);
  }
  const chosen = [...lengths].filter(([, ttlMs]) => ttlMs !== before.settings.lockTtlMs);
  return chosen.length === 0 ? {} : { leases: new Map(chosen) };
}
