/** Who is asking, and with what authority. What comes over the socket is the user of this machine, who may do everything. */

/**
 * What somebody may do: an observer reads; an agent also takes part, under the names that it is given; an operator does all
 * that can be done.
 */
export const roles = ['observer', 'agent', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Whoever was let in by a token. */
export interface Principal {
  /** Of the token; 1 to 64 letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  readonly role: Role;
  /** Of an agent: the names that it may take part as, `*` for any letters. */
  readonly agents: readonly string[];
}

/** By a token that may come to an end. */
export interface Admitted extends Principal {
  /** From when its token lets nobody in any more; null, or left out: never. */
  readonly expiresAtMs?: number | null;
}
