/** One way to coordinate a repository, and what a job needs a lock of under it. */
import {
  fitsPath,
  parsePattern,
  scopeAround,
  type FilePath,
  type PathPattern,
  type ScopePath,
  type Settings,
  type Wish,
} from '../core/index.ts';
import type { Job } from './job.ts';

export type ClaimLevel = 'file' | 'scope';

export interface Choice {
  /** Whether a file is locked by itself, or with the whole scope that it is in. */
  readonly claim: ClaimLevel;
  /** Patterns of files that need no lock. */
  readonly free: readonly string[];
  readonly scopes: readonly ScopePath[];
  readonly settings: Settings;
}

/** What jobs need a lock of. Files in no scope need none, as everywhere. */
export class Needs {
  readonly #choice: Choice;
  readonly #scopes: ReadonlySet<ScopePath>;
  readonly #free: readonly PathPattern[];
  /** By path: the same files are asked about again and again. */
  readonly #known = new Map<FilePath, ScopePath | null>();

  constructor(choice: Choice) {
    this.#choice = choice;
    this.#scopes = new Set(choice.scopes);
    this.#free = choice.free.flatMap((text) => {
      const parsed = parsePattern(text);
      return parsed.ok ? [parsed.pattern] : [];
    });
  }

  /** A file in a scope that is wanted as a whole is wanted with it. */
  of({ files, scopes }: Job): Wish {
    const whole = new Set(scopes.flatMap((path) => this.#nearest(path) ?? []));
    const single: FilePath[] = [];
    for (const file of files) {
      const scope = this.scopeOf(file);
      if (scope !== null && this.#choice.claim === 'scope') whole.add(scope);
      else if (scope !== null) single.push(file);
    }
    const rest = single.filter((file) => !whole.has(this.scopeOf(file) as ScopePath));
    return { scopes: [...whole].sort(), files: rest.sort() };
  }

  /** The scope whose lock a file needs, its own or with the whole; null: it needs none. */
  scopeOf(file: FilePath): ScopePath | null {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const isFree = this.#free.some((pattern) => fitsPath(pattern, file, 'file'));
    const scope = isFree ? null : this.#nearest(file as string as ScopePath);
    this.#known.set(file, scope);
    return scope;
  }

  #nearest(path: ScopePath): ScopePath | null {
    return scopeAround((one) => this.#scopes.has(one), path);
  }
}
