/** A deliberately broken core: one place of its source, replaced. */
export interface Mutant {
  /** What it does wrong, in a few words. */
  readonly name: string;
  /** In `src/core`. */
  readonly file: string;
  /** Must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** A small model in which it shows. */
  readonly model: string;
  /** The invariant that it violates, or `graph` when all hold and only the labelled graph is another. */
  readonly caughtBy: string;
}
