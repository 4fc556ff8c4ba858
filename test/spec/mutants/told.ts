/** Answers that tell another number than the one in force; the state is the right one, so the graph is too. */
import type { Mutant } from './mutant.ts';

const falselyTold = { caughtBy: 'actions' } as const;

export const toldMutants: readonly Mutant[] = [
  {
    ...falselyTold,
    name: 'who goes on in another process has the secret of before',
    file: 'agents.ts',
    find: '  agent.session = event.session;\n',
    replace: '',
    model: 'Sessions21',
  },
  {
    ...falselyTold,
    name: 'a grant is told with the token before its own',
    file: 'locks.ts',
    find: '{ token: draft.revision, deadlineMs, contendedSinceMs }',
    replace: '{ token: (draft.revision - 1) as FencingToken, deadlineMs, contendedSinceMs }',
    model: 'Locks22c2',
  },
  {
    ...falselyTold,
    name: 'a renewal is told with the deadline that was asked for',
    file: 'locks.ts',
    find: 'return toGrant(draft.state, lock, deadlineMs);',
    replace: 'return toGrant(draft.state, lock, addMs(draft.atMs, ttl));',
    model: 'Hold21',
  },
  {
    ...falselyTold,
    name: 'a heartbeat is told the deadlines of before',
    file: 'agents.ts',
    find: 'grants.push(toGrant(state, lock, deadlineMs));',
    replace: 'grants.push(toGrant(state, lock));',
    model: 'Hold21',
  },
  {
    ...falselyTold,
    name: 'a write is told the token of the lock before the one that it was granted',
    file: 'contexts.ts',
    find: "return { kind: 'held', token: draft.revision };",
    replace: "return { kind: 'held', token: (draft.revision - 1) as FencingToken };",
    model: 'Tokens21',
  },
  {
    ...falselyTold,
    name: 'a join is told the epoch before its own',
    file: 'agents.ts',
    find: 'epoch: (state.revision + 1) as Revision,',
    replace: 'epoch: state.revision,',
    model: 'Sessions21',
  },
];
