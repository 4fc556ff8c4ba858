/** Seeds whose runs show a bug when it is put back, and which. They run in every test. */
export const tellingSeeds: readonly { readonly seed: number; readonly showed: string }[] = [
  {
    seed: 141,
    showed: 'two owners on two machines took the log over at every deadline, and no lease ever ended',
  },
  { seed: 4, showed: 'a ticket that could be granted waited on after the oldest one ended' },
  { seed: 14, showed: 'the same, after the oldest one ran out of time' },
];
