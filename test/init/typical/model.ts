/**
 * Repositories like public ones, as text, and what people do in them. The folders, manifests and imports are of the kinds that one
 * finds there; every word is our own.
 */

/** A file that somebody changes, with its test where it has one. */
export interface Unit {
  readonly code: string;
  readonly test: string | null;
}

/** Units that are worked on together. */
export type Area = readonly Unit[];

/** Figures of the last 300 commits of people in a public repository; see `history.ts` for what each of them means. */
export interface Measured {
  /** Files of a commit that need a lock: as many at most in 25, 50, 75, 90 and 99 commits of 100. */
  readonly sizes: readonly [number, number, number, number, number];
  /** Of 100 commits, how many change a file that the one before changed, the second before it, and, on average, the fourth to sixth. */
  readonly overlap: readonly [next: number, second: number, later: number];
  /** Of 100 commits, how many are by whoever made most of them. */
  readonly leader: number;
  /** Of 100 commits of code, how many change its test as well. */
  readonly tested: number;
}

export interface Model {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly measured: Measured;
  /** The one that is worked on most comes first. */
  readonly areas: readonly Area[];
  /** Files that many commits change, whatever else they do: of 100, how many. */
  readonly shared: Readonly<Record<string, number>>;
  /** Lockfiles and changelogs, which need no lock. */
  readonly recorded: Readonly<Record<string, number>>;
  /** A folder in which so many of 100 commits put a file of their own. */
  readonly notes?: { readonly folder: string; readonly ending: string; readonly share: number };
}

/** Collects the files of a model. */
export class Builder {
  readonly files = new Map<string, string>();
  readonly areas: Area[] = [];

  add(path: string, text: string): void {
    this.files.set(path, text);
  }

  json(path: string, value: unknown): void {
    this.add(path, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Files that people work on, each with the test that `testOf` names. */
  area(
    sources: Readonly<Record<string, string>>,
    testOf: (path: string) => string | null,
    testText = '',
  ): void {
    const units = Object.entries(sources).map(([code, text]): Unit => {
      const test = testOf(code);
      this.add(code, text);
      if (test !== null && !this.files.has(test)) this.add(test, testText);
      return { code, test };
    });
    this.areas.push(units);
  }

  model(rest: Omit<Model, 'files' | 'areas'>): Model {
    return { ...rest, files: this.files, areas: this.areas };
  }
}

/** One for each index below `count`. */
export function numbered<T>(count: number, nameOf: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => nameOf(index));
}

/** Where no one repository is meant: in the middle of the eight public ones that were measured. */
export const middle: Measured = { sizes: [1, 2, 4, 8, 25], overlap: [14, 8, 8], leader: 40, tested: 31 };
