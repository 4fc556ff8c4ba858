import type { AgentId, DurationMs, Epoch, FencingToken, Result, ScopePath } from '../core/index.ts';
import { newRequestId, newSecret, type SocketCoordinator } from '../client/index.ts';
import type { CallerCommand, Reply, ScopeView } from '../protocol/index.ts';
import { Notes, sha256 } from './notes.ts';
import { reach } from './owner.ts';
import type { Acquired, Participant, Refusal } from './participant.ts';
import { notesFile, type Briefing } from './report.ts';

interface Proof {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
}

/** A third of the session's length on this stage: who waits is still there. */
const heartbeatEveryMs = 2_000;

/** Takes part by the coordinator's own port, as a program does that uses this package. */
export class SocketParticipant implements Participant {
  readonly #briefing: Briefing;
  readonly #coordinator: SocketCoordinator;
  #proof: Proof;

  private constructor(briefing: Briefing, coordinator: SocketCoordinator, proof: Proof) {
    this.#briefing = briefing;
    this.#coordinator = coordinator;
    this.#proof = proof;
  }

  static async join(briefing: Briefing): Promise<SocketParticipant> {
    const coordinator = await reach(briefing.commonDir, briefing.worktree);
    const proof = { agent: briefing.name as AgentId, epoch: 0 as Epoch, secret: newSecret() };
    const participant = new SocketParticipant(briefing, coordinator, proof);
    await participant.#join();
    return participant;
  }

  async #join(): Promise<void> {
    const { agent, secret } = this.#proof;
    const metadata = { program: 'demo', role: this.#briefing.role, pid: process.pid };
    const result = accepted(await this.#submit({ kind: 'AgentJoin', agent, secret, metadata }));
    if (result.kind === 'joined') this.#proof = { agent, secret, epoch: result.epoch };
  }

  async acquire(scope: ScopePath): Promise<Acquired> {
    const reply = await this.#submit({
      kind: 'AcquireLock',
      ...this.#proof,
      scopes: [scope],
      ttlMs: this.#briefing.ttlMs as DurationMs,
      wait: { kind: 'queue', forMs: null },
      reason: `demo ${this.#briefing.role}`,
    });
    if (!reply.ok) return { kind: 'refused', refusal: reply.rejection };
    return this.#granted(reply.result);
  }

  async #granted(result: Result): Promise<Acquired> {
    const locks = result.kind === 'granted' ? result.locks : await this.#awaitTurn(result);
    const [lock] = locks;
    if (lock === undefined) throw new Error('a grant without a lock');
    return { kind: 'granted', token: lock.token };
  }

  async #awaitTurn(result: Result): Promise<readonly { readonly token: FencingToken }[]> {
    if (result.kind !== 'queued') throw new Error(`unexpected answer ${result.kind}`);
    const beating = setInterval(
      () => void this.#submit({ kind: 'Heartbeat', ...this.#proof }),
      heartbeatEveryMs,
    );
    try {
      const { agent } = this.#proof;
      const served = await this.#coordinator.awaitTicket({ agent, ticket: result.ticket });
      if (served.kind === 'granted') return served.locks;
      throw new Error(`the ticket ended: ${served.cause}`);
    } finally {
      clearInterval(beating);
    }
  }

  /** Asks first, and writes when the coordinator has accepted it. */
  async write(
    scope: ScopePath,
    token: FencingToken,
    change: (before: string) => string,
  ): Promise<Refusal | null> {
    const notes = new Notes(this.#briefing.worktree, scope);
    const before = notes.read();
    const after = change(before ?? '');
    const reply = await this.#submit({
      kind: 'ContextModify',
      ...this.#proof,
      scope,
      file: notesFile,
      token,
      digest: sha256(after),
      baseDigest: before === null ? null : sha256(before),
    });
    if (!reply.ok) return reply.rejection;
    notes.write(after);
    return null;
  }

  async release(scope: ScopePath, token: FencingToken): Promise<void> {
    await this.#submit({ kind: 'ReleaseLock', ...this.#proof, scopes: [scope], token });
  }

  async leave(): Promise<void> {
    await this.#submit({ kind: 'AgentLeave', ...this.#proof });
    await this.#coordinator.close();
  }

  async scopes(): Promise<readonly ScopeView[]> {
    return (await this.#coordinator.query({ kind: 'scopes' })).scopes;
  }

  /** Asks for a scope with these dependencies; null when it was accepted. */
  async define(
    scope: Pick<ScopeView, 'path' | 'name' | 'type'>,
    dependencies: readonly ScopePath[],
  ): Promise<Refusal | null> {
    const { path, name, type } = scope;
    const reply = await this.#submit({
      kind: 'DefineScope',
      by: this.#proof.agent,
      scope: { path, name, type, dependencies },
    });
    return reply.ok ? null : reply.rejection;
  }

  #submit(command: CallerCommand): Promise<Reply> {
    return this.#coordinator.submit({ requestId: newRequestId(), command });
  }
}

function accepted(reply: Reply): Result {
  if (reply.ok) return reply.result;
  throw new Error(`${reply.rejection.code}: ${reply.rejection.message}`);
}
