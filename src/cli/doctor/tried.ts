/** What came of trying the hooks of a client. */
import type { JsonHookClient } from '../../hooks/install/index.ts';
import type { Repository } from '../../repository/index.ts';
import type { Draft } from '../commands/hooks/draft.ts';

export interface Tried {
  readonly title: string;
  readonly client: string;
  readonly file: string;
  readonly failing: JsonHookClient['failing'];
  /** Events without an entry of ours. */
  readonly missing: readonly string[];
  /** Why the client that is installed may let an act pass all the same; null: nothing is known. */
  readonly doubt: string | null;
  readonly outcome:
    | { readonly kind: 'refused'; readonly afterMs: number }
    | { readonly kind: 'passed'; readonly said: string }
    /** Its client has no entry for what comes before an edit. */
    | { readonly kind: 'notAsked'; readonly event: string }
    /** Its client runs no hooks at all, by what stands in a file. */
    | { readonly kind: 'switchedOff'; readonly by: string }
    /** Somebody has taken out what was written. `toolsIn`: or that is not known, and its client has our tools by that file. */
    | { readonly kind: 'gone'; readonly toolsIn: string | null }
    /** What stands in the file starts another program, which is not run for this. */
    | { readonly kind: 'notTried'; readonly command: string };
}

/** Where hooks are looked for. */
export interface Place {
  readonly repository: Repository;
  readonly draft: Draft;
}

/** Null: it is not there, or cannot be read. */
export function readIn(draft: Draft, file: string): string | null {
  try {
    return draft.read(file);
  } catch {
    return null;
  }
}
