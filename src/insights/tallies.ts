/** Sums over what began and ended: for each target, each two agents, each agent, and all together. */
import {
  nameOf,
  wantedAs,
  type AgentId,
  type DurationMs,
  type LockName,
  type Revision,
  type Target,
  type TimeMs,
} from '../core/index.ts';
import type { HolderShare, Shares, TargetShare } from './meetings.ts';
import { nameOfTarget } from './names.ts';
import { lengthOf } from './opening.ts';
import type { EndedHold, EndedWait, Hold, Wait } from './spans.ts';

/** The longest of its kind: where in the log it began, and how long it was. */
export interface Longest {
  readonly revision: Revision;
  readonly lengthMs: DurationMs;
}

export interface TargetTally {
  /** A path, or the name of a resource. */
  readonly target: string;
  readonly kind: 'scope' | 'file' | 'resource';
  readonly name: LockName;
  holds: number;
  heldMs: number;
  /** How often somebody waited while another held it. */
  waits: number;
  waitedMs: number;
  longest: Longest | null;
}

export interface PairTally {
  readonly waiter: AgentId;
  readonly holder: AgentId;
  waits: number;
  waitedMs: number;
  longest: Longest & { readonly target: string };
}

interface AgentTime {
  holds: number;
  waits: number;
  /** Up to when its time is counted. */
  countedMs: TimeMs;
  workingMs: number;
  waitedMs: number;
}

export class Tallies {
  readonly targets = new Map<Target, TargetTally>();
  readonly pairs = new Map<string, PairTally>();
  readonly agents = new Map<AgentId, AgentTime>();
  holds = 0;
  waits = 0;
  waitedMs = 0;
  /** Waiting while nobody held what it was for. */
  freeMs = 0;
  longestFree: Longest | null = null;

  holdBegan(hold: Hold): void {
    this.holds += 1;
    this.#target(hold).holds += 1;
    this.#count(hold.agent, hold.fromMs).holds += 1;
  }

  holdEnded(hold: EndedHold): void {
    this.#target(hold).heldMs += lengthOf(hold);
    this.#count(hold.agent, hold.untilMs).holds -= 1;
  }

  waitBegan(wait: Wait): void {
    this.waits += 1;
    this.#count(wait.agent, wait.fromMs).waits += 1;
  }

  waitEnded(wait: EndedWait, { freeMs, holders, targets }: Shares): void {
    this.waitedMs += lengthOf(wait);
    this.#count(wait.agent, wait.untilMs).waits -= 1;
    this.freeMs += freeMs;
    if (freeMs > 0) this.longestFree = longer(this.longestFree, wait.ticket, freeMs);
    for (const share of holders) this.#addPair(wait, share);
    for (const share of targets) this.#addTarget(wait, share);
  }

  #addTarget({ ticket }: EndedWait, { hold, lengthMs }: TargetShare): void {
    const target = this.#target(hold);
    target.waits += 1;
    target.waitedMs += lengthMs;
    target.longest = longer(target.longest, ticket, lengthMs);
  }

  #addPair({ agent: waiter, ticket: revision }: EndedWait, { holder, lengthMs, target }: HolderShare): void {
    const key = `${waiter} ${holder}`;
    const longest = { revision, lengthMs, target: nameOfTarget(target) };
    const pair = this.pairs.get(key);
    if (pair === undefined) {
      this.pairs.set(key, { waiter, holder, waits: 1, waitedMs: lengthMs, longest });
      return;
    }
    pair.waits += 1;
    pair.waitedMs += lengthMs;
    if (lengthMs > pair.longest.lengthMs) pair.longest = longest;
  }

  #target({ name, target }: Hold): TargetTally {
    const key = wantedAs(target);
    const known = this.targets.get(key);
    if (known !== undefined) return known;
    const kind = name.resource !== undefined ? 'resource' : name.file !== undefined ? 'file' : 'scope';
    const tally: TargetTally = {
      target: nameOf(name),
      kind,
      name,
      holds: 0,
      heldMs: 0,
      waits: 0,
      waitedMs: 0,
      longest: null,
    };
    this.targets.set(key, tally);
    return tally;
  }

  /** An agent's time up to now: who waits does not work, whatever it holds. */
  #count(agent: AgentId, atMs: TimeMs): AgentTime {
    const time = this.agents.get(agent) ?? {
      holds: 0,
      waits: 0,
      countedMs: atMs,
      workingMs: 0,
      waitedMs: 0,
    };
    this.agents.set(agent, time);
    const passedMs = Math.max(0, atMs - time.countedMs);
    if (time.waits > 0) time.waitedMs += passedMs;
    else if (time.holds > 0) time.workingMs += passedMs;
    time.countedMs = atMs;
    return time;
  }
}

export function longer(longest: Longest | null, revision: Revision, lengthMs: DurationMs): Longest {
  return longest === null || lengthMs > longest.lengthMs ? { revision, lengthMs } : longest;
}
