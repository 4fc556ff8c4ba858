/** A sync of many scopes: in the order of their dependencies, side by side where they do not depend on each other. */
import type { Revision, ScopePath } from '../core/index.ts';
import { setMaxListeners } from 'node:events';
import { proofOf } from '../participant/index.ts';
import type { DeclaredSyncs } from '../protocol/index.ts';
import { every, onAbort } from '../time/index.ts';
import type { OwnDigests } from './digest.ts';
import type { SyncOutcome } from './news.ts';
import { planSync, type KnownScope, type Plan, type Step } from './plan.ts';
import { RunsWatch } from './runs-watch.ts';
import { ScopeSync, type Ended, type ScopeCommand, type SyncPorts, type SyncRules } from './scope-sync.ts';

/** What the files say: looked at anew each time. */
export interface Look {
  readonly own: OwnDigests;
  readonly commands: ReadonlyMap<ScopePath, ScopeCommand>;
}

export interface RunnerPorts extends SyncPorts {
  /** `declared`: what the coordinator says of the scope files, if it has just looked at them. */
  look(scopes: readonly ScopePath[], declared: DeclaredSyncs | null): Promise<Look>;
  /** Whether a command of a scope may be run at all. */
  isAllowed(scope: ScopePath, command: ScopeCommand): boolean;
}

export interface SyncWish extends SyncRules {
  /** These and what they depend on; none: all. */
  readonly scopes: readonly ScopePath[];
  /** How many commands may run at once; from 1. */
  readonly jobs: number;
  /** What was found a moment ago; left out: nobody has looked yet. */
  readonly first?: Survey;
}

/** What is configured besides. */
interface Rules extends SyncWish {
  /** Whether a scope is held back when something that it depends on fails. */
  readonly checksDependencies: boolean;
}

export interface SyncReport {
  readonly outcomes: ReadonlyMap<ScopePath, SyncOutcome>;
  /** Synced before, and as they were then. */
  readonly unchanged: readonly ScopePath[];
}

/** What is changed again and again while it is synced is not chased for ever. */
const passesMax = 4;
/** How many scopes are under way at once, if nothing of theirs is to be run: as many as the log takes in one go. */
const underWayMax = 64;

/** Syncs what is to be synced, and again what was changed meanwhile. Resolves when nothing of it goes on any more. */
export async function syncScopes(
  ports: RunnerPorts,
  wish: SyncWish,
  signal: AbortSignal,
): Promise<SyncReport> {
  const { settings } = await ports.coordinator.query({ kind: 'status', at: null });
  const beat = (): void =>
    void ports.submit({ kind: 'Heartbeat', ...proofOf(ports.session) }).catch(() => undefined);
  const stop = every(ports.timers, settings.sessionTtlMs / beatsPerSession, beat);
  try {
    return await untilSettled(ports, { ...wish, checksDependencies: settings.dependencyChecking }, signal);
  } finally {
    stop();
  }
}

/** One that is late, or lost, must not be the end of the agent. */
const beatsPerSession = 4;

async function untilSettled(ports: RunnerPorts, wish: Rules, signal: AbortSignal): Promise<SyncReport> {
  const outcomes = new Map<ScopePath, SyncOutcome>();
  const digests = new Map<ScopePath, string>();
  let unchanged: readonly ScopePath[] = [];
  for (let pass = 1; ; pass += 1) {
    const { plan, revision, ...surveyed } = (pass === 1 && wish.first) || (await survey(ports, wish));
    ({ unchanged } = plan);
    const steps = plan.waves.flat().filter((step) => isOpen(step, outcomes.get(step.scope), digests));
    for (const { scope, digest } of steps) digests.set(scope, digest);
    if (pass === 1) ports.tell({ kind: 'planned', steps: steps.length, unchanged: plan.unchanged.length });
    if (steps.length === 0 || signal.aborted) break;
    if (pass > passesMax) {
      for (const { scope } of steps) outcomes.set(scope, { kind: 'restless' });
      break;
    }
    const input = { ...surveyed, plan, steps, before: outcomes };
    for (const [scope, outcome] of await onePass(ports, wish, { input, revision, signal }))
      outcomes.set(scope, outcome);
    if (signal.aborted) break;
  }
  return { outcomes, unchanged: unchanged.filter((scope) => !outcomes.has(scope)) };
}

interface PassWish {
  readonly input: Omit<PassInput, 'watch' | 'stop'>;
  readonly revision: Revision;
  readonly signal: AbortSignal;
}

/** Where one scope ends with a failure of the whole, the others are stopped first. */
async function onePass(
  ports: RunnerPorts,
  wish: Rules,
  { input, revision, signal }: PassWish,
): Promise<ReadonlyMap<ScopePath, SyncOutcome>> {
  const watch = new RunsWatch(ports.coordinator, revision);
  const stop = new AbortController();
  // As many as there are scopes under way hear of it.
  setMaxListeners(0, stop.signal);
  const off = onAbort(signal)(() => stop.abort());
  try {
    return await new Pass(ports, wish, { ...input, watch, stop }).run();
  } finally {
    off();
    watch.stop();
  }
}

/** Of what was synced in an earlier pass, and is to be synced again, something was changed meanwhile. */
function isOpen(
  { scope, digest }: Step,
  outcome: SyncOutcome | undefined,
  digests: ReadonlyMap<ScopePath, string>,
): boolean {
  if (outcome === undefined || outcome.kind === 'synced') return true;
  return outcome.kind === 'unchanged' && digests.get(scope) !== digest;
}

export interface Survey extends Look {
  readonly plan: Plan;
  readonly revision: Revision;
  readonly scopes: readonly KnownScope[];
  /** Whether a scope is held back when something that it depends on fails. */
  readonly checksDependencies: boolean;
}

/** What is to be synced now. */
export async function survey(
  { coordinator, look }: Pick<RunnerPorts, 'coordinator' | 'look'>,
  { scopes: asked }: Pick<SyncWish, 'scopes'>,
): Promise<Survey> {
  const [{ scopes: views, revision, declared = null }, { syncs, settings }] = await Promise.all([
    coordinator.query({ kind: 'scopes', fresh: true }),
    coordinator.query({ kind: 'status', at: null }),
  ]);
  const digests = new Map(syncs.map(({ scope, digest }) => [scope, digest]));
  const scopes = views
    .filter(({ withdrawn }) => !withdrawn)
    .map(({ path, dependencies, syncStatus }) => ({
      path,
      dependencies,
      syncStatus,
      digest: digests.get(path) ?? null,
    }));
  const paths = scopes.map(({ path }) => path);
  const { own, commands } = await look(paths, declared);
  const plan = planSync({ scopes, own, commands }, asked);
  return { plan, own, commands, revision, scopes, checksDependencies: settings.dependencyChecking };
}

interface PassInput extends Omit<Survey, 'revision'> {
  readonly steps: readonly Step[];
  readonly watch: RunsWatch;
  readonly stop: AbortController;
  /** What became of scopes in earlier passes. */
  readonly before: ReadonlyMap<ScopePath, SyncOutcome>;
}

/** Each scope once. */
class Pass {
  readonly #ports: RunnerPorts;
  readonly #wish: Rules;
  readonly #input: PassInput;
  readonly #dependencies: ReadonlyMap<ScopePath, readonly ScopePath[]>;
  readonly #ended = new Map<ScopePath, Promise<Ended>>();
  readonly #underWay = new Bound(underWayMax);
  readonly #jobs: Bound;

  constructor(ports: RunnerPorts, wish: Rules, input: PassInput) {
    this.#ports = ports;
    this.#wish = wish;
    this.#input = input;
    this.#dependencies = new Map(input.scopes.map(({ path, dependencies }) => [path, dependencies]));
    this.#jobs = new Bound(wish.jobs);
  }

  /** Without those that have to be planned anew. */
  async run(): Promise<Map<ScopePath, SyncOutcome>> {
    // In this order, so that what a scope depends on is there to be waited for.
    for (const step of this.#input.steps) this.#ended.set(step.scope, this.#settle(step));
    const outcomes = new Map<ScopePath, SyncOutcome>();
    await Promise.allSettled(this.#ended.values());
    for (const [scope, ended] of this.#ended) {
      const outcome = await ended;
      if (outcome.kind !== 'overtaken') outcomes.set(scope, outcome);
    }
    return outcomes;
  }

  async #settle(step: Step): Promise<Ended> {
    const outcome = await this.#outcomeOf(step).catch((error: unknown) => {
      this.#input.stop.abort();
      throw error;
    });
    if (outcome.kind !== 'overtaken') this.#ports.tell({ kind: 'ended', scope: step.scope, outcome });
    return outcome;
  }

  async #outcomeOf(step: Step): Promise<Ended> {
    const below = await this.#below(step.scope);
    if (below !== null) return below;
    const command = this.#commandOf(step);
    if (command !== null && !this.#ports.isAllowed(step.scope, command))
      return { kind: 'notAllowed', command: command.run };
    return this.#underWay.during(() => this.#sync(step, command));
  }

  #sync(step: Step, command: ScopeCommand | null): Promise<Ended> {
    const { watch, stop, plan } = this.#input;
    const { signal } = stop;
    const dependencies = Object.fromEntries(
      (this.#dependencies.get(step.scope) ?? []).map((one) => [one, plan.digests.get(one) ?? '']),
    );
    const turn = <T>(work: () => Promise<T>): Promise<T> => this.#jobs.during(work);
    const isOtherwise = (): Promise<boolean> => this.#isOtherwise(step.scope);
    const under = { rules: this.#wish, command, dependencies, watch, signal, turn, isOtherwise };
    return new ScopeSync(this.#ports, step, under).run();
  }

  async #isOtherwise(scope: ScopePath): Promise<boolean> {
    const { declared = null } = await this.#ports.coordinator.query({ kind: 'scopes', fresh: true });
    const paths = this.#input.scopes.map(({ path }) => path);
    const { own, commands } = await this.#ports.look(paths, declared);
    return (
      own.get(scope) !== this.#input.own.get(scope) ||
      commands.get(scope)?.run !== this.#input.commands.get(scope)?.run
    );
  }

  /** What is as it was synced last has no need to be built again. */
  #commandOf({ scope, isNew }: Step): ScopeCommand | null {
    return isNew ? (this.#input.commands.get(scope) ?? null) : null;
  }

  /** Waits for what a scope depends on; null: all of that is synced. */
  async #below(scope: ScopePath): Promise<Ended | null> {
    const below = this.#dependencies.get(scope) ?? [];
    const unsynced: ScopePath[] = [];
    for (const one of below) {
      const ended = await (this.#ended.get(one) ?? this.#input.before.get(one));
      if (ended?.kind === 'overtaken') return ended;
      if (ended !== undefined && ended.kind !== 'synced' && ended.kind !== 'unchanged') unsynced.push(one);
    }
    if (this.#input.stop.signal.aborted) return { kind: 'stopped' };
    return unsynced.length > 0 && this.#wish.checksDependencies ? { kind: 'heldBack', by: unsynced } : null;
  }
}

/** At most so many at once; the others in the order in which they came. */
class Bound {
  readonly #waiting: (() => void)[] = [];
  #left: number;

  constructor(max: number) {
    this.#left = max;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#left > 0) this.#left -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#left += 1;
      else next();
    }
  }
}
