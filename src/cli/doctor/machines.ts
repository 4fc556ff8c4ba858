import type { ClockAnchor, Entry, TimeMs } from '../../core/index.ts';

/** A moment at which the log was bound to a clock. */
export interface Anchor extends ClockAnchor {
  readonly atMs: TimeMs;
}

/** What the log tells of the machines that use it, where it is not one alone. */
export interface Machines {
  /** By name, the one that came last first; of one name where their clocks differ and their names do not. */
  readonly hosts: readonly string[];
  /** Whether one came back after another. Else the log went over once, and may have been moved. */
  readonly byTurns: boolean;
  /** When it changed hands last. */
  readonly atMs: TimeMs;
}

/** In the order of the entries. */
export function anchorsIn(entries: readonly Entry[]): Anchor[] {
  return entries.flatMap(({ atMs, events }) =>
    events.flatMap((event) => (event.kind === 'clock.anchored' ? [{ atMs, ...event.clock }] : [])),
  );
}

/** What is forgotten about a log that one machine alone uses again. */
const weekMs = 7 * 24 * 60 * 60_000;
/** Between the two who use one log by turns it changes hands within minutes; who moves it may take longer. */
const soonMs = 60 * 60_000;
/** Clocks of two machines may differ by that much. */
const clocksDifferMs = 60_000;

/** Null where it is one machine, as far as the last week tells. `anchors`: newest first. */
export function machinesIn(anchors: readonly Anchor[], nowMs: number): Machines | null {
  const recent = anchors.filter(({ atMs }) => atMs > nowMs - weekMs);
  const turns = recent.filter(({ boot }, index) => recent[index + 1]?.boot !== boot);
  const [newest, before] = turns;
  if (newest === undefined || before === undefined) return null;
  // A boot that has ended does not come back.
  const byTurns = new Set(turns.map(({ boot }) => boot)).size < turns.length;
  if (!byTurns && !turns.some((turn, index) => ranAtOnce(turn, turns[index + 1]))) return null;
  return { hosts: [...new Set(turns.map(nameOf))], byTurns, atMs: newest.atMs };
}

/** Whether the machine of a boot ran already when another bound the log to its clock, soon before. */
function ranAtOnce(turn: Anchor, before: Anchor | undefined): boolean {
  if (before === undefined || turn.atMs - before.atMs > soonMs) return false;
  if (turn.host === before.host && !isTold(turn.boot)) return false;
  const bootedAtMs = turn.offsetMs;
  return bootedAtMs + clocksDifferMs < before.atMs;
}

/** Where the system does not tell its boot, each process has one of its own. */
const isTold = (boot: string): boolean => !boot.startsWith('unknown/');

/** `host/machine-id`: the second half tells people nothing. */
const nameOf = ({ host }: Anchor): string => host.split('/')[0] ?? host;
