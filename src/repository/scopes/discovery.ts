import { fitsPath, parsePattern, type PathPattern, type ScopePath } from '../../core/index.ts';
import type { Config } from '../../config/index.ts';

/** Which folders become scopes by what lies in them, and which do not. */
export class Discovery {
  readonly #exclude: readonly PathPattern[];
  readonly #include: readonly PathPattern[];
  /** Those whose every folder is to be a scope. */
  readonly split: readonly PathPattern[];

  constructor({ exclude, include, split }: Pick<Config, 'exclude' | 'include' | 'split'>) {
    this.#exclude = parsed(exclude);
    this.#include = parsed(include);
    this.split = parsed(split);
  }

  /** Whether a folder is none, whatever lies in it. The top folder never is left out. */
  leavesOut(path: ScopePath): boolean {
    if (path === '.' || !fitsAny(this.#exclude, path)) return false;
    return !fitsAny(this.#include, path);
  }
}

/** The configuration has none that cannot be read. */
function parsed(texts: readonly string[]): PathPattern[] {
  return texts.flatMap((text) => {
    const result = parsePattern(text);
    return result.ok ? [result.pattern] : [];
  });
}

function fitsAny(patterns: readonly PathPattern[], path: ScopePath): boolean {
  return patterns.some((pattern) => fitsPath(pattern, path, 'folder'));
}
