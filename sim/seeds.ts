/** Seeds whose runs once showed a bug, and which. They run in every test. */
export const tellingSeeds: readonly { readonly seed: number; readonly showed: string }[] = [
  {
    seed: 202,
    showed: 'two owners on two machines took the log over at every deadline: no lease ever ended',
  },
  { seed: 389, showed: 'the same, with tickets waiting' },
  { seed: 6, showed: 'a ticket that could be granted waited on after the oldest one was cancelled' },
  { seed: 60, showed: 'a ticket that could be granted waited on after the oldest one ran out of time' },
];
