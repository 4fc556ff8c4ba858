/** Tokens, runs and contents: a core that takes a number for the current one, or another content for the seen one. */
import type { Mutant } from './mutant.ts';

const inTokens = { model: 'Tokens21', caughtBy: 'graph' } as const;

/** Of the comparison that every act with a token goes through. */
const comparison = { ...inTokens, file: 'lock-refusals.ts', find: 'lock.token === token)' } as const;

const tokenMutants: readonly Mutant[] = [
  { ...comparison, name: 'a token from the future is accepted', replace: 'lock.token <= token)' },
  {
    ...comparison,
    name: 'the token of an earlier hold is accepted',
    replace: '(token > 0 && token <= lock.token))',
  },
  {
    ...comparison,
    name: 'the ticket is accepted for the token',
    replace: 'lock.token === token || lock.ticket === (token as number))',
    caughtBy: 'canonical',
  },
  {
    ...inTokens,
    name: 'a token from the future renews a lease',
    file: 'locks.ts',
    find: 'refusedStaleToken(state, target, agent, command.token);',
    replace:
      'refusedStaleToken(state, target, agent, command.token === null || command.token > (state.locks.get(target)?.token ?? 0) ? null : command.token);',
  },
  {
    ...inTokens,
    name: 'a write is not asked for its token',
    file: 'contexts.ts',
    find: 'obstacleUnderLock(state, { agent: id, epoch }, path, token, draft.atMs);',
    replace: 'obstacleUnderLock(state, { agent: id, epoch }, path, null, draft.atMs);',
  },
  {
    ...inTokens,
    name: 'a write with the token of an earlier hold is accepted',
    file: 'write.ts',
    find: 'locks.every((lock) => lock.token !== token)',
    replace: 'locks.every((lock) => lock.token < token)',
  },
  {
    ...inTokens,
    name: 'a write with a token takes a free lock',
    file: 'contexts.ts',
    find: 'if (token !== null) return refuse(',
    replace: 'if (token !== null && coveringLocks(state, path).length > 0) return refuse(',
  },
  {
    ...inTokens,
    name: 'the token of a lock is the ticket that it was waited for with',
    file: 'locks.ts',
    find: '    token: stamp.revision,\n',
    replace: '    token: (ticket ?? stamp.revision) as FencingToken,\n',
    caughtBy: 'TokensGrow',
  },
  {
    ...inTokens,
    name: 'the token of a lock is the epoch of its holder',
    file: 'locks.ts',
    find: '    token: stamp.revision,\n',
    replace: '    token: epoch,\n',
    caughtBy: 'actions',
  },
];

const runMutants: readonly Mutant[] = [
  {
    ...inTokens,
    name: 'a run is ended under a number from the future',
    file: 'syncs.ts',
    find: 'if (sync.run === run && sync.agent === agent)',
    replace: 'if (sync.run !== null && sync.run <= run && sync.agent === agent)',
  },
  {
    ...inTokens,
    name: 'a run is ended under the number of an earlier one',
    file: 'syncs.ts',
    find: 'if (sync.run === run && sync.agent === agent)',
    replace: 'if (sync.run !== null && run > 0 && run <= sync.run && sync.agent === agent)',
  },
];

const contentMutants: readonly Mutant[] = [
  {
    ...inTokens,
    name: 'who has seen no file writes over one',
    file: 'contexts.ts',
    find: 'known.digest !== baseDigest)',
    replace: 'baseDigest !== null && known.digest !== baseDigest)',
  },
  {
    ...inTokens,
    name: 'a holder need not have seen what it writes over',
    file: 'contexts.ts',
    find: 'known.digest !== baseDigest)',
    replace: 'command.token === null && known.digest !== baseDigest)',
  },
  {
    ...inTokens,
    name: 'the last writer need not have seen what it writes over',
    file: 'contexts.ts',
    find: 'known.digest !== baseDigest)',
    replace: 'known.agent !== command.agent && known.digest !== baseDigest)',
  },
  {
    name: 'a scope that is defined anew loses what is known of its content',
    file: 'scopes.ts',
    find: 'contexts: known?.contexts ?? new Map()',
    replace: 'contexts: new Map()',
    model: 'Redefine12',
    caughtBy: 'graph',
  },
  {
    name: 'a scope that gains a dependency loses what is known of its content',
    file: 'scopes.ts',
    find: 'contexts: known?.contexts ?? new Map()',
    replace:
      'contexts: known !== undefined && known.dependencies.length >= event.scope.dependencies.length ? known.contexts : new Map()',
    model: 'Redefine12',
    caughtBy: 'graph',
  },
];

export const numberMutants: readonly Mutant[] = [...tokenMutants, ...runMutants, ...contentMutants];
