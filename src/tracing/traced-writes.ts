import { context, trace, type Context } from '@opentelemetry/api';
import type { EntryPrincipal } from '../core/index.ts';
import type { Commit, Observer } from '../observe/index.ts';
import type { CommandRequest, Coordinator, Reply } from '../protocol/index.ts';
import { openTelemetry } from './tracing.ts';

/** The port in the process where commands are decided. */
interface ServedPort extends Pick<Coordinator, 'awaitTicket' | 'query' | 'watch' | 'refresh'> {
  submit(request: CommandRequest, from?: EntryPrincipal): Promise<Reply>;
}

/** Commands and questions from when they come until they are answered, and in each command the append that made it last. */
export class TracedWrites implements Observer {
  readonly #waiting = new Map<string, Context>();

  /** The same port, each command and question of which is followed in a span of its own. */
  within(coordinator: ServedPort): ServedPort {
    return {
      submit: (request, from) => this.#submit(coordinator, request, from),
      awaitTicket: (ticket, signal) => coordinator.awaitTicket(ticket, signal),
      query: (query) => {
        const wish = { name: `query ${query.kind}`, kind: 'internal', attributes: {}, from: null } as const;
        return openTelemetry.span(wish, () => coordinator.query(query));
      },
      watch: (from, signal) => coordinator.watch(from, signal),
      refresh: (options) => coordinator.refresh(options),
    };
  }

  #submit(to: ServedPort, request: CommandRequest, from: EntryPrincipal | undefined): Promise<Reply> {
    const { command, requestId } = request;
    const wish = {
      name: `submit ${command.kind}`,
      kind: 'internal',
      attributes: { 'rhema.command': command.kind },
      from: null,
      ended: endOf,
    } as const;
    return openTelemetry.span(wish, async () => {
      this.#waiting.set(requestId, context.active());
      try {
        return await to.submit(request, from);
      } finally {
        this.#waiting.delete(requestId);
      }
    });
  }

  committed({ entries, requests, tookMs }: Commit): void {
    const endMs = Date.now();
    for (const requestId of requests) {
      const parent = this.#waiting.get(requestId);
      if (parent === undefined) continue;
      const options = { startTime: endMs - tookMs, attributes: { 'rhema.batch.entries': entries } };
      trace.getTracer('rhema').startSpan('append', options, parent).end(endMs);
    }
  }

  trouble(): void {}
  began(): void {}
  entered(): void {}
  answered(): void {}
  told(): void {}
}

function endOf(reply: Reply): { attributes: Record<string, string | number>; isError: boolean } {
  const revision = { 'rhema.revision': reply.revision };
  if (reply.ok) return { attributes: { ...revision, 'rhema.outcome': 'done' }, isError: false };
  // A lock that is held is no error of the program.
  return {
    attributes: { ...revision, 'rhema.outcome': 'refused', 'rhema.code': reply.rejection.code },
    isError: false,
  };
}
