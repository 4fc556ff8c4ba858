import type { Coordinator, RequestParsers } from '../protocol/index.ts';

/** A coordinator in the caller's own process, with the same door as the owner's: what is malformed does not get in. */
export function withChecks(
  coordinator: Omit<Coordinator, 'close'>,
  parsers: RequestParsers,
  close: () => Promise<void>,
): Coordinator {
  return {
    submit: async (request) => coordinator.submit(parsers.parseCommandRequest(request)),
    awaitTicket: (ticket, signal) => coordinator.awaitTicket(ticket, signal),
    query: async (query) => {
      parsers.parseQuery(query);
      return coordinator.query(query);
    },
    watch: (fromRevision, signal) => coordinator.watch(fromRevision, signal),
    refresh: (how) => coordinator.refresh(how),
    close,
  };
}
