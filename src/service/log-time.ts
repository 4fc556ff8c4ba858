/**
 * The log's time: this host's monotonic clock plus an offset that the log remembers. It never runs backwards, and no
 * host compares its wall clock with another's.
 *
 * The offset holds as long as the boot is the same, whichever process owns the log and whatever its host is called: the
 * containers of one machine have names of their own and share its clock. On another clock, or
 * when the wall has run ahead of it (the machine slept, or its clock was set), the owner binds the log to its clock anew
 * by `TakeOver`, which re-arms every lease in full: a ttl is a lower bound. A wall that is behind changes nothing.
 */
import {
  asTimeMs,
  nextDeadline,
  type ClockAnchor,
  type CommandOf,
  type State,
  type TimeMs,
} from '../core/index.ts';
import type { Clock } from '../time/index.ts';
import type { HostIdentity } from './host.ts';

/** How far the wall may be ahead of the log before it counts as a jump, in milliseconds. */
const wallAheadMaxMs = 5_000;

/** The time for the next commands, and whether the log must first be bound to this clock. */
export interface LogTime {
  readonly nowMs: TimeMs;
  /** The same moment on this host's monotonic clock. */
  readonly monotonicMs: number;
  readonly takeOver: { readonly cause: TakeOverCause; readonly clock: ClockAnchor } | null;
  /** Whether the log is bound to a clock that this process does not read; deadlines in it tell nothing here. */
  readonly isForeign: boolean;
}

type TakeOverCause = CommandOf<'TakeOver'>['cause'];

export function readLogTime(state: State, clock: Clock, host: HostIdentity): LogTime {
  const monotonicMs = Math.floor(clock.monotonicMs());
  const wallMs = Math.floor(clock.wallMs());
  const cause = takeOverCause(state, host, monotonicMs, wallMs);
  if (cause === null)
    return {
      nowMs: notBefore(state, monotonicMs + offsetOf(state)),
      monotonicMs,
      takeOver: null,
      isForeign: false,
    };
  const nowMs = notBefore(state, wallMs);
  const anchor = { host: host.hostId, boot: host.bootId, offsetMs: nowMs - monotonicMs };
  return {
    nowMs,
    monotonicMs,
    takeOver: { cause, clock: anchor },
    isForeign: cause === 'otherHost' || cause === 'otherBoot',
  };
}

function takeOverCause(
  state: State,
  host: HostIdentity,
  monotonicMs: number,
  wallMs: number,
): TakeOverCause | null {
  if (state.clock === null) return 'first';
  if (state.clock.boot !== host.bootId) return state.clock.host === host.hostId ? 'otherBoot' : 'otherHost';
  return wallMs - (monotonicMs + state.clock.offsetMs) > wallAheadMaxMs ? 'clockJump' : null;
}

function offsetOf(state: State): number {
  return state.clock?.offsetMs ?? 0;
}

function notBefore(state: State, ms: number): TimeMs {
  return asTimeMs(Math.max(ms, state.timeMs));
}

/** How much later than due an owner may do what is due, before another takes it for dead, in milliseconds. */
const lateMaxMs = 5_000;

/**
 * How long an owner with another clock is given to show, by an entry of its own, that it still acts: until what is due
 * next is due by the log's own time, which this process cannot read, and a little more. In milliseconds.
 */
export function patienceWithOtherMs(state: State): number {
  const deadlineMs = nextDeadline(state);
  return deadlineMs === null ? lateMaxMs : deadlineMs - state.timeMs + lateMaxMs;
}
