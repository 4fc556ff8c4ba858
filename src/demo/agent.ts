/** One agent, as a process of its own: told what to do by its first argument, tells what happens on standard output. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { FencingToken, ScopePath } from '../core/index.ts';
import { McpParticipant } from './mcp-participant.ts';
import type { Participant, Refusal } from './participant.ts';
import { randomFrom } from './random.ts';
import { bothAreThere, type Briefing, type Report } from './report.ts';
import { SocketParticipant } from './socket-participant.ts';

interface Hold {
  readonly scope: ScopePath;
  readonly token: FencingToken;
  /** By this process's own clock, which goes on while it is frozen. */
  readonly grantedAt: number;
}

class DemoAgent {
  readonly #briefing: Briefing;
  readonly #participant: Participant;
  readonly #random: () => number;

  constructor(briefing: Briefing, participant: Participant) {
    this.#briefing = briefing;
    this.#participant = participant;
    this.#random = randomFrom(briefing.seed);
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
      case 'neighbour':
        return this.#workBeside();
      case 'worker':
        break;
    }
    for (let round = 0; round < this.#briefing.rounds; round += 1) await this.#editOnce();
    await this.#participant.leave();
    tell({ kind: 'finished' });
  }

  async #editOnce(): Promise<void> {
    const hold = await this.#acquire();
    if (hold === null) return;
    await pause(10 + this.#random() * 40);
    await this.#edit(hold);
    await this.#participant.release(hold.scope, hold.token);
    await pause(this.#random() * 15);
  }

  /** On a file of its own, until the director has seen that the other has one as well. */
  async #workBeside(): Promise<void> {
    const told = once(process, bothAreThere);
    const scope = this.#busiest();
    const file = `${scope === '.' ? '' : `${scope}/`}${this.#briefing.name}.txt` as ScopePath;
    const hold = await this.#acquire(file, true);
    if (hold !== null) {
      await told;
      await this.#participant.release(file, hold.token);
    }
    await this.#participant.leave();
    tell({ kind: 'finished' });
  }

  async #acquire(scope = this.#choose(), isFile = false): Promise<Hold | null> {
    const askedAt = performance.now();
    const acquired = await this.#participant.acquire(scope, isFile);
    if (acquired.kind === 'refused') {
      tellRefusal('acquire', acquired.refusal);
      return null;
    }
    const { token } = acquired;
    const grantedAt = performance.now();
    tell({ kind: 'granted', scope, token, waitedMs: grantedAt - askedAt });
    return { scope, token, grantedAt };
  }

  /** Adds a line to the scope's notes, if the coordinator accepts the write under this token. */
  async #edit({ scope, token }: Hold): Promise<void> {
    const line = `- { agent: ${this.#briefing.name}, token: ${token} }\n`;
    const refusal = await this.#participant.write(scope, token, (before) => `${before}${line}`);
    if (refusal === null) tell({ kind: 'edited', scope, token });
    else tellRefusal('write', refusal);
  }

  async #holdUntilKilled(): Promise<void> {
    await this.#acquire(this.#busiest());
    // The director kills this process; should it fail to, the pause ends and the demo reports the missing death.
    await pause(60_000);
  }

  async #writeAfterWaking(): Promise<void> {
    const hold = await this.#acquire(this.#busiest());
    if (hold === null) return;
    // Frozen somewhere in here, for longer than this. On waking nothing tells the agent that its lease is over: the
    // token has to.
    await pause(Math.max(0, hold.grantedAt + this.#briefing.ttlMs - performance.now()));
    await this.#edit(hold);
  }

  /** Only operators and programs define scopes: this part is played over the socket. */
  async #askForCycle(): Promise<void> {
    const participant = this.#participant;
    if (!(participant instanceof SocketParticipant)) return;
    const scopes = await participant.scopes();
    const dependent = scopes.find((scope) => scope.dependencies.length > 0) ?? scopes[0];
    const target = scopes.find((scope) => scope.path === dependent?.dependencies[0]) ?? dependent;
    if (dependent === undefined || target === undefined) return;
    const dependencies = [...new Set([...target.dependencies, dependent.path])].sort();
    const refusal = await participant.define(target, dependencies);
    if (refusal !== null) tellRefusal('cycle', refusal);
  }

  #busiest(): ScopePath {
    return this.#scopeAt(0);
  }

  #choose(): ScopePath {
    return this.#scopeAt(Math.floor(this.#random() * this.#briefing.scopes.length));
  }

  #scopeAt(index: number): ScopePath {
    const scope = this.#briefing.scopes[index];
    if (scope === undefined) throw new Error('there is no scope to work in');
    return scope;
  }
}

function tellRefusal(attempt: string, { code, message }: Refusal): void {
  tell({ kind: 'refused', attempt, code, message });
}

function tell(report: Report): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

const briefing = JSON.parse(process.argv[2] ?? '') as Briefing;
const participant = await (briefing.way === 'mcp' ? McpParticipant : SocketParticipant).join(briefing);
await new DemoAgent(briefing, participant).play();
