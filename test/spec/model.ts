/** The shipped core as a model for the explorer: its commands, the passing of time, and the faults of processes. */
import {
  asDurationMs,
  settingBounds,
  type Command,
  type Decision,
  type DurationMs,
  type Settings,
  type State,
  type Violation,
} from '../../src/core/index.ts';
import type { Model, Step } from '../../src/explore/index.ts';
import { expireDue, type Act, type Fault } from './alphabet.ts';
import { canonicalText, hasRunningClock } from './canonical.ts';
import { cloneState } from './clone.ts';
import type { Core } from './core.ts';
import type { Alphabet, Constants, Slice } from './slice.ts';
import { falselyTold } from './told.ts';
import { unitMs, type World } from './world.ts';

/** `longUnitMs`: when a unit is to be another than the smallest. */
export function modelOf(core: Core, slice: Slice, longUnitMs = unitMs): Model<World> {
  return {
    initial: [initialWorld(core, slice, longUnitMs)],
    actions: (world) => stepsOf(core, slice, world),
    canonical: (world) => canonicalText(slice, world),
    invariants: invariantsOf(core),
    stepInvariants: { TokensGrow: (source, _label, target) => shrunkenToken(source.state, target.state) },
  };
}

// Where it starts.

/** Far from zero, so that no deadline is mistaken for none. */
const startMs = 1_000_000;

function initialWorld(core: Core, slice: Slice, unitMs: number): World {
  const clients = Object.fromEntries(slice.constants.agents.map((id) => [id, 'd'] as const));
  const state = core.initialState(settingsOf(slice.constants, unitMs));
  let world: World = { state, nowMs: startMs, unitMs, clients };
  for (const act of slice.alphabet.prelude) world = stepOf(core, world, act)?.target ?? world;
  return world;
}

function settingsOf(constants: Constants, unitMs: number): Settings {
  const clockMs = clockIn(unitMs);
  const { maxConcurrentAgents, maxLocksPerAgent, maxDependencies, maxScopeDepth } = constants;
  const { maxFilesPerAgent, maxResourcesPerAgent, resources, capacity } = constants;
  const { maxRetries, dependencyChecking } = constants;
  return {
    maxConcurrentAgents,
    maxLocksPerAgent,
    maxFilesPerAgent: Math.max(1, maxFilesPerAgent),
    maxResourcesPerAgent: Math.max(1, maxResourcesPerAgent),
    resources: Object.fromEntries(resources.map((name) => [name, capacity])),
    maxUnreadMessages: constants.maxUnread,
    freePaths: [],
    claimLevel: 'file',
    maxDependencies,
    maxScopeDepth,
    maxRetries,
    dependencyChecking,
    maxBlockMs: clockMs(constants.maxBlock, 'maxBlockMs'),
    lockTtlMs: clockMs(constants.lockTtl, 'lockTtlMs'),
    lockTtlMaxMs: clockMs(0, 'lockTtlMaxMs'),
    maxContendedHoldMs: clockMs(constants.maxHold, 'maxContendedHoldMs'),
    sessionTtlMs: clockMs(constants.sessionTtl, 'sessionTtlMs'),
    deadGraceMs: asDurationMs(constants.deadGrace * unitMs),
    retryBackoffMs: asDurationMs(constants.backoff * unitMs),
  };
}

/** A clock that is off runs for as long as it may: for no exploration long enough to run out. */
const clockIn =
  (unitMs: number) =>
  (units: number, setting: keyof typeof settingBounds): DurationMs =>
    asDurationMs(units === 0 ? settingBounds[setting][1] : units * unitMs);

// What can happen.

type Happenings = Pick<Alphabet, 'acts' | 'faults'>;

/** What is due is ended before anything else can happen. */
function* stepsOf(core: Core, slice: Slice, world: World): Generator<Step<World>> {
  const due = core.nextDeadline(world.state);
  const isDue = due !== null && due <= world.nowMs;
  const { acts, faults = [] }: Happenings = isDue ? { acts: [expireDue] } : slice.alphabet;
  for (const act of acts) {
    const step = stepOf(core, world, act);
    if (step !== null) yield step;
  }
  for (const fault of faults) {
    const step = faultIn(world, fault);
    if (step !== null) yield step;
  }
  if (isDue) return;
  if (hasRunningClock(slice, world))
    yield { label: 'Tick', target: { ...world, nowMs: world.nowMs + world.unitMs } };
}

/**
 * The step that a command leads to: to a new state, or back to the same when nothing came of it. Null: it cannot be said.
 */
function stepOf(core: Core, world: World, act: Act): Step<World> | null {
  const command = act.command(world);
  if (command === null) return null;
  try {
    return carryOut(core, world, act.label, command);
  } catch (cause) {
    throw new Error(`${act.label}: ${String(cause)}`, { cause });
  }
}

function carryOut(core: Core, world: World, label: string, command: Command): Step<World> {
  const decision = core.decide(world.state, command);
  const why = reasonOfNoChange(decision);
  if (why !== null) return { label: `${label}!${why}`, target: world };
  const state = cloneState(core, world.state);
  if (decision.kind === 'committed') {
    core.evolve(state, core.toEntry(state, command, decision));
    const isFalse = falselyTold(state, command, decision.result, world.state);
    if (isFalse !== null) throw new Error(isFalse);
  }
  return { label, target: { ...world, state, clients: clientsAfter(world, command) } };
}

function reasonOfNoChange(decision: Decision): string | null {
  switch (decision.kind) {
    case 'rejected':
      return decision.rejection.code;
    case 'repeated':
      return 'REPEATED';
    case 'committed':
      return decision.events.length === 0 ? 'UNCHANGED' : null;
  }
}

function clientsAfter({ clients }: World, command: Command): World['clients'] {
  if (command.kind === 'AgentJoin' || command.kind === 'AgentResume')
    return { ...clients, [command.agent]: 'u' };
  if (command.kind === 'AgentLeave') return { ...clients, [command.agent]: 'd' };
  return clients;
}

/** Null: it cannot befall the process that there is. */
function faultIn(world: World, { label, agent, from, to }: Fault): Step<World> | null {
  const client = world.clients[agent];
  if (client === undefined || !from.includes(client)) return null;
  return { label, target: { ...world, clients: { ...world.clients, [agent]: to } } };
}

// What must hold.

/** The core's own invariants, by name. */
function invariantsOf(core: Core): Record<string, (world: World) => string | null> {
  const check = (find: (state: State) => readonly Violation[], state: State): string | null => {
    const [violation] = find(state);
    return violation === undefined ? null : `${violation.subject}: ${violation.evidence}`;
  };
  const entries = Object.entries(core.invariants);
  return Object.fromEntries(entries.map(([name, find]) => [name, ({ state }) => check(find, state)]));
}

/** A grant's token is larger than that of every earlier grant, so whoever presents an older one can be told. */
function shrunkenToken(before: State, after: State): string | null {
  for (const { target, token } of after.locks.values()) {
    const isNew = before.locks.get(target)?.token !== token;
    if (isNew && token <= before.revision) return `${target} is granted with the token ${token}`;
  }
  return null;
}
