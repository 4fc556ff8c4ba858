/** One agent, as a process of its own: told what to do by its first argument, tells what happens on standard output. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgentId, DurationMs, Epoch, FencingToken, Grant, Result, ScopePath } from '../core/index.ts';
import { newRequestId, newSecret, type SocketCoordinator } from '../client/index.ts';
import type { CallerCommand, Reply } from '../protocol/index.ts';
import { reach } from './owner.ts';
import { randomFrom } from './random.ts';
import { notesFile, type Briefing, type Report } from './report.ts';

interface Proof {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
}

/** A third of the session's length on this stage: who waits is still there. */
const heartbeatEveryMs = 2_000;

class DemoAgent {
  readonly #briefing: Briefing;
  readonly #coordinator: SocketCoordinator;
  readonly #random: () => number;
  #proof: Proof;

  private constructor(briefing: Briefing, coordinator: SocketCoordinator, proof: Proof) {
    this.#briefing = briefing;
    this.#coordinator = coordinator;
    this.#random = randomFrom(briefing.seed);
    this.#proof = proof;
  }

  static async join(briefing: Briefing): Promise<DemoAgent> {
    const coordinator = await reach(briefing.commonDir, briefing.worktree);
    const proof = { agent: briefing.name as AgentId, epoch: 0 as Epoch, secret: newSecret() };
    const agent = new DemoAgent(briefing, coordinator, proof);
    await agent.#join();
    return agent;
  }

  async play(): Promise<void> {
    switch (this.#briefing.role) {
      case 'victim':
        return this.#holdUntilKilled();
      case 'sleeper':
        await this.#writeAfterWaking();
        break;
      case 'cyclist':
        await this.#askForCycle();
        break;
      case 'worker':
        break;
    }
    for (let round = 0; round < this.#briefing.rounds; round += 1) await this.#editOnce();
    await this.#submit({ kind: 'AgentLeave', ...this.#proof });
    tell({ kind: 'finished' });
    await this.#coordinator.close();
  }

  async #join(): Promise<void> {
    const { agent, secret } = this.#proof;
    const metadata = { program: 'demo', role: this.#briefing.role, pid: process.pid };
    const result = accepted(await this.#submit({ kind: 'AgentJoin', agent, secret, metadata }));
    if (result.kind === 'joined') this.#proof = { agent, secret, epoch: result.epoch };
  }

  async #editOnce(): Promise<void> {
    const grant = await this.#acquire(this.#choose());
    if (grant === null) return;
    await pause(10 + this.#random() * 40);
    await this.#edit(grant.scope, grant.token);
    await this.#submit({ kind: 'ReleaseLock', ...this.#proof, scopes: [grant.scope], token: grant.token });
    await pause(this.#random() * 15);
  }

  async #acquire(scope: ScopePath): Promise<Grant | null> {
    const askedAt = performance.now();
    const reply = await this.#submit({
      kind: 'AcquireLock',
      ...this.#proof,
      scopes: [scope],
      ttlMs: this.#briefing.ttlMs as DurationMs,
      wait: { kind: 'queue', forMs: null },
      reason: `demo ${this.#briefing.role}`,
    });
    const grant = this.#refused('acquire', reply) ? null : await this.#granted(accepted(reply));
    if (grant !== null)
      tell({ kind: 'granted', scope, token: grant.token, waitedMs: performance.now() - askedAt });
    return grant;
  }

  async #granted(result: Result): Promise<Grant | null> {
    if (result.kind === 'granted') return result.locks[0] ?? null;
    if (result.kind !== 'queued') throw new Error(`unexpected answer ${result.kind}`);
    const beating = setInterval(
      () => void this.#submit({ kind: 'Heartbeat', ...this.#proof }),
      heartbeatEveryMs,
    );
    try {
      const served = await this.#coordinator.awaitTicket({ agent: this.#proof.agent, ticket: result.ticket });
      return served.kind === 'granted' ? (served.locks[0] ?? null) : null;
    } finally {
      clearInterval(beating);
    }
  }

  /** Adds a line to the scope's notes, if the coordinator accepts the write under this token. */
  async #edit(scope: ScopePath, token: FencingToken): Promise<void> {
    const path = join(this.#briefing.worktree, scope, notesFile);
    const before = readOrNull(path);
    const after = `${before ?? ''}- { agent: ${this.#proof.agent}, token: ${token} }\n`;
    const reply = await this.#submit({
      kind: 'ContextModify',
      ...this.#proof,
      scope,
      file: notesFile,
      token,
      digest: sha256(after),
      baseDigest: before === null ? null : sha256(before),
    });
    if (this.#refused('write', reply)) return;
    writeFileSync(`${path}.${process.pid}`, after);
    renameSync(`${path}.${process.pid}`, path);
    tell({ kind: 'edited', scope, token });
  }

  async #holdUntilKilled(): Promise<void> {
    await this.#acquire(this.#choose());
    // The director kills this process; should it fail to, the pause ends and the demo reports the missing death.
    await pause(60_000);
  }

  async #writeAfterWaking(): Promise<void> {
    const grant = await this.#acquire(this.#choose());
    if (grant === null) return;
    // Frozen somewhere in here. On waking nothing tells the agent that its lease is over: the token has to.
    await pause(1_000);
    await this.#edit(grant.scope, grant.token);
  }

  async #askForCycle(): Promise<void> {
    const { scopes } = await this.#coordinator.query({ kind: 'scopes' });
    const dependent = scopes.find((scope) => scope.dependencies.length > 0);
    const [first, second] = this.#briefing.scopes;
    if (dependent === undefined || first === undefined || second === undefined) {
      return this.#askForSelfDependency(first);
    }
    const target = scopes.find((scope) => scope.path === dependent.dependencies[0]);
    if (target === undefined) return;
    const { path, name, type } = target;
    const dependencies = [...target.dependencies, dependent.path].sort();
    const scope = { path, name, type, dependencies };
    this.#refused('cycle', await this.#submit({ kind: 'DefineScope', by: this.#proof.agent, scope }));
  }

  async #askForSelfDependency(path: ScopePath | undefined): Promise<void> {
    if (path === undefined) return;
    const scope = { path, name: path, type: 'component', dependencies: [path] };
    this.#refused('cycle', await this.#submit({ kind: 'DefineScope', by: this.#proof.agent, scope }));
  }

  #refused(attempt: string, reply: Reply): boolean {
    if (reply.ok) return false;
    const { code, message } = reply.rejection;
    tell({ kind: 'refused', attempt, code, message });
    return true;
  }

  #choose(): ScopePath {
    const { scopes } = this.#briefing;
    const scope = scopes[Math.floor(this.#random() * scopes.length)];
    if (scope === undefined) throw new Error('there is no scope to work in');
    return scope;
  }

  #submit(command: CallerCommand): Promise<Reply> {
    return this.#coordinator.submit({ requestId: newRequestId(), command });
  }
}

function accepted(reply: Reply): Result {
  if (reply.ok) return reply.result;
  throw new Error(`${reply.rejection.code}: ${reply.rejection.message}`);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function tell(report: Report): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

const agent = await DemoAgent.join(JSON.parse(process.argv[2] ?? '') as Briefing);
await agent.play();
