import type { AgentId, FencingToken, Grant, Result, ScopePath } from '../../src/core/index.ts';
import { newRequestId, newSecret } from '../../src/client/index.ts';
import { proofOf, type AgentSession } from '../../src/participant/index.ts';
import type { CallerCommand, Coordinator } from '../../src/protocol/index.ts';

/** What an agent needs of a coordinator: the service in this process or a client will do. */
export type Port = Pick<Coordinator, 'submit' | 'awaitTicket'>;

/** An agent that takes and gives back locks through a coordinator; a refusal is an error here. */
export class BenchAgent {
  readonly session: AgentSession;
  readonly #port: Port;
  /** By scope: what it gives back it names by its token. */
  readonly #tokens = new Map<ScopePath, FencingToken>();

  private constructor(port: Port, session: AgentSession) {
    this.#port = port;
    this.session = session;
  }

  static async join(port: Port, name: string): Promise<BenchAgent> {
    const secret = newSecret();
    const agent = name as AgentId;
    const result = await submit(port, { kind: 'AgentJoin', agent, secret, metadata: {} });
    if (result.kind !== 'joined') throw unexpected(result);
    return new BenchAgent(port, { agent, epoch: result.epoch, secret });
  }

  /** Takes the lock of a free scope, or learns the token of one that it holds already. */
  async acquire(scope: ScopePath): Promise<void> {
    const result = await this.#ask(scope, 'none');
    if (result.kind !== 'granted') throw unexpected(result);
    this.#note(result.locks);
  }

  /** Takes a ticket for a busy scope. `granted` resolves when the lock is this agent's. */
  async queue(scope: ScopePath): Promise<{ readonly granted: Promise<readonly Grant[]> }> {
    const result = await this.#ask(scope, 'queue');
    if (result.kind !== 'queued') throw unexpected(result);
    return { granted: this.#granted(result.ticket) };
  }

  async release(scope: ScopePath): Promise<void> {
    const token = this.#tokens.get(scope);
    if (token === undefined) throw new Error(`${this.session.agent} was never given ${scope}`);
    const command = { kind: 'ReleaseLock', scopes: [scope], token, ...proofOf(this.session) } as const;
    const result = await submit(this.#port, command);
    if (result.kind !== 'released' || result.scopes.length !== 1) throw unexpected(result);
  }

  #ask(scope: ScopePath, wait: 'none' | 'queue'): Promise<Result> {
    return submit(this.#port, {
      kind: 'AcquireLock',
      scopes: [scope],
      ttlMs: null,
      wait: wait === 'none' ? { kind: 'none' } : { kind: 'queue', forMs: null },
      reason: null,
      ...proofOf(this.session),
    });
  }

  async #granted(ticket: Extract<Result, { kind: 'queued' }>['ticket']): Promise<readonly Grant[]> {
    const reply = await this.#port.awaitTicket({ agent: this.session.agent, ticket });
    if (reply.kind !== 'granted') throw unexpected(reply);
    this.#note(reply.locks);
    return reply.locks;
  }

  #note(locks: readonly Grant[]): void {
    for (const { scope, token } of locks) this.#tokens.set(scope, token);
  }
}

async function submit(port: Port, command: CallerCommand): Promise<Result> {
  const reply = await port.submit({ requestId: newRequestId(), command });
  if (!reply.ok) throw new Error(reply.rejection.message);
  return reply.result;
}

function unexpected(answer: object): Error {
  return new Error(`not the answer that was expected: ${JSON.stringify(answer)}`);
}
