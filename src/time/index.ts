/** Clocks, timers and pauses, each with a twin that a test moves by hand. */
export { ManualClock, SystemClock, type Clock } from './clock.ts';
export { onAbort, sleep, systemTimers, wakeAtFirst, type Cancel, type Timers } from './timers.ts';
export { every } from './repeating.ts';
export { LazyTimers } from './lazy-timers.ts';
export { ManualTime, systemTime, type Time } from './time.ts';
export { jitteredBackoff, systemChance, type BackoffMs, type Chance } from './backoff.ts';
