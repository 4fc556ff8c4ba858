import { asRevision, asTimeMs } from './ids.ts';
import { PriorityQueue } from './priority-queue.ts';
import { RecentRequests } from './requests.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { State } from './state.ts';
import { TicketLine } from './ticket-line.ts';

/** The state of an empty log. */
export function initialState(settings: Settings = defaultSettings): State {
  return {
    revision: asRevision(0),
    timeMs: asTimeMs(0),
    settings,
    clock: null,
    scopes: new Map(),
    agents: new Map(),
    locks: new Map(),
    tickets: new Map(),
    syncs: new Map(),
    placeWaitSinceMs: null,
    totals: { conflicts: 0, timeouts: 0 },
    openViolations: new Map(),
    recentRequests: new RecentRequests(),
    index: {
      queue: new TicketLine(),
      queues: new Map(),
      fileQueues: new Map(),
      claims: new Map(),
      unsettled: new Set(),
      dependents: new Map(),
      holders: new Set(),
      names: new Map(),
      bound: new Set(),
      lostAgents: new Set(),
      runningSyncs: new Map(),
      lockDeadlines: new PriorityQueue(),
      sessionDeadlines: new PriorityQueue(),
      ticketDeadlines: new PriorityQueue(),
      blockDeadlines: new PriorityQueue(),
    },
  };
}
