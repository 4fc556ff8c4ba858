import type { FencingToken, ScopePath } from '../core/index.ts';

/** An answer that was a refusal. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export type Acquired =
  | { readonly kind: 'granted'; readonly token: FencingToken }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Taking part, by whichever way: what an agent does under the names of the rules, not of a protocol. */
export interface Participant {
  /** A scope, or a file of one. Waits in the queue for as long as it takes. */
  acquire(name: ScopePath, isFile?: boolean): Promise<Acquired>;
  /** Replaces a scope's notes, if that is allowed under a token; null when it was. */
  write(scope: ScopePath, token: FencingToken, change: (before: string) => string): Promise<Refusal | null>;
  /** Exactly what was granted under this token: by now the scope may be somebody else's. */
  release(scope: ScopePath, token: FencingToken): Promise<void>;
  leave(): Promise<void>;
}
