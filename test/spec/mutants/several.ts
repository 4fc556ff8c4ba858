/** Agents with several locks, and leases that are renewed, shortened or ended beside others. */
import type { Mutant } from './mutant.ts';

const inSeveral = { model: 'Several22', caughtBy: 'graph' } as const;

const severalLocks: readonly Mutant[] = [
  {
    ...inSeveral,
    name: 'of several scopes only the first is asked for its token',
    file: 'locks.ts',
    find: '  for (const target of targets) {',
    replace: '  for (const target of targets.slice(0, 1)) {',
  },
  {
    ...inSeveral,
    name: 'of several scopes only the last is asked for its token',
    file: 'locks.ts',
    find: '  for (const target of targets) {',
    replace: '  for (const target of targets.slice(-1)) {',
  },
  {
    ...inSeveral,
    name: 'who gives everything back is not asked for a token',
    file: 'locks.ts',
    find: 'refusedNotHeld(state, agent, targets, command);',
    replace: '(isAll ? null : refusedNotHeld(state, agent, targets, command));',
  },
  {
    ...inSeveral,
    name: 'a heartbeat renews one lease',
    file: 'agents.ts',
    find: 'for (const target of heldInOrder(agent)) {',
    replace: 'for (const target of heldInOrder(agent).slice(0, 1)) {',
  },
  {
    ...inSeveral,
    name: 'a heartbeat of an agent with several locks renews none',
    file: 'agents.ts',
    find: 'for (const target of heldInOrder(agent)) {',
    replace: 'for (const target of agent.held.size > 1 ? [] : heldInOrder(agent)) {',
  },
  {
    name: 'a heartbeat gives every lease the longest end of them',
    file: 'agents.ts',
    find: 'const deadlineMs = renewedDeadline(state, lock, lock.ttlMs, command.atMs);',
    replace:
      "const ends = heldInOrder(agent).map((each) => renewedDeadline(state, must(state.locks.get(each), 'it is held'), lock.ttlMs, command.atMs));\n    const deadlineMs = Math.max(...ends) as TimeMs;",
    model: 'Several22hold',
    caughtBy: 'graph',
  },
  {
    ...inSeveral,
    name: 'a renewal renews the first lock of the agent',
    file: 'locks.ts',
    find: 'const renewed = renew(draft, mustHold(state, agent, target), command.ttlMs, null);',
    replace:
      "const renewed = renew(draft, must(state.locks.get(heldInOrder(agent)[0] ?? target), 'it is held'), command.ttlMs, null);",
  },
  {
    ...inSeveral,
    name: 'a renewal renews every lock of the agent',
    file: 'locks.ts',
    find: 'const renewed = renew(draft, mustHold(state, agent, target), command.ttlMs, null);',
    replace:
      "const renewed = renew(draft, mustHold(state, agent, target), command.ttlMs, null);\n  for (const other of agent.held) if (other !== target) renew(draft, must(state.locks.get(other), 'it is held'), command.ttlMs, null);",
  },
  {
    ...inSeveral,
    name: 'who asks for another scope does not renew what it holds of those it names',
    file: 'locks.ts',
    find: 'const locks = asked.map((target) => {',
    replace:
      'const locks = asked.filter((target) => heldUnder(agent, target) === null || agent.held.size === asked.length).map((target) => {',
  },
  {
    name: 'of scopes that are granted together each has a token of its own',
    file: 'locks.ts',
    find: '    token: stamp.revision,\n',
    replace: '    token: (stamp.revision + agent.held.size) as FencingToken,\n',
    model: 'Together22',
    caughtBy: 'actions',
  },
];

const leases: readonly Mutant[] = [
  {
    name: 'asking again renews a contended lease without a bound',
    file: 'locks.ts',
    find: 'const deadlineMs = renewedDeadline(draft.state, lock, ttl, draft.atMs);',
    replace: 'const deadlineMs = addMs(draft.atMs, ttl);',
    model: 'Hold21',
    caughtBy: 'graph',
  },
  {
    name: 'a length that is asked for is given without a bound',
    file: 'locks.ts',
    find: 'const deadlineMs = renewedDeadline(draft.state, lock, ttl, draft.atMs);',
    replace:
      'const deadlineMs = ttlMs === null ? renewedDeadline(draft.state, lock, ttl, draft.atMs) : addMs(draft.atMs, ttl);',
    model: 'Lengths21',
    caughtBy: 'graph',
  },
  {
    name: 'a length that is asked for is not given',
    file: 'locks.ts',
    find: 'const ttl = ttlMs ?? lock.ttlMs;',
    replace: 'const ttl = lock.ttlMs;',
    model: 'Lengths21',
    caughtBy: 'graph',
  },
  {
    name: 'a grant has the configured length whatever is asked for',
    file: 'locks.ts',
    find: 'const ttlMs = command.ttlMs ?? draft.settings.lockTtlMs;',
    replace: 'const ttlMs = draft.settings.lockTtlMs;',
    model: 'Lengths21',
    caughtBy: 'graph',
  },
  {
    name: 'a renewal begins the contended hold anew',
    file: 'locks.ts',
    find: '  lock.ttlMs = event.ttlMs;\n',
    replace:
      '  lock.ttlMs = event.ttlMs;\n  if (lock.contendedSinceMs !== null) lock.contendedSinceMs = state.timeMs;\n',
    model: 'Hold21',
    caughtBy: 'graph',
  },
  {
    name: 'a renewal begins the hold that is contended for a place anew',
    file: 'locks.ts',
    find: '  lock.ttlMs = event.ttlMs;\n',
    replace: '  lock.ttlMs = event.ttlMs;\n  Object.assign(lock, { grantedAtMs: state.timeMs });\n',
    model: 'TakeOver22',
    caughtBy: 'graph',
  },
];

/** Ended a millisecond early, when something else ends. */
const early = (what: string, queue: string, model: string, caughtBy = 'graph'): Mutant => ({
  name: `${what} ends a millisecond early beside another end`,
  file: 'expiry.ts',
  find: `index.${queue}.upTo(draft.atMs, `,
  replace: `index.${queue}.upTo((draft.atMs + 1) as TimeMs, `,
  model,
  caughtBy,
});

export const severalMutants: readonly Mutant[] = [
  ...severalLocks,
  ...leases,
  early('a lease', 'lockDeadlines', 'Several22'),
  early('a session', 'sessionDeadlines', 'Sessions21'),
  early('a block', 'blockDeadlines', 'Status22'),
  early('a wait', 'ticketDeadlines', 'Locks31'),
  {
    name: 'an abort renews the budget of retries',
    file: 'syncs.ts',
    find: '  toIdle(endRun(state, event.scope, stamp));\n',
    replace: '  const sync = endRun(state, event.scope, stamp);\n  toIdle(sync);\n  sync.failures = 0;\n',
    model: 'Sync12',
    caughtBy: 'graph',
  },
  {
    name: 'a retry renews the budget of retries',
    file: 'syncs.ts',
    find: "export function evolveSyncRetried(state: State, event: EventOf<'sync.retried'>): void {\n",
    replace:
      "export function evolveSyncRetried(state: State, event: EventOf<'sync.retried'>): void {\n  must(state.syncs.get(event.scope), 'it was synced').failures = 0;\n",
    model: 'Sync12',
    caughtBy: 'graph',
  },
];
