/** An agent that writes down what it asks and what it is answered, and when. */
import { openSync, writeSync } from 'node:fs';

/** Nanoseconds of the clock that all processes of one boot share. */
const now = () => Number(process.hrtime.bigint());

export class RecordingAgent {
  #coordinator;
  #history;
  #calls = 0;
  #proof;
  #newRequestId;

  /**
   * @param {import('../../../src/protocol/index.ts').Coordinator} coordinator
   * @param {{ name: string, historyFile: string }} briefing
   * @param {typeof import('../../../src/client/index.ts')} client
   */
  constructor(coordinator, { name, historyFile }, { newRequestId, newSecret }) {
    this.#coordinator = coordinator;
    this.#history = openSync(historyFile, 'a');
    this.#newRequestId = newRequestId;
    this.#proof = { agent: name, epoch: 0, secret: newSecret() };
  }

  async join() {
    const { agent, secret } = this.#proof;
    const reply = await this.#submit({ kind: 'AgentJoin', agent, secret, metadata: { pid: process.pid } });
    if (!reply.ok) throw new Error(reply.rejection.message);
    this.#proof.epoch = reply.result.epoch;
  }

  /** Acquires, waiting as long as it takes; null when the wait ended without the locks. */
  async acquire(scopes, ttlMs, onQueued = () => {}) {
    const wish = { scopes, ttlMs, wait: { kind: 'queue', forMs: null }, reason: null };
    const reply = await this.#submit({ kind: 'AcquireLock', ...this.#proof, ...wish });
    if (!reply.ok) throw new Error(reply.rejection.message);
    if (reply.result.kind === 'granted') return reply.result.locks;
    const { ticket } = reply.result;
    onQueued(ticket);
    const call = { agent: this.#proof.agent, ticket };
    const left = await this.#record('awaitTicket', call, () => this.#coordinator.awaitTicket(call));
    return left.kind === 'granted' ? left.locks : null;
  }

  release(locks) {
    const scopes = locks.map((lock) => lock.scope);
    return this.#submit({ kind: 'ReleaseLock', ...this.#proof, scopes, token: locks[0].token });
  }

  heartbeat() {
    return this.#submit({ kind: 'Heartbeat', ...this.#proof });
  }

  status() {
    return this.#record('status', null, () => this.#coordinator.query({ kind: 'status', at: null }));
  }

  close() {
    return this.#coordinator.close();
  }

  #submit(command) {
    const request = { requestId: this.#newRequestId(), command };
    return this.#record('submit', request, () => this.#coordinator.submit(request));
  }

  async #record(kind, call, ask) {
    this.#calls += 1;
    const id = `${this.#proof.agent}-${this.#calls}`;
    this.#write({ id, at: now(), kind, call });
    const answer = await ask();
    this.#write({ id, at: now(), answer });
    return answer;
  }

  /** In one write, so that a process that is killed leaves whole lines, the last perhaps excepted. */
  #write(line) {
    writeSync(this.#history, `${JSON.stringify(line)}\n`);
  }
}
