export { startTracing, type StartedTracing } from './start.ts';
