import type { Entry, Revision } from '../core/index.ts';
import type {
  CommandRequest,
  RefreshOptions,
  RefreshReport,
  Reply,
  TicketReply,
  TicketRequest,
} from './coordinator.ts';
import { CoordinatorError, type FailureJson } from './errors.ts';
import type { Answers, Query, QueryKind } from './queries.ts';

/**
 * The conversation between a client and the owner of a repository's log: one JSON value per line, UTF-8, many calls at
 * once on one connection.
 *
 * ```
 * owner  {"op":"hello","protocol":4,"version":"0.1.0","pid":4711}      each side says hello first
 * client {"op":"hello","protocol":4,"version":"0.1.0","pid":4712}
 * client {"id":1,"op":"submit","request":{...}}                        a call has a number of the client's choice
 * client {"id":2,"op":"watch","fromRevision":17}
 * owner  {"id":1,"ok":{...}}                                           one answer per call, in any order
 * owner  {"id":2,"item":{...}}                                         a stream: items, then its answer
 * client {"op":"cancel","id":2}                                        no answer: the client has forgotten the call
 * owner  {"id":3,"error":{"code":...}}                                 the call failed
 * owner  {"id":0,"error":{"code":...}}                                 the connection failed, and ends
 * ```
 *
 * `hello` and `stop` keep their shape for ever, so that any two versions can at least part in peace.
 */

/**
 * Raised whenever one side would refuse or misread a message of the other. What came with each:
 *
 *     2  `atMs` in replies, `happened` in why, reports of agents, who keeps a scope in the queue
 *     3  the query `mayWrite`
 *     4  files and resources, the query `scopesOf`, the process of a session, messages, notices, what was changed under
 *        a lock
 *     5  the query `impact`
 */
export const protocolNumber = 5;
/** Longest line an owner accepts, in bytes. */
export const requestLineBytesMax = 1_048_576;
/** Longest line a client accepts, in bytes: the status of a very large repository. */
export const replyLineBytesMax = 67_108_864;
/** Answers under this number concern the connection as a whole. */
export const connectionCallId = 0;

export interface Hello {
  readonly op: 'hello';
  readonly protocol: number;
  /** Of the package. */
  readonly version: string;
  readonly pid: number;
  /** Of an owner: the number of the folder that its log is in, by which a copy of the repository is told apart. */
  readonly folder?: string;
}

/** What can be called, and what each call answers. */
export interface Operations {
  submit: { readonly call: { readonly request: CommandRequest }; readonly answer: Reply };
  awaitTicket: { readonly call: { readonly ticket: TicketRequest }; readonly answer: TicketReply };
  query: { readonly call: { readonly query: Query }; readonly answer: Answers[QueryKind] };
  /** Streams entries; answers when the owner ends the stream. */
  watch: { readonly call: { readonly fromRevision: Revision }; readonly answer: null };
  refresh: { readonly call: RefreshOptions; readonly answer: RefreshReport };
  /** Asks the owner to leave: at any rate, or only if nothing is held, waited for, synced or under way. */
  stop: { readonly call: { readonly when: 'now' | 'idle' }; readonly answer: StopAnswer };
}
export type Operation = keyof Operations;

export interface StopAnswer {
  /** False: it is busy and stays. */
  readonly stopping: boolean;
}

/** `id` is from 1, unique among the calls under way on the connection. */
export type Call = {
  [Op in Operation]: { readonly id: number; readonly op: Op } & Operations[Op]['call'];
}[Operation];

export interface Cancel {
  readonly op: 'cancel';
  readonly id: number;
}

export type ClientMessage = Hello | Cancel | Call;

export type OwnerMessage =
  | Hello
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly item: Entry }
  | { readonly id: number; readonly error: FailureJson };

/**
 * Reads a line of the owner. The owner is trusted with the shape of its answers, so only the envelope is checked.
 * Throws {@link CoordinatorError} `INTERNAL`.
 */
export function decodeOwnerMessage(line: string): OwnerMessage {
  const message = parseJson(line);
  if (isRecord(message) && (message['op'] === 'hello' || isAnswer(message)))
    return message as unknown as OwnerMessage;
  throw new CoordinatorError('INTERNAL', `the owner sent a line that is not a message of the protocol`);
}

function isAnswer(message: Record<string, unknown>): boolean {
  return typeof message['id'] === 'number' && ('ok' in message || 'item' in message || 'error' in message);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
