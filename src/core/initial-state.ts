import { DeadlineQueue } from './deadlines.ts';
import { asRevision, asTimeMs } from './ids.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { State } from './state.ts';

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
    recentRequests: new Map(),
    index: {
      queues: new Map(),
      dependents: new Map(),
      holders: 0,
      requestOrder: [],
      requestPlace: 0,
      lostAgents: new Set(),
      runningSyncs: new Map(),
      lockDeadlines: new DeadlineQueue(),
      sessionDeadlines: new DeadlineQueue(),
      ticketDeadlines: new DeadlineQueue(),
      blockDeadlines: new DeadlineQueue(),
    },
  };
}
