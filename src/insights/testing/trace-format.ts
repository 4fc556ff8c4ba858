/** What the trace event format asks of a file, and Perfetto of its slices. */
import type { SliceEvent, TraceEvent } from '../trace-event.ts';

/** Each problem in a sentence; none in a sound file. */
export function problemsOf(events: readonly TraceEvent[]): string[] {
  const named = new Set(events.flatMap((event) => (event.name === 'thread_name' ? [event.tid] : [])));
  const slices = events.filter((event) => event.ph === 'X');
  return [
    ...events.flatMap((event) => problemOf(event, named)),
    ...[...byThread(slices).values()].flatMap(overlapsIn),
    ...unboundFlows(events, slices),
  ];
}

function problemOf(event: TraceEvent, named: ReadonlySet<number>): string[] {
  const told = JSON.stringify(event);
  if (event.ph === 'M') return event.pid > 0 ? [] : [`no process: ${told}`];
  const problems = named.has(event.tid) ? [] : [`a thread without a name: ${told}`];
  if (!Number.isSafeInteger(event.ts) || event.ts < 0) problems.push(`no time: ${told}`);
  if (event.ph === 'X' && !(event.dur > 0)) problems.push(`ends before it begins: ${told}`);
  if (event.cat === '' || event.name === '') problems.push(`no name: ${told}`);
  return problems;
}

function byThread(slices: readonly SliceEvent[]): Map<number, SliceEvent[]> {
  const threads = new Map<number, SliceEvent[]>();
  for (const slice of slices) threads.set(slice.tid, [...(threads.get(slice.tid) ?? []), slice]);
  return threads;
}

const endOf = ({ ts, dur }: SliceEvent): number => ts + dur;

/** Slices of one thread nest, or are apart. */
function overlapsIn(slices: readonly SliceEvent[]): string[] {
  return slices.flatMap((one, place) =>
    slices.slice(place + 1).flatMap((other) => {
      const [first, second] = one.ts <= other.ts ? [one, other] : [other, one];
      const apart = endOf(first) <= second.ts;
      const nested = endOf(second) <= endOf(first);
      return apart || nested ? [] : [`overlap: ${JSON.stringify(one)} and ${JSON.stringify(other)}`];
    }),
  );
}

/** Each arrow has both ends, in this order, and each end is within a slice. */
function unboundFlows(events: readonly TraceEvent[], slices: readonly SliceEvent[]): string[] {
  const flows = events.filter((event) => event.ph === 's' || event.ph === 'f');
  return flows.flatMap((flow) => {
    const isBound = slices.some(
      (slice) => slice.tid === flow.tid && slice.ts <= flow.ts && flow.ts < endOf(slice),
    );
    const other = flows.filter(({ id, ph }) => id === flow.id && ph !== flow.ph);
    const inOrder = flow.ph === 's' ? other.every(({ ts }) => ts > flow.ts) : true;
    return isBound && other.length === 1 && inOrder ? [] : [`an arrow to nowhere: ${JSON.stringify(flow)}`];
  });
}
