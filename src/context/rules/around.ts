import type { ContextKind } from '../kinds.ts';

/** What is around a context file: whoever calls has read it, or reads it when it is asked for. Nothing here may throw. */
export interface ContextAround {
  /** The ids in the scope's file of another kind; none where there is no such file. Null: nobody knows. */
  readonly idsOf: (kind: ContextKind) => ReadonlySet<string> | null;
  /** Whether a text names a scope: by its path, or by its name. Null: nobody knows. */
  readonly isScope: (text: string) => boolean | null;
  /** Whether a path, from the scope's folder or from the top, leads to a file or folder. Null: nobody knows. */
  readonly isThere: (path: string) => boolean | null;
}

/** Nothing is known, and so nothing is found to be missing. */
export const unknownAround: ContextAround = {
  idsOf: () => null,
  isScope: () => null,
  isThere: () => null,
};
