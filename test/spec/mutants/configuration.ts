/** Settings and the change of owners: each guard and each consequence taken out once. */
import type { Mutant } from './mutant.ts';

export const configurationMutants: readonly Mutant[] = [
  {
    name: 'fewer places than are taken',
    file: 'configuration.ts',
    find: 'if (holders.size > maxConcurrentAgents)',
    replace: 'if (holders.size < 0)',
    model: 'Configure32',
    caughtBy: 'AgentCoordination',
  },
  {
    name: 'more places do not serve the queue',
    file: 'configuration.ts',
    find: 'draft.touch(anySlotOf(resource));\n  settleQueue(draft);\n',
    replace: 'draft.touch(anySlotOf(resource));\n',
    model: 'Configure32',
    caughtBy: 'QueueConsistency',
  },
  {
    name: 'a first owner re-arms',
    file: 'configuration.ts',
    find: "events: command.cause === 'first' ?",
    replace: "events: command.cause === 'clockJump' ?",
    model: 'TakeOver22',
    caughtBy: 'graph',
  },
  {
    name: 'a new owner does not re-arm the leases',
    file: 'configuration.ts',
    find: '  rearmLocks(state, stamp.atMs);\n',
    replace: '',
    model: 'TakeOver22',
    caughtBy: 'graph',
  },
  {
    name: 'a new owner does not re-arm the sessions',
    file: 'configuration.ts',
    find: '  rearmAgents(state, stamp.atMs);\n',
    replace: '',
    model: 'TakeOver22',
    caughtBy: 'graph',
  },
  {
    name: 'a new owner does not re-arm the waits',
    file: 'configuration.ts',
    find: '  rearmTickets(state, stamp.atMs);\n',
    replace: '',
    model: 'TakeOver22',
    caughtBy: 'graph',
  },
  {
    name: 'a new owner does not re-arm the contended holds',
    file: 'configuration.ts',
    find: '    if (lock.contendedSinceMs !== null) lock.contendedSinceMs = atMs;\n',
    replace: '',
    model: 'TakeOver22',
    caughtBy: 'graph',
  },
  {
    name: 'settings need not make sense',
    file: 'configuration.ts',
    find: 'if (problems.length > 0) return reject(',
    replace: 'if (problems.length < 0) return reject(',
    model: 'Bounds22',
    caughtBy: 'TypeInvariant',
  },
];
