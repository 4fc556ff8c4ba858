/** Violations: when one begins and ends, and what is kept of it meanwhile. */
import type { Mutant } from './mutant.ts';

const inFiles = { model: 'Violations21file', file: 'violations.ts', caughtBy: 'graph' } as const;

export const violationMutants: readonly Mutant[] = [
  {
    ...inFiles,
    name: 'a violation that is found again begins anew',
    find: 'if (openViolations.has(violationKey(command)))',
    replace: 'if (openViolations.size > 99)',
  },
  {
    ...inFiles,
    name: 'a violation that is not open is settled all the same',
    find: 'if (open === undefined)',
    replace:
      "if (open === undefined) return { kind: 'committed', events: [], result: { kind: 'done' } };\n  if (false)",
  },
  {
    ...inFiles,
    name: 'a violation that was settled is still open',
    find: '  state.openViolations.delete(key);\n',
    replace: '',
  },
  {
    ...inFiles,
    name: 'nobody is kept as the holder of what breaks a rule',
    find: '(coveringLocks(state, path)[0]?.agent ?? null)',
    replace: 'null',
  },
  {
    ...inFiles,
    name: 'who holds the whole scope is not seen to hold a file of it',
    find: '(coveringLocks(state, path)[0]?.agent ?? null)',
    replace: '(state.locks.get(path)?.agent ?? null)',
  },
];
