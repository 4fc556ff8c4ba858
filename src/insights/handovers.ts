/** Two agents that take one lock from each other again and again: the longest row of that for each target. */
import {
  nameOf,
  wantedAs,
  type AgentId,
  type LockName,
  type Revision,
  type Target,
  type TimeMs,
} from '../core/index.ts';
import type { EndedHold, Hold } from './spans.ts';
import { thresholds } from './thresholds.ts';

export interface Handovers {
  readonly target: string;
  readonly name: LockName;
  readonly between: readonly [AgentId, AgentId];
  readonly count: number;
  /** The grants of the first and of the last. */
  readonly first: Revision;
  readonly last: Revision;
}

interface Record {
  holder: AgentId;
  endedMs: TimeMs | null;
  row: Handovers | null;
  longest: Handovers | null;
}

export class HandoverReader {
  readonly #records = new Map<Target, Record>();

  holdBegan(hold: Hold): void {
    const key = wantedAs(hold.target);
    const record = this.#records.get(key);
    if (record === undefined) {
      this.#records.set(key, { holder: hold.agent, endedMs: null, row: null, longest: null });
      return;
    }
    if (record.holder !== hold.agent) record.row = nextRow(record, hold);
    if (record.row !== null && record.row.count > (record.longest?.count ?? 0)) record.longest = record.row;
    record.holder = hold.agent;
    record.endedMs = null;
  }

  holdEnded({ target, untilMs }: EndedHold): void {
    const record = this.#records.get(wantedAs(target));
    if (record !== undefined) record.endedMs = untilMs;
  }

  /** The longest rows that are worth a line. */
  found(): Handovers[] {
    return [...this.#records.values()].flatMap(({ longest }) =>
      longest !== null && longest.count >= thresholds.handoversMin ? [longest] : [],
    );
  }
}

/** With this grant; null: it came too late to be a handover. */
function nextRow(
  { holder, endedMs, row }: Record,
  { agent, fromMs, name, revision }: Hold,
): Handovers | null {
  // A slot that is held beside another one is not handed over.
  if (endedMs === null || fromMs - endedMs > thresholds.handoverWithinMs) return null;
  const goesOn = row !== null && row.between.includes(agent) && row.between.includes(holder);
  return {
    target: nameOf(name),
    name,
    between: goesOn ? row.between : [holder, agent],
    count: goesOn ? row.count + 1 : 1,
    first: goesOn ? row.first : revision,
    last: revision,
  };
}
