/** What the process answers to the shell. The one table behind `rhema help exit-codes` and docs/cli.md. */
export const exitCodes = {
  done: 0,
  failure: 1,
  invalid: 2,
  refused: 3,
  waitedInVain: 4,
  commandNotRun: 126,
  commandNotFound: 127,
} as const;

export type ExitCode = number;

/** A process that ends by a signal answers 128 plus the signal's number, as shells do. */
export function exitCodeOfSignal(signalNumber: number): ExitCode {
  return 128 + signalNumber;
}

interface ExitCodeRow {
  readonly code: string;
  readonly meaning: string;
}

export const exitCodeTable: readonly ExitCodeRow[] = [
  { code: String(exitCodes.done), meaning: 'done; also when coordination is disabled by configuration' },
  {
    code: String(exitCodes.failure),
    meaning:
      'failure: no repository, no coordinator, a broken store, a finding of `doctor`, a lease lost by `run`',
  },
  {
    code: String(exitCodes.invalid),
    meaning: 'usage or invalid input: nothing was changed; or nobody there to confirm: nothing was written',
  },
  {
    code: String(exitCodes.refused),
    meaning:
      'refused by the coordination rules, or found in breach of them (`safety`, `verify-log`, `scope refresh --check`), or of those of context files (`context check`), or working trees that will clash (`radar`); nothing was changed',
  },
  { code: String(exitCodes.waitedInVain), meaning: 'waited in vain: the wait ended without the lock' },
  {
    code: `${exitCodes.commandNotRun}, ${exitCodes.commandNotFound}`,
    meaning: '`rhema run` could not start its command, or found none of that name',
  },
  {
    code: '128+n',
    meaning: 'ended by signal n (130: Ctrl-C), also what goes on until then, such as `log --follow`',
  },
  {
    code: 'other',
    meaning: '`rhema run` passes on the code of its command; 1 to 4 may then be the code of that',
  },
];
