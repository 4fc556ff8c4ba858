/**
 * The names that a trace uses: `a1`, `s1`, `f1`, `@q1` for the agents, scopes, files and resources of a log, `@q1#2` for a slot.
 * A scope comes and goes, and a file with it into another one; so a file's name says nothing of its scope, and the trace is
 * told which scopes can be around it.
 */
import {
  lockNameOf,
  scopeOf,
  wantedName,
  type AgentId,
  type Entry,
  type FilePath,
  type LockName,
  type ResourceName,
  type ScopePath,
  type Settings,
  type State,
  type Target,
  type WantedName,
  type Wish,
} from '../../src/core/index.ts';

/** Short names in the order of the long ones. */
export interface Names {
  readonly agents: ReadonlyMap<AgentId, string>;
  readonly scopes: ReadonlyMap<ScopePath, string>;
  readonly files: ReadonlyMap<FilePath, string>;
  readonly resources: ReadonlyMap<ResourceName, string>;
}

/** The names of all that a log has, given the state before it. */
export function namesIn(entries: readonly Entry[], state: State): Names {
  const found = new Found(state);
  for (const { events } of entries) for (const event of events) found.take(event);
  return found.names();
}

class Found {
  readonly #agents: Set<AgentId>;
  readonly #scopes: Set<ScopePath>;
  readonly #files = new Set<FilePath>();
  readonly #resources = new Set<ResourceName>();

  constructor(state: State) {
    this.#agents = new Set(state.agents.keys());
    this.#scopes = new Set(state.scopes.keys());
    for (const lock of state.locks.values()) this.#takeFiles([lock.file]);
    for (const { targets } of state.tickets.values())
      this.#takeFiles(targets.map((target) => wantedName(state, target).file));
    this.#takeResources(state.settings);
  }

  take(event: Entry['events'][number]): void {
    if (event.kind === 'agent.joined') this.#agents.add(event.agent);
    if (event.kind === 'scope.defined') this.#scopes.add(event.scope.path);
    if (event.kind === 'lock.granted') this.#takeFiles([event.file]);
    if (event.kind === 'ticket.issued') this.#takeFiles(event.files ?? []);
    if (event.kind === 'settings.changed') this.#takeResources(event.settings);
  }

  names(): Names {
    return {
      agents: shortNames(this.#agents, 'a'),
      scopes: shortNames(this.#scopes, 's'),
      files: shortNames(this.#files, 'f'),
      resources: shortNames(this.#resources, '@q'),
    };
  }

  #takeFiles(files: readonly (FilePath | undefined)[]): void {
    for (const file of files) if (file !== undefined) this.#files.add(file);
  }

  #takeResources({ resources }: Settings): void {
    for (const name of Object.keys(resources)) this.#resources.add(name as ResourceName);
  }
}

function shortNames<Long extends string>(names: ReadonlySet<Long>, letter: string): Map<Long, string> {
  return new Map([...names].sort().map((name, place) => [name, `${letter}${place + 1}`]));
}

/** The short name of what the trace has. */
export function named<Long extends string>(names: ReadonlyMap<Long, string>, name: Long): string {
  const short = names.get(name);
  if (short === undefined) throw new Error(`${name} was not named when the trace was begun`);
  return short;
}

/** What a lock is of: a scope, a file, or a slot. */
export function lockName(names: Names, name: LockName): string {
  if (name.resource !== undefined) return slotName(named(names.resources, name.resource), name.slot);
  return wantName(names, name);
}

/** What somebody wants: a scope, a file, or a resource. */
export function wantName(names: Names, name: WantedName | LockName): string {
  if (name.resource !== undefined) return named(names.resources, name.resource);
  return name.file === undefined ? named(names.scopes, name.scope) : named(names.files, name.file);
}

export function wishName(names: Names, state: State, target: Target): string {
  return wantName(names, wantedName(state, target));
}

/** The names that a command gives. A file whose path is that of a scope means the scope. */
export function namesOfWish(
  names: Names,
  state: State,
  { scopes, files = [], resources = [] }: Wish,
): Set<string> {
  return new Set([
    ...scopes.map((path) => named(names.scopes, path)),
    ...files.map((path) => lockName(names, lockNameOf(path, scopeOf(state, path)))),
    ...resources.map((resource) => named(names.resources, resource)),
  ]);
}

/** A file of a scope's folder, where the log has it as something that somebody held or waited for. */
export function fileNamed({ files }: Names, scope: ScopePath, file: string): string | undefined {
  return files.get((scope === root ? file : `${scope}/${file}`) as FilePath);
}

const slotName = (resource: string, slot: number): string => `${resource}#${slot}`;

/** How many slots each resource has. */
export function capacities(names: Names, { resources }: Settings): Map<string, number> {
  return new Map(
    Object.entries(resources).map(([name, capacity]) => [
      named(names.resources, name as ResourceName),
      capacity,
    ]),
  );
}

/** All that can be held under these settings. */
export function targetNames(names: Names, settings: Settings): string[] {
  const slots = [...capacities(names, settings)].flatMap(([resource, capacity]) =>
    Array.from({ length: capacity }, (_, place) => slotName(resource, place + 1)),
  );
  return [...names.scopes.values(), ...names.files.values(), ...slots];
}

/** For each file the scopes that can be around it, the nearest first; a scope of its own path is the nearest. */
export function foldersOf({ files, scopes }: Names): Map<string, string[]> {
  return new Map([...files].map(([file, short]) => [short, scopesAround(file, scopes)]));
}

function scopesAround(file: FilePath, scopes: Names['scopes']): string[] {
  const around = [...scopes].filter(([path]) => isAround(path, file));
  return around.sort(([a], [b]) => depthOf(b) - depthOf(a)).map(([, short]) => short);
}

const isAround = (scope: ScopePath, file: FilePath): boolean =>
  scope === root || (scope as string) === file || file.startsWith(`${scope}/`);

const depthOf = (scope: ScopePath): number => (scope === root ? 0 : scope.split('/').length);

const root = '.' as ScopePath;
