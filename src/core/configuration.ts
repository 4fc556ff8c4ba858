/** What the machine is told about itself: its settings, and the clock that its time is bound to. */
import { heardAgain } from './agents.ts';
import type { Configure, TakeOver } from './commands.ts';
import { touchContention } from './contention.ts';
import { count } from './count.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { EventOf, Stamp } from './events.ts';
import { addMs, type ResourceName, type ScopePath, type TimeMs } from './ids.ts';
import { keepWithinBound } from './inbox.ts';
import { setLease } from './leases.ts';
import { byText } from './order.ts';
import { settleQueue } from './queue.ts';
import { reject } from './rejections.ts';
import { definedScopes, refusedGraph } from './scopes.ts';
import { sameSettings, settingsProblems, type Settings } from './settings.ts';
import type { Agent, State, Sync } from './state.ts';
import { rearmBlock } from './status.ts';
import { invalidate } from './invalidation.ts';
import { anySlotOf, isSlot, slotOf, type Target } from './targets.ts';
import { scopeOf } from './overlap.ts';
import { deadlockedAgents } from './wait-graph.ts';

/**
 * Changes the settings. A tighter bound is refused while what is held now exceeds it, so that the invariants hold at
 * every revision; try again once it fits. Rejects: SETTINGS_INVALID, SETTINGS_IN_USE.
 */
export function decideConfigure(state: State, command: Configure): Decision {
  const { settings } = command;
  const problems = settingsProblems(settings);
  if (problems.length > 0) return reject('SETTINGS_INVALID', problems.join('; '), { problems });
  if (sameSettings(state.settings, settings))
    return { kind: 'committed', events: [], result: { kind: 'done' } };
  const refused = refusedInUse(state, settings) ?? refusedGraph(definedScopes(state), settings);
  if (refused !== null) return refused;
  const draft = new Draft(state, command.atMs, settings);
  draft.emit({ kind: 'settings.changed', settings });
  if (settings.dependencyChecking && !state.settings.dependencyChecking)
    invalidate(draft, standingOnUnsynced(state));
  for (const resource of grown(state.settings, settings)) draft.touch(anySlotOf(resource));
  settleQueue(draft);
  return { kind: 'committed', events: draft.events, result: { kind: 'done' } };
}

/** Resources that get more slots. */
function grown({ resources: before }: Settings, { resources: after }: Settings): ResourceName[] {
  const names = Object.keys(after) as ResourceName[];
  return names.filter((name) => (after[name] ?? 0) > (before[name] ?? 0));
}

function refusedInUse(state: State, settings: Settings): Decision | null {
  const { holders } = state.index;
  const { maxConcurrentAgents } = settings;
  if (holders.size > maxConcurrentAgents)
    return inUse(`${holders.size} agents hold locks, max_concurrent_agents would be ${maxConcurrentAgents}`);
  for (const agent of agentsInOrder(state)) {
    const excess = excessOf(state, agent, settings);
    if (excess !== null) return inUse(`${agent.id} holds or waits for ${excess}`);
  }
  const resource = resourceInUse(state, settings);
  if (resource !== null) return inUse(resource);
  const stuck = [...deadlockedAgents(state, null, settings).keys()].sort(byText);
  if (stuck.length > 0)
    return inUse(`with fewer places or slots ${stuck.join(' and ')} would wait for one another for ever`);
  return null;
}

/** What an agent has or waits for beyond what the new settings would let it have; null when nothing. */
function excessOf(state: State, agent: Agent, settings: Settings): string | null {
  const wanted = agent.ticket === null ? [] : (state.tickets.get(agent.ticket)?.targets ?? []);
  const inAll = [...agent.held, ...wanted];
  const scopes = new Set(inAll.flatMap((target) => scopeOf(state, target) ?? [])).size;
  if (scopes > settings.maxLocksPerAgent)
    return `something in ${scopes} scopes, max_locks_per_agent would be ${settings.maxLocksPerAgent}`;
  const resources = inAll.filter(isSlot).length;
  const files = inAll.filter((target) => scopeOf(state, target) !== null).length - wholeOnes(state, inAll);
  if (files > settings.maxFilesPerAgent)
    return `${count(files, 'file')}, max_files_per_agent would be ${settings.maxFilesPerAgent}`;
  if (resources > settings.maxResourcesPerAgent)
    return `${count(resources, 'resource')}, max_resources_per_agent would be ${settings.maxResourcesPerAgent}`;
  return null;
}

function wholeOnes({ scopes }: State, targets: readonly Target[]): number {
  return targets.filter((target) => scopes.has(target as ScopePath)).length;
}

/** A resource that would go, or have fewer slots than are held or waited for; null when none would. */
function resourceInUse(state: State, { resources }: Settings): string | null {
  for (const [name, capacity] of Object.entries(state.settings.resources)) {
    const next = resources[name as ResourceName] ?? 0;
    for (let slot = next + 1; slot <= capacity; slot += 1)
      if (state.locks.has(slotOf(name as ResourceName, slot)))
        return `slot ${slot} of ${name} is held, its capacity would be ${next}`;
    if (next === 0 && state.index.queues.has(anySlotOf(name as ResourceName)))
      return `${name} is waited for, and would be no resource any more`;
  }
  return null;
}

function agentsInOrder(state: State): Agent[] {
  return [...state.agents.values()].sort((a, b) => byText(a.id, b.id));
}

function inUse(what: string): Decision {
  return reject('SETTINGS_IN_USE', `${what}: it takes effect once the present holders have released`, {
    what,
  });
}

/** Scopes that were synced while dependencies were not checked, and would not have been otherwise. */
function standingOnUnsynced(state: State): ScopePath[] {
  return [...state.scopes.values()]
    .filter((scope) => scope.dependencies.some((path) => state.syncs.get(path)?.status !== 'completed'))
    .map((scope) => scope.path)
    .sort(byText);
}

/**
 * Binds the log's time to another clock. What that clock did before is unknown, so every lease, session, wait and block
 * starts anew in full: a ttl is a lower bound. Only the very first owner has nothing to re-arm. Rejects: nothing.
 */
export function decideTakeOver(_state: State, command: TakeOver): Decision {
  const anchored = { kind: 'clock.anchored', clock: command.clock } as const;
  return {
    kind: 'committed',
    events: command.cause === 'first' ? [anchored] : [anchored, { kind: 'leases.rearmed' }],
    result: { kind: 'done' },
  };
}

// What happens to settings and clock.

export function evolveSettingsChanged(state: State, event: EventOf<'settings.changed'>): void {
  state.settings = event.settings;
  keepWithinBound(state);
  // Whether slots are contended depends on how many there are.
  for (const target of state.locks.keys()) if (isSlot(target)) touchContention(state, target);
  for (const sync of state.syncs.values()) keepWithinBudget(sync, event.settings.maxRetries);
  for (const agent of state.agents.values())
    if (agent.blockedSinceMs !== null) rearmBlock(state, agent, agent.blockedSinceMs);
}

/** A smaller budget counts as used up. Who may still fail once more must have room for that failure. */
function keepWithinBudget(sync: Sync, maxRetries: number): void {
  const failuresMax = sync.status === 'failed' ? maxRetries + 1 : maxRetries;
  if (sync.failures > failuresMax) sync.failures = failuresMax;
}

export function evolveClockAnchored(state: State, event: EventOf<'clock.anchored'>): void {
  state.clock = event.clock;
}

export function evolveLeasesRearmed(state: State, _event: EventOf<'leases.rearmed'>, stamp: Stamp): void {
  rearmLocks(state, stamp.atMs);
  rearmAgents(state, stamp.atMs);
  rearmTickets(state, stamp.atMs);
}

/** A lease that was renewed for less than it had left keeps what it had left, by the clock that promised it. */
function rearmLocks(state: State, atMs: TimeMs): void {
  if (state.placeWaitSinceMs !== null) state.placeWaitSinceMs = atMs;
  for (const lock of state.locks.values()) {
    if (lock.contendedSinceMs !== null) lock.contendedSinceMs = atMs;
    const leftMs = lock.deadlineMs - state.timeMs;
    setLease(state, lock.target, addMs(atMs, leftMs > lock.ttlMs ? leftMs : lock.ttlMs));
  }
}

function rearmAgents(state: State, atMs: TimeMs): void {
  for (const agent of state.agents.values()) {
    if (agent.presence === 'lost') continue;
    agent.sessionDeadlineMs = addMs(atMs, state.settings.sessionTtlMs);
    heardAgain(state, agent);
    state.index.sessionDeadlines.set(agent.id, agent.sessionDeadlineMs);
    if (agent.blockedSinceMs !== null) rearmBlock(state, agent, atMs);
  }
}

function rearmTickets(state: State, atMs: TimeMs): void {
  for (const waiter of state.tickets.values()) {
    if (waiter.waitMs === null) continue;
    waiter.deadlineMs = addMs(atMs, waiter.waitMs);
    state.index.ticketDeadlines.set(waiter.ticket, waiter.deadlineMs);
  }
}
