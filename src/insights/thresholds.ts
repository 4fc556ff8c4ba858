/** From when on something is worth a line. `docs/insights.md` has the same table. */
const minuteMs = 60_000;

export const thresholds = {
  /** How long others waited: for one target, for one agent, for a place, or without need. */
  waitedMinMs: minuteMs,
  /** Which part of the time of agents that had something to do was spent waiting. */
  waitShareMin: 0.25,
  /** With less waiting than that, its share says nothing. */
  shareWaitedMinMs: 5 * minuteMs,
  /** Whoever does something within this time after its lease ended was at work. */
  backWithinMs: 10 * minuteMs,
  /** How often in a row two agents took one lock from each other. */
  handoversMin: 4,
  /** Later than that after the other gave it back it is another job. */
  handoverWithinMs: 10 * minuteMs,
  /** A lock under which nothing was changed, held for so long. */
  idleHoldMinMs: 5 * minuteMs,
  /** An agent that waits, or has said that it cannot go on, for so long at the end of the log. */
  stuckMinMs: 3 * minuteMs,
  /** How many waits in a row came to nothing. */
  vainWaitsMin: 3,
} as const;

/** Findings of one kind that are told; the others are counted. */
export const findingsOfKindMax = 3;
/** Rows of what was busiest, and of who waited for whom. */
export const rowsMax = 5;
