/** What there is to be had, as the log tells it, by other eyes than the machine's: scopes, and slots of resources. */
import type { Event, LockName } from '../src/core/index.ts';

/** A scope, a file, a slot of a resource, or the wish for one: then without its number. */
export interface Thing {
  readonly scope?: string | undefined;
  readonly file?: string | undefined;
  readonly resource?: string | undefined;
  readonly slot?: number | undefined;
}

/** Under which a lock is one and the same. */
export const keyOf = ({ scope, file, resource, slot }: Thing): string =>
  resource === undefined ? `${file ?? scope}` : `${resource}#${slot}`;

export class Ground {
  readonly #scopes: Set<string>;
  #slots: Readonly<Record<string, number>>;
  #places: number;

  constructor(of: Ground | null = null) {
    this.#scopes = new Set(of === null ? [] : of.#scopes);
    this.#slots = of === null ? {} : of.#slots;
    this.#places = of === null ? 0 : of.#places;
  }

  /** How many agents may hold something in scopes at once. */
  get places(): number {
    return this.#places;
  }

  slotsOf(resource: string): number {
    return this.#slots[resource] ?? 0;
  }

  /** Whether the event changes what there is. */
  take(event: Event): boolean {
    if (event.kind === 'scope.defined') this.#scopes.add(event.scope.path);
    else if (event.kind === 'scope.removed') this.#scopes.delete(event.scope);
    else if (event.kind === 'settings.changed') {
      this.#slots = event.settings.resources;
      this.#places = event.settings.maxConcurrentAgents;
    } else return false;
    return true;
  }

  /** The nearest scope around a path; a scope is around itself. */
  around(path: string): string | null {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (this.#scopes.has(folder)) return folder;
    }
    return null;
  }

  /** Whether two agents cannot both have these: the same, or a file and the whole of the scope that it is in. */
  clash(a: Thing, b: Thing): boolean {
    if (keyOf(a) === keyOf(b)) return true;
    if (a.resource !== undefined || b.resource !== undefined) return false;
    const isFileIn = (file: Thing, whole: Thing): boolean =>
      file.file !== undefined && whole.file === undefined && this.around(file.file) === whole.scope;
    return isFileIn(a, b) || isFileIn(b, a);
  }
}

/** Of what a lock is, alone. */
export const thingOf = ({ scope, file, resource, slot }: LockName): Thing => ({
  scope,
  file,
  resource,
  slot,
});
