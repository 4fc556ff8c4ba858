/**
 * A recorded log as modules of TLA+. The states that the trace is compared with are what the log's events lead to; the
 * core's decisions have no part in it.
 *
 * Settings are constants of the specification, except how many agents may hold locks. So a change of the others ends one
 * segment and begins the next: with the state that the log had by then, and the new constants. That entry itself belongs
 * to neither.
 */
import { evolve, settingBounds, type Entry, type State } from '../../src/core/index.ts';
import { houseOf, type House } from './house.ts';
import { capacities, foldersOf, namesIn, type Names } from './names.ts';
import { later, patchBetween } from './passing.ts';
import { askedBy, changesConstants, leasesOf } from './steps.ts';
import { toTla } from './tla.ts';

/** One run of TLC. */
export interface Segment {
  /** `TraceLog.tla`. */
  readonly module: string;
  readonly config: string;
  /** The revision of each line. */
  readonly revisions: readonly number[];
  /** Long names by the short ones that the trace uses. */
  readonly legend: ReadonlyMap<string, string>;
}

/** `state`: what the first entry follows. It is changed. */
export function translate(entries: readonly Entry[], state: State): Segment[] {
  const names = namesIn(entries, state);
  const segments: SegmentWriter[] = [];
  let open: SegmentWriter | null = null;
  for (const entry of entries) {
    if (changesConstants(state, entry)) {
      evolve(state, entry);
      open = null;
      continue;
    }
    if (open === null) segments.push((open = new SegmentWriter(state, names)));
    open.take(state, entry);
  }
  return segments.map((segment) => segment.end());
}

/** Longer than any clock runs: what passes beyond it makes no difference. */
const passedMaxMs = settingBounds.maxBlockMs[1] + 1;

class SegmentWriter {
  readonly #names: Names;
  readonly #config: string;
  readonly #capacities: ReadonlyMap<string, number>;
  readonly #base: string;
  readonly #lines: string[] = [];
  readonly #revisions: number[] = [];
  #house: House;

  constructor(state: State, names: Names) {
    this.#names = names;
    this.#house = houseOf(state, names);
    this.#config = configOf(state, names);
    this.#capacities = capacities(names, state.settings);
    this.#base = toTla(this.#house);
  }

  /** Writes an entry's line, and moves the state on by its events. */
  take(state: State, entry: Entry): void {
    const asked = askedBy(state, entry, this.#names);
    const lengths = leasesOf(state, entry, this.#names);
    const passed = Math.min(entry.atMs - state.timeMs, passedMaxMs);
    const isRearmed = entry.events.some(({ kind }) => kind === 'leases.rearmed');
    const elapsed = later(this.#house, passed, isRearmed ? 'backOffs' : 'allClocks');
    evolve(state, entry);
    this.#house = houseOf(state, this.#names);
    const after = patchBetween(elapsed, this.#house);
    this.#lines.push(`  ${toTla({ ...asked, passed, ...lengths, after })}`);
    this.#revisions.push(entry.revision);
  }

  end(): Segment {
    const { agents, scopes, files, resources } = this.#names;
    const legend = new Map(
      [...agents, ...scopes, ...files, ...resources].map(([long, short]) => [short, long]),
    );
    return { module: this.#module(), config: this.#config, revisions: this.#revisions, legend };
  }

  #module(): string {
    const { agents, scopes, files, resources } = this.#names;
    const order = [agents, scopes, files, resources].flatMap((names) => [...names.values()]);
    return [
      '------------------------------- MODULE TraceLog -------------------------------',
      'EXTENDS Integers, TLC',
      `OrderOfTrace == ${toTla(order)}`,
      `FoldersInLog == ${toTla(foldersOf(this.#names))}`,
      `CapacityInLog == ${toTla(this.#capacities)}`,
      `Base == ${this.#base}`,
      `Log == <<\n${this.#lines.join(',\n')}\n>>`,
      '===============================================================================',
      '',
    ].join('\n');
  }
}

function configOf({ settings }: State, names: Names): string {
  const slots = capacities(names, settings);
  const constants: Readonly<Record<string, string | number>> = {
    Agent: toTla(new Set(names.agents.values())),
    Scope: toTla(new Set(names.scopes.values())),
    File: toTla(new Set(names.files.values())),
    Resource: toTla(new Set(slots.keys())),
    Capacity: Math.max(1, ...slots.values()),
    MaxConcurrent: settings.maxConcurrentAgents,
    MaxLocks: settings.maxLocksPerAgent,
    MaxFiles: settings.maxFilesPerAgent,
    MaxResources: settings.maxResourcesPerAgent,
    MaxDeps: settings.maxDependencies,
    MaxDepth: settings.maxScopeDepth,
    MaxRetries: settings.maxRetries,
    DependencyChecking: toTla(settings.dependencyChecking),
    LockTtl: settings.lockTtlMs,
    SessionTtl: settings.sessionTtlMs,
    DeadGrace: settings.deadGraceMs,
    MaxBlock: settings.maxBlockMs,
    MaxHold: settings.maxContendedHoldMs,
    WaitFor: 0,
    Backoff: settings.retryBackoffMs,
    RequestId: '{}',
    Bug: '"none"',
  };
  const lines = Object.entries(constants).map(([name, value]) => `  ${name} = ${value}`);
  return ['CONSTANTS', ...lines, ''].join('\n');
}
