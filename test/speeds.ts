/**
 * Test files that are not in `npm test`: models that are explored whole, campaigns of the simulation, real processes by the
 * hundred. The longest first: so they are run, since one that began last would keep only one processor busy in the end.
 */
export const slowTests: readonly string[] = [
  'test/spec/largest.test.ts',
  'test/spec/conformance.test.ts',
  'sim/faults.test.ts',
];
