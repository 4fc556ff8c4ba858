import type { AgentId, AgentMetadata, AgentProcess } from '../../core/index.ts';
import type { Coordinator } from '../../protocol/index.ts';
import type { Time } from '../../time/index.ts';
import type { SessionKeeping } from '../session.ts';
import type { Speaker } from '../speaker.ts';

/** What a desk stands on. */
export interface DeskPorts {
  readonly coordinator: Coordinator;
  readonly sessions: SessionKeeping;
  readonly speaker: Speaker;
  readonly time: Pick<Time, 'monotonicMs' | 'schedule'>;
  /** What is noted of every agent that joins here. */
  readonly about: AgentMetadata;
  /** How long a grant that came between two calls is kept for its agent, in milliseconds. */
  readonly collectMs: number;
  /** The process that speaks for every agent here. Left out: sessions end by silence alone. */
  readonly process?: AgentProcess;
  newRequestId(): string;
  /** The secret of a new session: 16 to 64 random bytes, in lower-case hex. */
  newSecret(): string;
  /** Who goes on as an agent that says this of itself, for the log. */
  from(metadata: AgentMetadata): string;
  /** Is told of trouble that no caller hears of. */
  report(trouble: Trouble): void;
}

/** `session`: it could not be kept for whoever goes on under it. */
export interface Trouble {
  readonly failed: 'release' | 'renewal' | 'session';
  readonly agent: AgentId;
  readonly error: unknown;
}
