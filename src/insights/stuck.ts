/** Agents that do not get on: waits that come to nothing in a row, and waiting or being blocked at the end of the log. */
import type { AgentId, Entry, EventOf, Revision, TimeMs } from '../core/index.ts';
import { namesOfWait } from './names.ts';
import type { Opening } from './opening.ts';
import type { EndedHold, EndedWait, Hold } from './spans.ts';
import { thresholds } from './thresholds.ts';

export interface Stuck {
  readonly agent: AgentId;
  /** `waits` and `blocked`: at the end of the log; `vain`: its waits came to nothing, one after the other. */
  readonly how: 'waits' | 'blocked' | 'vain';
  /** Waits in vain; else 1. */
  readonly count: number;
  readonly lengthMs: number;
  /** Where it began. */
  readonly revision: Revision;
  /** What it last waited for; of one that is blocked nothing. */
  readonly targets: readonly string[];
}

interface Blocked {
  readonly sinceMs: TimeMs;
  readonly revision: Revision;
}

export class StuckAgents {
  readonly #vain = new Map<AgentId, Stuck>();
  readonly #longestVain = new Map<AgentId, Stuck>();
  readonly #waiting: Stuck[] = [];
  /** Who has said that it cannot go on. */
  readonly #blocked = new Map<AgentId, Blocked>();
  readonly #held = new Map<AgentId, number>();

  constructor({ agents, waiters, timeMs, revision }: Opening) {
    const waits = new Set(waiters.map(({ agent }) => agent));
    for (const { agent, status } of agents)
      if (status === 'blocked' && !waits.has(agent)) this.#blocked.set(agent, { sinceMs: timeMs, revision });
  }

  take(entry: Entry): void {
    for (const event of entry.events) if (event.kind === 'agent.statusChanged') this.#changed(event, entry);
  }

  #changed({ agent, to }: EventOf<'agent.statusChanged'>, { atMs, revision }: Entry): void {
    if (to === 'blocked') this.#blocked.set(agent, { sinceMs: atMs, revision });
    else this.#blocked.delete(agent);
  }

  holdBegan({ agent }: Hold): void {
    this.#held.set(agent, (this.#held.get(agent) ?? 0) + 1);
    this.#vain.delete(agent);
  }

  /** Without a lock nobody is blocked. */
  holdEnded({ agent, endedBy }: EndedHold): void {
    const left = (this.#held.get(agent) ?? 0) - 1;
    if (left > 0) this.#held.set(agent, left);
    else this.#held.delete(agent);
    if (left <= 0 && endedBy !== null) this.#blocked.delete(agent);
  }

  waitEnded(wait: EndedWait): void {
    const { agent, ticket, sinceMs, untilMs, cause } = wait;
    const targets = namesOfWait(wait);
    const lengthMs = untilMs - sinceMs;
    if (cause === null && lengthMs >= thresholds.stuckMinMs)
      this.#waiting.push({ agent, how: 'waits', count: 1, lengthMs, revision: ticket, targets });
    if (cause !== 'deadline' && cause !== 'blockedTooLong') return;
    const before = this.#vain.get(agent);
    const row: Stuck = {
      agent,
      how: 'vain',
      count: (before?.count ?? 0) + 1,
      lengthMs: (before?.lengthMs ?? 0) + lengthMs,
      revision: before?.revision ?? ticket,
      targets,
    };
    this.#vain.set(agent, row);
    if (row.count > (this.#longestVain.get(agent)?.count ?? 0)) this.#longestVain.set(agent, row);
  }

  /** Each agent once, at the end of the log. */
  found(atMs: TimeMs): Stuck[] {
    const blocked = [...this.#blocked].map(([agent, { sinceMs, revision }]): Stuck => {
      return { agent, how: 'blocked', count: 1, lengthMs: atMs - sinceMs, revision, targets: [] };
    });
    const vain = [...this.#longestVain.values()].filter(({ count }) => count >= thresholds.vainWaitsMin);
    const all = [
      ...this.#waiting,
      ...blocked.filter(({ lengthMs }) => lengthMs >= thresholds.stuckMinMs),
      ...vain,
    ];
    return all.filter(({ agent }, place) => all.findIndex((one) => one.agent === agent) === place);
  }
}
