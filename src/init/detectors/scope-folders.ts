import { scopeAround, type ScopePath } from '../../core/index.ts';
import type { Unit } from './unit.ts';
import { top } from '../paths.ts';

/** The folders that are scopes, and which of them a path belongs to. */
export class ScopeFolders {
  readonly units: readonly Unit[];
  /** Whether a part becomes no scope, and is left to the one around it. */
  readonly isAside: (path: ScopePath) => boolean;
  readonly #paths: ReadonlySet<ScopePath>;
  readonly #nearest = new Map<ScopePath, ScopePath>();
  /** Null: more than one bears the name. */
  readonly #byName = new Map<string, ScopePath | null>();

  constructor(
    paths: Iterable<ScopePath>,
    units: Iterable<Unit>,
    isAside: (path: ScopePath) => boolean = () => false,
  ) {
    this.units = [...units];
    this.isAside = isAside;
    this.#paths = new Set([top, ...paths]);
    for (const { path, names } of this.units)
      for (const name of new Set(names)) this.#byName.set(name, this.#byName.has(name) ? null : path);
  }

  get size(): number {
    return this.#paths.size;
  }

  has(path: ScopePath): boolean {
    return this.#paths.has(path);
  }

  /** The folder if it is a scope, else null. */
  known(path: ScopePath | null): ScopePath | null {
    return path !== null && this.#paths.has(path) ? path : null;
  }

  /** The scope that a folder or file belongs to: itself, or the nearest above. */
  of(path: ScopePath): ScopePath {
    const known = this.#nearest.get(path);
    if (known !== undefined) return known;
    const found = scopeAround((each) => this.#paths.has(each), path) ?? top;
    this.#nearest.set(path, found);
    return found;
  }

  /** The only unit of a name, whichever tool gave it. */
  named(name: string): ScopePath | null {
    return this.#byName.get(name) ?? null;
  }
}
