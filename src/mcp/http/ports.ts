import type { McpServer } from '@modelcontextprotocol/server';
import type { ClientPresence } from '../../participant/desk/index.ts';
import type { Tracing } from '../../observe/index.ts';
import type { Coordinator } from '../../protocol/index.ts';
import type { Time } from '../../time/index.ts';
import type { FaceOptions } from '../face.ts';
import type { McpTrouble, TroubleFacts, Workspace } from '../ports.ts';

/** Whoever was let in, as a request finds it. */
export interface HttpCaller {
  /** Of this request, as its answer has it. */
  readonly requestId: string;
  /** The name of its token. */
  readonly token: string;
  /** The port, which refuses what the token may not say, by what it may say now. */
  readonly coordinator: Coordinator;
  /** Whether its token still lets in. */
  readonly isLetIn: () => boolean;
  /** Counts a stream that stays open, until the function it returns is called. Throws `RATE_LIMITED`. */
  readonly takeStream: () => () => void;
}

/** What serves the clients of one token. */
export interface Desk {
  /** Of one session, or of one request where there are none. */
  newServer(client: ClientPresence): McpServer;
  /** Forgets agents for whom nobody was there for so long. */
  putAway(silentMs: number): void;
  /** Renews nobody any more. */
  stop(): void;
}

/** What the transport stands on. */
export interface TransportPorts {
  readonly time: Time;
  readonly limits: McpHttpLimits;
  newSecret(): string;
  /** Asked for at the first request of a token. */
  openDesk(caller: HttpCaller): Desk;
}

export interface McpHttpPorts extends Omit<TransportPorts, 'openDesk'> {
  /** Of the package. */
  readonly version: string;
  readonly options: FaceOptions;
  readonly tracing: Tracing;
  newRequestId(): string;
  /** Is told of trouble that no caller hears of. */
  report(event: McpTrouble, facts: TroubleFacts): void;
  /** The repository, as those who have a token see it. What lets its agents act is kept for them alone. */
  workspace(coordinator: Coordinator, token: string): Promise<Workspace>;
}

export interface SessionLimits {
  readonly sessionsMax: number;
  readonly sessionsPerTokenMax: number;
  /** How long a session may be silent. */
  readonly sessionIdleMs: number;
}

export interface McpHttpLimits extends SessionLimits {
  /** Of a request, in bytes. */
  readonly bodyBytesMax: number;
  /** For how long an agent is remembered for whom nobody was there. */
  readonly agentSilentMs: number;
}

export const defaultMcpLimits: Omit<McpHttpLimits, 'bodyBytesMax'> = {
  sessionsMax: 1_000,
  sessionsPerTokenMax: 100,
  sessionIdleMs: 1_800_000,
  agentSilentMs: 3_600_000,
};
