import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { asRevision, type Entry, type Revision } from '../core/index.ts';
import { type CoordinatorError, invalidInput } from '../protocol/index.ts';
import type { Cancel } from '../time/index.ts';
import { unauthenticated } from './admission.ts';
import { numberIn } from './bodies.ts';
import type { OpenStreams } from './open-streams.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';
import { failureProblem } from './problems.ts';
import { asFailure } from './failures.ts';

/** GET /events?from=REVISION: every entry from there on, in order, for as long as somebody reads. */
export class EventStreams {
  readonly #ports: HttpPorts;
  readonly #open: OpenStreams;
  readonly #leaving = new AbortController();
  /** Each entry is written once for all who read. */
  readonly #texts = new WeakMap<Entry, string>();

  constructor(ports: HttpPorts, open: OpenStreams) {
    this.#ports = ports;
    this.#open = open;
  }

  /** Ends them all: their readers ask whoever serves next, from where they are. */
  end(): void {
    this.#leaving.abort();
  }

  serve(c: Context<HttpEnv>): Response {
    const from = startOf(c);
    const { name } = c.get('principal');
    const give = this.#open.take(name);
    return streamSSE(c, async (stream) => {
      const reader = new AbortController();
      stream.onAbort(() => reader.abort());
      const over = AbortSignal.any([reader.signal, this.#leaving.signal, c.req.raw.signal]);
      try {
        await this.#send(stream, from, {
          signal: over,
          drop: (revision) => this.#drop(c, reader, revision),
          isLetIn: c.get('isLetIn'),
        });
      } finally {
        give();
      }
    });
  }

  async #send(stream: SSEStreamingApi, from: Revision, reader: Reader): Promise<void> {
    const { limits, time } = this.#ports;
    const { beatMs } = limits;
    const banished = new AbortController();
    const over = AbortSignal.any([reader.signal, banished.signal]);
    const beat = beating(() => void stream.write(here).catch(() => undefined), beatMs, time);
    const stopLooking = repeating(() => !reader.isLetIn() && banished.abort(), beatMs, time);
    const trouble = await this.#copy(stream, from, { ...reader, signal: over }, beat.postpone).then(
      () => null,
      asFailure,
    );
    beat.stop();
    stopLooking();
    if (banished.signal.aborted) await this.#tell(stream, unauthenticated('revoked'));
    else if (trouble !== null && !over.aborted) await this.#tell(stream, trouble);
  }

  /** Until it is over, or a failure. */
  async #copy(
    stream: SSEStreamingApi,
    from: Revision,
    { signal, drop }: Reader,
    onWritten: () => void,
  ): Promise<void> {
    const { coordinator, limits, time } = this.#ports;
    // The reader knows by it that it is heard, before anything happens.
    await stream.write(here);
    for await (const entry of coordinator.watch(from, signal)) {
      const tooSlow = time.schedule(limits.slowReaderMs, () => drop(entry.revision));
      await stream.write(this.#textOf(entry));
      tooSlow();
      onWritten();
    }
  }

  /** Why a stream ends: the reader may go on from there, or must begin anew. */
  async #tell(stream: SSEStreamingApi, error: CoordinatorError): Promise<void> {
    await stream.writeSSE({ event: 'problem', data: JSON.stringify(failureProblem(error)) });
  }

  #textOf(entry: Entry): string {
    const known = this.#texts.get(entry);
    if (known !== undefined) return known;
    const text = `id: ${entry.revision}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`;
    this.#texts.set(entry, text);
    return text;
  }

  /** What it left lying is in the way of a farewell, too: the server's log has the reason. */
  #drop(c: Context<HttpEnv>, reader: AbortController, revision: Revision): void {
    reader.abort();
    c.env.outgoing?.destroy();
    this.#ports.onCutOff({
      requestId: c.get('requestId'),
      principal: c.get('principal').name,
      stuckMs: this.#ports.limits.slowReaderMs,
      sent: revision,
    });
  }
}

interface Reader {
  /** Aborted once nobody reads any more, or the server leaves. */
  readonly signal: AbortSignal;
  /** Hangs up on it, to whom an entry could not be sent. */
  readonly drop: (revision: Revision) => void;
  /** Whether its token lets it in still. */
  readonly isLetIn: () => boolean;
}

const here = ': here\n\n';

/** After the last one that was seen, else `from`, else from the first on. */
function startOf(c: Context<HttpEnv>): Revision {
  const seen = c.req.header('last-event-id');
  if (seen === undefined || seen === '')
    return asRevision(Math.max(1, numberIn(c, 'from', 1, Number.MAX_SAFE_INTEGER)));
  if (!/^\d{1,15}$/.test(seen)) throw invalidInput('Last-Event-ID', 'a revision expected');
  return asRevision(Number(seen) + 1);
}

interface Beat {
  readonly postpone: () => void;
  readonly stop: Cancel;
}

/** A sign of life whenever nothing was said for a while. */
function beating(say: () => void, everyMs: number, time: HttpPorts['time']): Beat {
  let heardAtMs = time.monotonicMs();
  let stop: Cancel = () => undefined;
  const look = (): void => {
    const silentMs = time.monotonicMs() - heardAtMs;
    if (silentMs >= everyMs) {
      say();
      heardAtMs = time.monotonicMs();
    }
    stop = time.schedule(Math.max(1, everyMs - (time.monotonicMs() - heardAtMs)), look);
  };
  stop = time.schedule(everyMs, look);
  return { postpone: () => (heardAtMs = time.monotonicMs()), stop: () => stop() };
}

function repeating(act: () => unknown, everyMs: number, time: HttpPorts['time']): Cancel {
  let stop: Cancel = () => undefined;
  const next = (): void => {
    stop = time.schedule(everyMs, () => {
      next();
      act();
    });
  };
  next();
  return () => stop();
}
