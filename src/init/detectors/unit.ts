import type { ScopePath } from '../../core/index.ts';

/** What a scope's `scope_type` says; a label for people. */
export type UnitType = 'application' | 'library' | 'component' | 'repository';

/** A folder that the repository's own tools treat as a part: it becomes a scope. */
export interface Unit {
  readonly path: ScopePath;
  /** What its tools call it, the best known name first. */
  readonly names: readonly string[];
  readonly type: UnitType;
  /** The manifest that makes it a part, repository-relative; a folder for parts without one. */
  readonly source: string;
  /** Whether a workspace lists it; left out where that is no matter. */
  readonly isMember?: boolean;
}

/** What its scope is called: the first of its names that a scope may bear, or else its path. */
export function nameOf({ names, path }: Pick<Unit, 'names' | 'path'>): string {
  return names.find((name) => name.length <= 256 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) ?? path;
}
