/** Every kind of simulated run. */
export { simulateReaders } from './readers.ts';
export { defaultSteps, simulate } from './simulate.ts';
