/** One way to coordinate a repository, and what a job needs a lock of under it. */
import {
  isFree,
  scopeAround,
  type FilePath,
  type ScopePath,
  type Settings,
  type Wish,
} from '../core/index.ts';
import type { Job } from './job.ts';

export interface Choice {
  readonly scopes: readonly ScopePath[];
  /** Among them whether a file is locked by itself or with its whole scope, and which files need no lock. */
  readonly settings: Settings;
}

/** What jobs need a lock of. Files in no scope cannot be locked, and so are in nobody's way. */
export class Needs {
  readonly #choice: Choice;
  readonly #scopes: ReadonlySet<ScopePath>;
  /** By path: the same files are asked about again and again. */
  readonly #known = new Map<FilePath, ScopePath | null>();

  constructor(choice: Choice) {
    this.#choice = choice;
    this.#scopes = new Set(choice.scopes);
  }

  /** A file in a scope that is wanted as a whole is wanted with it. */
  of({ files, scopes }: Job): Wish {
    const whole = new Set(scopes.flatMap((path) => this.#nearest(path) ?? []));
    const single: FilePath[] = [];
    for (const file of files) {
      const scope = this.scopeOf(file);
      if (scope !== null && this.#choice.settings.claimLevel === 'scope') whole.add(scope);
      else if (scope !== null) single.push(file);
    }
    const rest = single.filter((file) => !whole.has(this.scopeOf(file) as ScopePath));
    return { scopes: [...whole].sort(), files: rest.sort() };
  }

  /** The scope whose lock a file needs, its own or with the whole; null: it needs none. */
  scopeOf(file: FilePath): ScopePath | null {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const scope = isFree(this.#choice.settings, file) ? null : this.#nearest(file as string as ScopePath);
    this.#known.set(file, scope);
    return scope;
  }

  #nearest(path: ScopePath): ScopePath | null {
    return scopeAround((one) => this.#scopes.has(one), path);
  }
}
