import type { Figure } from './figures.ts';

export interface Benchmark {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** How it is measured, in a sentence or two. */
  readonly method: string;
  run(bench: Bench): Promise<readonly Figure[]>;
}

/** What a benchmark gets. */
export interface Bench {
  /** An empty folder on the disk that is measured; removed afterwards. */
  readonly folder: string;
  /** Fewer samples: to see that it works, not for figures. */
  readonly quick: boolean;
}

/** So many samples, or a tenth of them when it has to be quick. */
export function samples({ quick }: Bench, count: number): number {
  return quick ? Math.ceil(count / 10) : count;
}
