import type { EntryPrincipal } from '../core/index.ts';
import type {
  Admitted,
  CommandRequest,
  Coordinator,
  CoordinatorError,
  Reply,
  RequestParsers,
} from '../protocol/index.ts';
import type { Tracing } from '../observe/index.ts';
import type { Time } from '../time/index.ts';
import type { HostNames } from './hosts.ts';

/** The port, which is told who is asking. */
export interface HttpCoordinator extends Pick<Coordinator, 'awaitTicket' | 'query' | 'watch' | 'refresh'> {
  submit(request: CommandRequest, principal?: EntryPrincipal): Promise<Reply>;
}

/** What serves the Model Context Protocol, whoever that is. */
export interface McpFront {
  serve(request: Request, caller: McpCaller): Promise<Response>;
  /** Ends what would never end by itself. */
  end(): void;
}

/** Whoever was let in to speak it. */
export interface McpCaller {
  readonly requestId: string;
  /** The name of its token. */
  readonly token: string;
  /** The port as whoever has that token has it, at each moment. */
  readonly coordinator: Coordinator;
  /** Whether the token of this request still lets in. */
  readonly isLetIn: () => boolean;
  /** Counts a stream that stays open, until the function it returns is called. Throws `RATE_LIMITED`. */
  readonly takeStream: () => () => void;
}

/** What the server needs of its process. */
export interface HttpPorts {
  readonly coordinator: HttpCoordinator;
  readonly parsers: RequestParsers;
  /** What is at /mcp; null: nothing. */
  readonly mcp: McpFront | null;
  /** Whom a token lets in now. */
  readonly admit: (token: string) => Admitted | 'unknown' | 'expired';
  readonly hosts: HostNames;
  /** What comes before each path; empty or as in `/rhema`. */
  readonly prefix: string;
  /** Whether the address of a caller is what the last proxy says of it. */
  readonly behindProxy: boolean;
  readonly version: string;
  readonly newRequestId: () => string;
  readonly time: Time;
  /** Told of what is a fault of the server. */
  readonly onFault: (error: CoordinatorError, requestId: string) => void;
  /** Told of each reader of events that did not read, and was hung up on. */
  readonly onCutOff: (reader: CutOffReader) => void;
  /** Whether a file can be written where the log is. */
  readonly canWrite: () => Promise<boolean>;
  /** On which commit the scope files lie that count; null: on none, or nobody knows. */
  readonly commit: () => Promise<string | null>;
  /** With which commits the history begins that is served, by which others know it again; null: nobody knows. */
  readonly roots: () => Promise<readonly string[] | null>;
  /** Told of each answer. */
  readonly onAnswered: (answered: AnsweredRequest) => void;
  /** What GET /metrics shows. */
  readonly metrics: () => Promise<MetricsPage>;
  /** Follows requests. */
  readonly tracing: Tracing;
  readonly limits: Limits;
}

export interface CutOffReader {
  readonly requestId: string;
  /** The name of its token. */
  readonly principal: string;
  /** For how long nothing of what was sent could be got rid of. */
  readonly stuckMs: number;
  /** The last entry that was sent, and may not have arrived. */
  readonly sent: number;
}

export interface AnsweredRequest {
  readonly method: string;
  /** Of the routes that are served, the one that it met, without the prefix; `other`: none. */
  readonly route: string;
  readonly status: number;
  /** From its arrival to the head of the answer. */
  readonly tookMs: number;
  /** Its own, or what it was given. */
  readonly requestId?: string;
  /** The name of its token; left out: it had none that lets in. */
  readonly principal?: string;
}

export interface MetricsPage {
  readonly type: string;
  readonly text: string;
}

export interface Limits {
  /** Of a request, in bytes. */
  readonly bodyBytesMax: number;
  /** Requests of one token in a second, and so many at once. */
  readonly requestsPerSecond: number;
  /** Streams of events that are open, of all and of one token. */
  readonly streamsMax: number;
  readonly streamsPerTokenMax: number;
  /** How long a reader of a stream may leave its items lying. */
  readonly slowReaderMs: number;
  /** How long a stream is silent at most. */
  readonly beatMs: number;
}

export const defaultLimits: Limits = {
  bodyBytesMax: 1_048_576,
  requestsPerSecond: 1_000,
  streamsMax: 2_000,
  streamsPerTokenMax: 1_500,
  slowReaderMs: 30_000,
  beatMs: 15_000,
};

/** What a handler knows of its request, beside the request. */
export interface HttpEnv {
  readonly Variables: {
    principal: Admitted;
    requestId: string;
    /** Whether the token of the request lets in still; of an answer that goes on for long. */
    isLetIn: () => boolean;
  };
  readonly Bindings: {
    readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } };
    readonly outgoing?: { readonly destroy: () => void };
  };
}
