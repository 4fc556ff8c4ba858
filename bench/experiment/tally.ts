/** What the agents themselves know at the end. */
export class Tally {
  /** Lines that were written to stay, by agents that take them to be there. */
  readonly written = new Set<string>();
  /** Acts that were refused: by a hook, or because somebody else holds a lock. */
  refusals = 0;
  failedCommits = 0;
  /** How often somebody waited for a turn. */
  waits = 0;
}
