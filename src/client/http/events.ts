import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Entry, Revision } from '../../core/index.ts';
import { CoordinatorError, type FailureProblem } from '../../protocol/index.ts';
import { onAbort } from '../../time/index.ts';
import type { Endurance } from '../persist.ts';
import { failureOf, readAnswer } from './answers.ts';

export interface EventSource {
  readonly server: string;
  readonly open: (fromRevision: number) => Promise<Response>;
}

/**
 * Entries from a revision on, each once and in order, over any number of streams: after a loss it asks again from where it
 * is, drops what it has seen, and does not accept a gap. Ends when the signal aborts.
 */
export async function* watchEvents(
  { server, open }: EventSource,
  fromRevision: Revision,
  over: AbortSignal,
  endurance: Endurance,
): AsyncGenerator<Entry, void, undefined> {
  let next: number = Math.max(1, fromRevision);
  while (!over.aborted) {
    try {
      for await (const entry of entriesOf(server, await open(next), over)) {
        if (entry.revision < next) continue;
        if (entry.revision > next) throw gap(entry.revision, next);
        next = entry.revision + 1;
        endurance.progressed();
        yield entry;
      }
      endurance.alive();
      throw ended();
    } catch (error) {
      if (over.aborted) return;
      await endurance.failed(asLost(error), over).catch((failure: unknown) => {
        if (!over.aborted) throw failure;
      });
    }
  }
}

async function* entriesOf(
  server: string,
  response: Response,
  over: AbortSignal,
): AsyncGenerator<Entry, void, undefined> {
  if (!response.ok || response.body === null || isDocument(response)) {
    await readAnswer(response, server, () => false);
    throw ended();
  }
  const text = response.body.pipeThrough(
    new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>,
  );
  const reader = text.pipeThrough(new EventSourceParserStream()).getReader();
  // Node 20 forgets to abort the body of an answer whose signal the garbage collector has met.
  const stopListening = onAbort(over)(() => void reader.cancel().catch(() => undefined));
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || over.aborted) return;
      if (value.event === 'problem') throw failureOf(JSON.parse(value.data) as FailureProblem);
      if (value.event === 'entry') yield JSON.parse(value.data) as Entry;
    }
  } finally {
    stopListening();
    await reader.cancel().catch(() => undefined);
  }
}

/** What has an end is no stream of events. */
const isDocument = ({ headers }: Response): boolean =>
  /^(application\/(problem\+)?json|text\/html)\b/.test(headers.get('content-type') ?? '');

/** What breaks in the midst of a stream is a loss, whatever it is called. */
function asLost(error: unknown): CoordinatorError {
  if (error instanceof CoordinatorError) return error;
  return new CoordinatorError('UNAVAILABLE', `the stream of events broke: ${String(error)}`, {
    retryable: true,
    cause: error,
  });
}

const ended = (): CoordinatorError =>
  new CoordinatorError('UNAVAILABLE', 'the server ended the stream of events', { retryable: true });

const gap = (revision: number, due: number): CoordinatorError =>
  new CoordinatorError('UNAVAILABLE', `the server sent revision ${revision} where ${due} was due`, {
    retryable: true,
  });
