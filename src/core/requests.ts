import type { CommandKind } from './commands.ts';
import type { AgentId, RequestId, Revision } from './ids.ts';
import { recentRequestsMax } from './limits.ts';
import type { Result } from './results.ts';

/** A command that was committed under a request id, and what it was told. */
export interface RecentRequest {
  readonly kind: CommandKind;
  readonly agent: AgentId | null;
  readonly revision: Revision;
  readonly result: Result;
}

const generationMax = recentRequestsMax / 2;

/**
 * Results of recent commands by request id, so that a repeat gets the first answer: at least the last
 * `recentRequestsMax / 2`, at most `recentRequestsMax`. Two generations; when the younger is full the older is dropped as
 * a whole. Forgetting one by one would cost more than all the rest of a command.
 */
export class RecentRequests implements Iterable<readonly [RequestId, RecentRequest]> {
  #older = new Map<RequestId, RecentRequest>();
  #younger = new Map<RequestId, RecentRequest>();

  get size(): number {
    return this.#older.size + this.#younger.size;
  }

  get(id: RequestId): RecentRequest | undefined {
    return this.#younger.get(id) ?? this.#older.get(id);
  }

  remember(id: RequestId, request: RecentRequest): void {
    if (this.#younger.size === generationMax) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(id, request);
  }

  /** In order of commit. */
  *[Symbol.iterator](): Iterator<readonly [RequestId, RecentRequest]> {
    yield* this.#older;
    yield* this.#younger;
  }
}
