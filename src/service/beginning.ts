/** Where a log began anew, and who is told so: whoever looks at it, and whoever took part in what was there before. */
import { asRevision, withFacts, type Revision, type TimeMs } from '../core/index.ts';
import type { CallerCommand, Reply, ScopeProblem } from '../protocol/index.ts';
import type { LogStore } from '../store/index.ts';

export interface Beginning {
  /** Every number up to this one was given out, or given up, before. */
  readonly after: Revision;
  /** Of the first entry. */
  readonly atMs: TimeMs;
  /** Where what was found there is kept; null when that is not known. */
  readonly former: string | null;
}

/** Null when the log has not begun anew, or was compacted since. */
export async function beginningOf(store: LogStore): Promise<Beginning | null> {
  const { first } = await store.bounds();
  if (first === 1) return null;
  const after = asRevision(first - 1);
  // One that is damaged tells nothing; the log goes on from a later one then.
  const base = await store.loadSnapshot(after).catch(() => null);
  // The state from before all time: no other snapshot is of that.
  if (base?.revision !== after || base.atMs !== 0) return null;
  const page = await store.read(first, 1);
  const entry = page.kind === 'entries' ? page.entries[0] : undefined;
  return entry === undefined ? null : { after, atMs: entry.atMs, former: await store.formerLog() };
}

export function beginningText({ after, former }: Beginning): string {
  const kept = former === null ? '' : `; the log of before is kept in ${former} (rhema verify-log reads it)`;
  return `the log began anew after revision ${after}, since it had been put back from a backup, or lost: the numbers jump on purpose, so that none is given twice; whoever took part before joins again, and nothing of before is held${kept}`;
}

/** How long whoever asks how things stand is told, in milliseconds. */
const toldForMs = 24 * 60 * 60_000;

/** Among the problems that are shown with the status. */
export function beginningProblems(beginning: Beginning | null, nowMs: TimeMs): readonly ScopeProblem[] {
  if (beginning === null || nowMs - beginning.atMs > toldForMs) return [];
  const message = beginningText(beginning);
  return [{ code: 'LOG_BEGUN_ANEW', severity: 'warning', file: null, line: null, column: null, message }];
}

/** A refusal of what rests on the former log says so. */
export function withBeginning(reply: Reply, command: CallerCommand, beginning: Beginning | null): Reply {
  if (reply.ok || beginning === null || !isFromBefore(command, beginning)) return reply;
  const { rejection } = reply;
  const begunAnew = beginningText(beginning);
  const message = `${rejection.message} (${begunAnew})`;
  // Also by itself, for whoever tells a refusal in words of their own.
  const told = withFacts(Object.assign({}, rejection, { message }), { begunAnew });
  return Object.assign({}, reply, { rejection: told });
}

function isFromBefore(command: CallerCommand, { after }: Beginning): boolean {
  const numbers = ['epoch' in command ? command.epoch : null, 'token' in command ? command.token : null];
  return numbers.some((number) => number !== null && number !== undefined && number <= after);
}
