import type { ScopePath } from '../../core/index.ts';

/** A scope as far as a reference to it is concerned. */
export interface NamedScope {
  readonly path: ScopePath;
  readonly name: string;
}

/** Finds scopes by what people write: path, name, or a spelling that differs in case only. */
export class ScopeNames {
  readonly #paths = new Set<string>();
  readonly #byName = new Map<string, ScopePath[]>();
  readonly #byFoldedText = new Map<string, string>();

  constructor(scopes: Iterable<NamedScope>) {
    for (const { path, name } of scopes) {
      this.#paths.add(path);
      const namesakes = this.#byName.get(name);
      if (namesakes === undefined) this.#byName.set(name, [path]);
      else namesakes.push(path);
      this.#byFoldedText.set(fold(name), name);
      this.#byFoldedText.set(fold(path), path);
    }
  }

  has(path: ScopePath): boolean {
    return this.#paths.has(path);
  }

  /** Several scopes may bear one name. */
  withName(name: string): readonly ScopePath[] {
    return this.#byName.get(name.normalize('NFC').trim()) ?? [];
  }

  /** The path or name that a text is but for upper and lower case. */
  spelledLike(text: string): string | null {
    return this.#byFoldedText.get(fold(text)) ?? null;
  }

  /** Every path and name, for suggestions. */
  *texts(): Iterable<string> {
    yield* this.#paths;
    yield* this.#byName.keys();
  }
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
