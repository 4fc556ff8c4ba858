/** The view of a whole terminal: agents, what they hold and wait for, kept up to date. */
export { entering, leaving } from './paint.ts';
export type { Screen, ScreenEvents } from './ports.ts';
export { runTop } from './run.ts';
