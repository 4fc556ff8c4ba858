import type { CommandRequest, TicketRequest } from './coordinator.ts';
import type { CoordinatorError } from './errors.ts';
import type { Query } from './queries.ts';
import type { ClientMessage } from './wire.ts';

export type ParsedMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  /** `id`: the call that is malformed, or null when that cannot be told. */
  | { readonly ok: false; readonly id: number | null; readonly error: CoordinatorError };

export interface RequestParsers {
  /** Reads one line of a client. */
  parseMessage(line: string): ParsedMessage;
  /** For faces that get commands otherwise. Throws {@link CoordinatorError} `INVALID_INPUT`. */
  parseCommandRequest(value: unknown): CommandRequest;
  /** Throws {@link CoordinatorError} `INVALID_INPUT`. */
  parseQuery(value: unknown): Query;
  /** Throws {@link CoordinatorError} `INVALID_INPUT`. */
  parseTicketRequest(value: unknown): TicketRequest;
}
