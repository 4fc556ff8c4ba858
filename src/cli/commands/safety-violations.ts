/** Violations as the log has them: which are open, which are over, and which come. */
import type { Entry, Event, EventOf, OpenViolation, Revision, ViolationName } from '../../core/index.ts';
import type { HistoryAnswer } from '../../protocol/index.ts';
import { done, ended, type Outcome } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { eventText } from '../format/events.ts';
import { clockTime } from '../format/time.ts';
import { openViolationText, pastViolationText, type PastViolation } from '../format/violations.ts';
import { problemsText, violationsText } from '../format/views.ts';
import { untilSignal } from '../process/signals.ts';
import { numberOption } from './number-option.ts';

export interface ViolationsInput {
  readonly past?: boolean;
  readonly limit: string;
}

/** A list, not a verdict: what is open; with `--past` also what is over, the newest last. */
export async function violations(call: Call, input: ViolationsInput): Promise<Outcome> {
  const limit = numberOption('--limit', input.limit, 1, 10_000);
  const coordinator = await call.coordinator();
  const { revision, open } = await coordinator.query({ kind: 'openViolations' });
  const status = await coordinator.query({ kind: 'status', at: null });
  const past = input.past === true ? await pastViolations(call, limit) : null;
  const { violations: broken, scopeProblems } = status;
  const data = { open, violations: broken, scopeProblems, ...(past === null ? {} : { past }) };
  return done(revision, data, (style) => {
    const parts = [
      ...(past ?? []).map((one) => pastViolationText(style, one, call.nowMs)),
      ...open.map((one) => openViolationText(style, one, call.nowMs)),
      violationsText(style, broken),
      problemsText(style, scopeProblems),
    ].filter((part) => part !== '');
    return parts.length === 0 ? 'none' : parts.join('\n');
  });
}

const pageSize = 500;

/** The last ones that ended, the newest last. */
async function pastViolations(call: Call, limit: number): Promise<PastViolation[]> {
  const coordinator = await call.coordinator();
  const ends: { readonly entry: Entry; readonly event: EventOf<'violation.ended'> }[] = [];
  const begun: { readonly entry: Entry; readonly event: EventOf<'violation.began'> }[] = [];
  let before: Revision | null = null;
  do {
    const filter = { events: ['violation'] };
    const page: HistoryAnswer = await coordinator.query({ kind: 'history', filter, limit: pageSize, before });
    for (const entry of page.entries)
      for (const event of entry.events) {
        if (event.kind === 'violation.ended' && ends.length < limit) ends.push({ entry, event });
        if (event.kind === 'violation.began') begun.push({ entry, event });
      }
    before = page.nextBefore;
  } while (before !== null && begun.length < 2 * limit);
  return ends.toReversed().map(({ entry, event }) => {
    const { kind: _kind, ...facts } = event;
    const began = begun.find((one) => one.entry.revision < entry.revision && isSame(one.event, event));
    const known = began === undefined ? {} : { evidence: began.event.evidence, remedy: began.event.remedy };
    return { ...facts, ...known, sinceMs: began?.entry.atMs ?? null, endedAtMs: entry.atMs };
  });
}

const isSame = (a: ViolationName, b: ViolationName): boolean =>
  a.type === b.type && a.rule === b.rule && a.subject === b.subject;

/** Tells what is open, and then what begins and ends, until it is stopped; as JSON one line for each. */
export async function watchViolations(call: Call): Promise<Outcome> {
  return ended(await untilSignal(call.ports, (signal) => follow(call, signal)));
}

async function follow(call: Call, signal: AbortSignal): Promise<void> {
  const coordinator = await call.coordinator();
  const { revision, open } = await coordinator.query({ kind: 'openViolations' });
  for (const violation of open) tell(call, begunOf(violation), violation.revision, violation.sinceMs);
  for await (const entry of coordinator.watch((revision + 1) as Revision, signal))
    for (const event of entry.events)
      if (event.kind.startsWith('violation.')) tell(call, event, entry.revision, entry.atMs);
}

function begunOf({ sinceMs: _since, revision: _revision, ...facts }: OpenViolation): Event {
  return { kind: 'violation.began', ...facts };
}

function tell(call: Call, event: Event, revision: Revision, atMs: number): void {
  if (call.json) call.printJson({ revision, atMs, ...event });
  else call.print(`${clockTime(atMs, call.nowMs)} ${eventText(event)}`);
}
