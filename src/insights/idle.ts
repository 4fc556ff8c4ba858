/** Locks that were held for long, waited for by others, and given back with nothing changed under them. */
import { nameOf, type AgentId, type DurationMs } from '../core/index.ts';
import { lengthOf } from './opening.ts';
import type { EndedHold } from './spans.ts';
import { longer, type Longest } from './tallies.ts';
import { thresholds } from './thresholds.ts';

export interface IdleHolds {
  readonly agent: AgentId;
  count: number;
  heldMs: number;
  /** How long others waited for them. */
  waitedMs: number;
  longest: Longest & { readonly target: string };
}

export class IdleHolders {
  readonly found = new Map<AgentId, IdleHolds>();

  holdEnded(hold: EndedHold, waitedMs: DurationMs): void {
    const lengthMs = lengthOf(hold);
    const { agent, changed, revision } = hold;
    if (changed?.count !== 0 || lengthMs < thresholds.idleHoldMinMs || waitedMs < thresholds.waitedMinMs)
      return;
    const target = nameOf(hold.name);
    const known = this.found.get(agent);
    if (known === undefined) {
      const longest = { revision, lengthMs, target };
      this.found.set(agent, { agent, count: 1, heldMs: lengthMs, waitedMs, longest });
      return;
    }
    known.count += 1;
    known.heldMs += lengthMs;
    known.waitedMs += waitedMs;
    const longest = longer(known.longest, revision, lengthMs);
    if (longest !== known.longest) known.longest = { ...longest, target };
  }
}
