import { targetOf } from '../../src/core/index.ts';
import type { AgentId, Grant, ScopePath, Target } from '../../src/core/index.ts';
import { newRequestId, newSecret } from '../../src/client/index.ts';
import {
  acquire,
  join,
  MemorySessions,
  proofOf,
  releaseGrants,
  resultOf,
  Speaker,
  TicketWait,
  type AgentSession,
} from '../../src/participant/index.ts';
import type { Coordinator } from '../../src/protocol/index.ts';
import { systemTime, type Time } from '../../src/time/index.ts';

/** What an agent needs of a coordinator: the service in this process or a client will do. */
export type Port = Pick<Coordinator, 'submit' | 'awaitTicket' | 'query'>;

interface Ports {
  readonly coordinator: Port;
  readonly speaker: Speaker;
  readonly time: Time;
}

/** An agent that takes and gives back locks, as every participant does; a refusal is an error here. */
export class BenchAgent {
  readonly session: AgentSession;
  readonly #ports: Ports;
  /** By what they are of: what it gives back is exactly what it was granted. */
  readonly #granted = new Map<Target, Grant>();

  private constructor(coordinator: Port, speaker: Speaker, session: AgentSession) {
    this.#ports = { coordinator, speaker, time: systemTime };
    this.session = session;
  }

  static async join(coordinator: Port, name: string): Promise<BenchAgent> {
    const speaker = new Speaker({ coordinator, time: systemTime, newRequestId });
    const ports = { speaker, sessions: new MemorySessions(), newSecret };
    const joined = await join(ports, name as AgentId, {});
    if (joined.kind !== 'joined') throw new Error(joined.reply.rejection.message);
    return new BenchAgent(coordinator, speaker, joined.session);
  }

  /** Takes the lock of a free scope, or learns the token of one that it holds already. */
  async acquire(scope: ScopePath): Promise<void> {
    const wish = { scopes: [scope], ttlMs: null, wait: { kind: 'none' }, reason: null } as const;
    const acquired = await acquire(this.#ports, this.session, wish, { signal: never });
    if (acquired.kind !== 'granted') throw unexpected(acquired);
    this.#note(acquired.locks);
  }

  /** Takes a ticket for a busy scope. `granted` resolves when the lock is this agent's. */
  async queue(scope: ScopePath): Promise<{ readonly granted: Promise<void> }> {
    const { coordinator, speaker, time } = this.#ports;
    const wish = {
      scopes: [scope],
      ttlMs: null,
      wait: { kind: 'queue', forMs: null },
      reason: null,
    } as const;
    const reply = await speaker.submit({ kind: 'AcquireLock', ...proofOf(this.session), ...wish });
    if (!reply.ok) throw new Error(reply.rejection.message);
    const { ticket } = resultOf(reply.result, 'queued');
    const { agent } = this.session;
    const wait = new TicketWait({
      coordinator,
      clock: time,
      agent,
      ticket,
      wish: { scopes: [scope] },
      onLeft: () => {},
    });
    // What is asked after it on the same connection is answered after the wait was taken: only then does it wait.
    await coordinator.query({ kind: 'openViolations' });
    return { granted: this.#granting(wait) };
  }

  async #granting(wait: TicketWait): Promise<void> {
    const reply = await wait.left;
    if (reply.kind !== 'granted') throw unexpected(reply);
    this.#note(reply.locks);
  }

  /** The lock that it was given of a scope. */
  lockOf(scope: ScopePath): Grant {
    const lock = this.#granted.get(scope);
    if (lock === undefined) throw new Error(`${this.session.agent} was never given ${scope}`);
    return lock;
  }

  async release(scope: ScopePath): Promise<void> {
    const gone = await releaseGrants(this.#ports.speaker, this.session, [this.lockOf(scope)]);
    if (gone.length > 0) throw new Error(`${scope} was not held any more`);
  }

  #note(locks: readonly Grant[]): void {
    for (const lock of locks) this.#granted.set(targetOf(lock), lock);
  }
}

/** Nobody gives up here. */
const never = new AbortController().signal;

function unexpected(answer: object): Error {
  return new Error(`not the answer that was expected: ${JSON.stringify(answer)}`);
}
