import type { Entry, Revision } from '../core/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import type { Connection } from './connection.ts';
import type { Endurance } from './persist.ts';
import { EntryStream } from './stream.ts';

/**
 * Entries from a revision on, each once and in order, over any number of connections: after a loss it asks again from
 * where it is, drops what it has seen, and does not accept a gap. Ends when the signal aborts.
 */
export async function* watchEntries(
  connected: () => Promise<Connection>,
  fromRevision: Revision,
  signal: AbortSignal,
  endurance: Endurance,
): AsyncGenerator<Entry, void, undefined> {
  const left = new AbortController();
  const over = AbortSignal.any([signal, left.signal]);
  let next: number = Math.max(1, fromRevision);
  let stream: EntryStream | null = null;
  try {
    while (!over.aborted) {
      try {
        stream ??= openStream(await connected(), next, over, endurance);
        const entry: Entry | null = await nextInOrder(stream, next);
        if (entry === null) stream = null;
        else {
          next = entry.revision + 1;
          endurance.progressed();
          yield entry;
        }
      } catch (error) {
        stream = null;
        await pause(endurance, error, over);
      }
    }
  } finally {
    left.abort();
  }
}

function openStream(
  connection: Connection,
  fromRevision: number,
  signal: AbortSignal,
  endurance: Endurance,
): EntryStream {
  const slow = new AbortController();
  const stream = new EntryStream(() => slow.abort());
  const options = {
    timeoutMs: null,
    signal: AbortSignal.any([signal, slow.signal]),
    onItem: (entry: Entry) => stream.push(entry),
  };
  connection
    .call('watch', { fromRevision: fromRevision as Revision }, options)
    .then(() => stream.fail(endedByOwner()))
    .catch((error: unknown) => {
      // However long it was quiet before: until now there was a connection.
      if (!connection.isOpen) endurance.alive(connection.aliveAtMs);
      stream.fail(error instanceof Error ? error : new Error(String(error)));
    });
  return stream;
}

/** The entry at `next`; what was seen before is dropped. Null at the end of the stream. Throws on a gap, to ask again. */
async function nextInOrder(stream: EntryStream, next: number): Promise<Entry | null> {
  let entry = await stream.next();
  while (entry !== null && entry.revision < next) entry = await stream.next();
  if (entry === null || entry.revision === next) return entry;
  throw new CoordinatorError(
    'UNAVAILABLE',
    `the coordinator process sent revision ${entry.revision} where ${next} was due`,
    { retryable: true },
  );
}

function endedByOwner(): CoordinatorError {
  return new CoordinatorError('UNAVAILABLE', 'the coordinator process ended the stream', { retryable: true });
}

/** Waits before the next try. Throws the failure if there is to be none, and nothing when the watch is over anyway. */
async function pause(endurance: Endurance, error: unknown, over: AbortSignal): Promise<void> {
  if (over.aborted) return;
  try {
    await endurance.failed(error, over);
  } catch (failure) {
    if (!over.aborted) throw failure;
  }
}
