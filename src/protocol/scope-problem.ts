/** What is wrong with a scope file or with the graph, and where. */
export interface ScopeProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** Repository-relative; null when it concerns the graph as a whole. */
  readonly file: string | null;
  /** From 1; null when unknown. */
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}
