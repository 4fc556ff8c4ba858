/**
 * Work of the past done anew by several agents, through the machine itself in simulated time.
 *
 * The jobs stand in a row, as they were done. Each agent that is free takes the next one, asks for all that it needs in one request,
 * and waits under its ticket. It holds everything for as long as the job takes, gives all back, and takes the next. That is harder
 * than the truth, in which an agent also reads and thinks without a lock, and does not need each file from the beginning to the end.
 *
 * An agent may also look ahead: it asks for the next jobs one after the other without waiting, takes the first that it is given,
 * and waits for the next one only where it is given none. Or it asks for a part of what it needs, works at that, and asks for the
 * next part while it keeps what it has: every second job begins with what another would end with, since nobody agrees on an order. A
 * request that would make agents wait for each other for ever is refused, and so is one for more than an agent may hold: then it gives
 * back what it has, and goes on with the part that it asked for.
 *
 * Nothing is left out: a job that is more than an agent may hold at once is refused by the machine, counted under the code of the
 * refusal, and then done in pieces; whoever waited for too long asks again; whoever lost a lease goes on with the work that was left.
 */
import {
  addMs,
  assert,
  linesOverlapping,
  locksOverlapping,
  must,
  targetsOf,
  type AgentId,
  type Event,
  type RejectionCode,
  type TimeMs,
} from '../core/index.ts';
import { Needs, type Choice } from './choice.ts';
import type { Job } from './job.ts';
import { Machine, type Observer } from './machine.ts';
import { cutUp, inSteps } from './pieces.ts';
import type { Piece, Worker } from './worker.ts';

/** What came of a replay. */
export interface Replayed {
  readonly agents: number;
  /** From the first request until the last job was done. */
  readonly elapsedMs: number;
  /** Jobs that had to wait. */
  readonly waits: number;
  /** All waits together. */
  readonly waitedMs: number;
  /** Waits that ended without a lock (`max_block_time`); the agent asked again. */
  readonly waitedInVain: number;
  /** Leases that ended while the work went on (`max_contended_hold`); the agent asked again for what was left. */
  readonly leasesLost: number;
  /** Requests that were refused, by code. */
  readonly refusals: ReadonlyMap<RejectionCode, number>;
  /** How long was waited for each target, and `null` for a place among the agents that may hold something at once. */
  readonly waitedFor: ReadonlyMap<string | null, number>;
}

/** How the work is shared out. */
export interface Manner {
  readonly agents: number;
  /** Of how many jobs that are next an agent takes the first that it need not wait for; 1: it takes the next. */
  readonly ahead: number;
  /** In how many steps, at most, an agent asks for what its job needs, keeping what it has; 1: for everything at once. */
  readonly steps: number;
}

/** Takes time that grows with the jobs and their targets, and with the waits; deterministic. */
export function replay(
  jobs: readonly Job[],
  choice: Choice,
  manner: Manner,
  observe: Observer = () => undefined,
): Replayed {
  return new Replay(jobs, choice, manner, observe).run();
}

/** What is refused because it is too much for one request. */
const tooMuch: ReadonlySet<RejectionCode> = new Set(['LOCK_LIMIT_REACHED', 'FILE_LIMIT_REACHED']);

class Replay {
  readonly #jobs: readonly Job[];
  /** Those that nobody has taken yet, in order. */
  readonly #left: Job[];
  readonly #manner: Manner;
  readonly #needs: Needs;
  readonly #machine: Machine;
  readonly #workers: readonly Worker[];
  readonly #byName: ReadonlyMap<AgentId, Worker>;
  #elapsedMs = 0;
  #waits = 0;
  #waitedInVain = 0;
  #leasesLost = 0;
  readonly #refusals = new Map<RejectionCode, number>();
  readonly #waitedFor = new Map<string | null, number>();

  constructor(jobs: readonly Job[], choice: Choice, manner: Manner, observe: Observer) {
    this.#jobs = jobs;
    this.#left = [...jobs];
    this.#manner = manner;
    this.#needs = new Needs(choice);
    this.#machine = new Machine(choice, observe);
    this.#workers = Array.from({ length: manner.agents }, (_, index) => this.#worker(`a${index + 1}`));
    this.#byName = new Map(this.#workers.map((worker) => [worker.member.agent, worker]));
  }

  #worker(name: string): Worker {
    return {
      member: this.#machine.join(name),
      phase: 'free',
      pieces: [],
      keeps: this.#manner.steps > 1,
      sinceMs: this.#machine.nowMs,
      lostAtMs: null,
      wakeMs: null,
      blamed: [],
      hasWaited: false,
    };
  }

  run(): Replayed {
    for (const worker of this.#workers) this.#takeJob(worker);
    for (let next = this.#earliest(); next !== null; next = this.#earliest()) {
      if (this.#machine.advanceTo(must(next.wakeMs, 'it wakes'))) this.#act(next);
      this.#listen();
    }
    assert(
      this.#workers.every(({ phase }) => phase === 'done'),
      'every job is done',
    );
    return this.#result();
  }

  #result(): Replayed {
    return {
      agents: this.#workers.length,
      elapsedMs: this.#elapsedMs,
      waits: this.#waits,
      waitedMs: [...this.#waitedFor.values()].reduce((sum, ms) => sum + ms, 0),
      waitedInVain: this.#waitedInVain,
      leasesLost: this.#leasesLost,
      refusals: this.#refusals,
      waitedFor: this.#waitedFor,
    };
  }

  /** Of several at the same time the one that joined first. */
  #earliest(): Worker | null {
    let first: Worker | null = null;
    for (const worker of this.#workers)
      if (worker.wakeMs !== null && (first === null || worker.wakeMs < (first.wakeMs ?? 0))) first = worker;
    return first;
  }

  #act(worker: Worker): void {
    if (worker.phase === 'working' && this.#machine.nowMs >= this.#endOf(worker)) this.#endPiece(worker);
    else {
      this.#machine.renew(worker.member);
      this.#sleep(worker);
    }
  }

  #takeJob(worker: Worker): void {
    worker.hasWaited = false;
    const { ahead } = this.#manner;
    for (const [index, job] of this.#left.slice(0, ahead > 1 ? ahead : 0).entries()) {
      worker.pieces = this.#piecesOf(job);
      if (!this.#isGiven(worker)) continue;
      this.#left.splice(index, 1);
      return this.#begin(worker);
    }
    const job = this.#left[0];
    if (job === undefined) return this.#stop(worker);
    worker.pieces = this.#piecesOf(job);
    this.#left.shift();
    this.#ask(worker);
  }

  #piecesOf(job: Job): Piece[] {
    const whole = { wish: this.#needs.of(job), workMs: job.workMs, isCut: false };
    const { steps } = this.#manner;
    return steps === 1 ? [whole] : inSteps(whole, steps, (this.#jobs.length - this.#left.length) % 2 === 1);
  }

  #stop(worker: Worker): void {
    worker.phase = 'done';
    worker.wakeMs = null;
  }

  /** Whether it need not wait for its piece. */
  #isGiven(worker: Worker): boolean {
    const { wish } = must(worker.pieces[0], 'it asks for a job');
    if (targetsOf(wish).length === 0) return true;
    const decision = this.#machine.acquire(worker.member, wish, this.#holdMsOf(worker), false);
    if (decision.kind !== 'rejected') return true;
    // What is too much at once is asked for in pieces, and counted then, when its turn comes.
    if (!tooMuch.has(decision.rejection.code)) this.#count(decision.rejection.code);
    return false;
  }

  #ask(worker: Worker): void {
    const { wish } = must(worker.pieces[0], 'there is work left');
    if (targetsOf(wish).length === 0) return this.#begin(worker);
    const decision = this.#machine.acquire(worker.member, wish, this.#holdMsOf(worker), true);
    if (decision.kind === 'rejected') return this.#refused(worker, decision.rejection.code);
    if (decision.result.kind === 'granted') return this.#begin(worker);
    worker.phase = 'waiting';
    worker.sinceMs = this.#machine.nowMs;
    worker.blamed = this.#inTheWay(worker);
    if (!worker.hasWaited) this.#waits += 1;
    worker.hasWaited = true;
    this.#sleep(worker);
  }

  /** Who holds something gives it back, and asks again; who holds nothing has asked for too much at once. */
  #refused(worker: Worker, code: RejectionCode): void {
    this.#count(code);
    if (worker.keeps && this.#machine.holds(worker.member)) this.#machine.release(worker.member);
    else {
      const [piece, ...later] = worker.pieces;
      const tried = must(piece, 'was asked for');
      assert(tooMuch.has(code) && !tried.isCut, `a piece is not refused with ${code}`);
      const { settings } = this.#machine.state;
      worker.pieces = [...cutUp(tried, (file) => this.#needs.scopeOf(file), settings), ...later];
    }
    this.#ask(worker);
  }

  #count(code: RejectionCode): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
  }

  /** What somebody else holds, or waits for, of what it wants. */
  #inTheWay({ member, pieces }: Worker): string[] {
    const { state } = this.#machine;
    const targets = targetsOf(must(pieces[0], 'it waits for something').wish);
    const held = targets.filter((one) =>
      locksOverlapping(state, one).some(({ agent }) => agent !== member.agent),
    );
    if (held.length > 0) return held;
    return targets.filter((one) => linesOverlapping(state, one).some((line) => line.size > 1));
  }

  #begin(worker: Worker): void {
    worker.phase = 'working';
    worker.sinceMs = this.#machine.nowMs;
    this.#sleep(worker);
  }

  #endOf({ sinceMs, pieces }: Worker): TimeMs {
    return addMs(sinceMs, must(pieces[0], 'it works at something').workMs);
  }

  /** How long it is going to hold what it asks for, as far as it knows. */
  #holdMsOf({ pieces, keeps }: Worker): number {
    const held = keeps ? pieces : pieces.slice(0, 1);
    return held.reduce((sum, { workMs }) => sum + workMs, 0);
  }

  /** Until it has done its piece or, where it would lose something before that, has to renew. */
  #sleep(worker: Worker): void {
    const { nowMs } = this.#machine;
    const safeMs = this.#machine.silentForMs(worker.member, this.#holdMsOf(worker));
    const endMs = worker.phase === 'working' ? this.#endOf(worker) : null;
    const isSafe = endMs !== null && endMs < nowMs + safeMs;
    worker.wakeMs = isSafe ? endMs : addMs(nowMs, Math.floor(safeMs / 3));
  }

  #endPiece(worker: Worker): void {
    const [, ...left] = worker.pieces;
    worker.phase = 'free';
    worker.pieces = left;
    if (worker.keeps && left.length > 0) this.#machine.renew(worker.member);
    else this.#machine.release(worker.member);
    this.#elapsedMs = this.#machine.nowMs;
    if (left.length > 0) this.#ask(worker);
    else this.#takeJob(worker);
  }

  /** Agents hear of what others, or time, have brought about. */
  #listen(): void {
    for (let event = this.#machine.next(); event !== null; event = this.#machine.next()) this.#hear(event);
  }

  #hear(event: Event): void {
    if (event.kind === 'lock.granted' && event.ticket !== null) {
      const worker = this.#named(event.agent);
      if (worker.phase !== 'waiting') return;
      this.#noteWait(worker);
      this.#begin(worker);
    } else if (event.kind === 'ticket.ended' && event.cause !== 'granted') {
      const worker = this.#named(event.agent);
      this.#noteWait(worker);
      this.#waitedInVain += 1;
      this.#ask(worker);
    } else if (event.kind === 'lock.expired') this.#loseLease(this.#named(event.agent));
  }

  /** Of several leases that end at once the first is heard of: what is left goes back, and all is asked for again. */
  #loseLease(worker: Worker): void {
    const { nowMs } = this.#machine;
    if (worker.lostAtMs === nowMs) return;
    worker.lostAtMs = nowMs;
    // Who waits for its next part has done its work at this one.
    if (worker.phase === 'waiting') this.#leasesLost += 1;
    if (worker.phase !== 'working' || worker.sinceMs === nowMs) return;
    const [piece, ...later] = worker.pieces;
    const leftMs = this.#endOf(worker) - nowMs;
    worker.phase = 'free';
    worker.pieces = [{ ...must(piece, 'it works at something'), workMs: leftMs }, ...later];
    this.#leasesLost += 1;
    this.#machine.release(worker.member);
    this.#ask(worker);
  }

  #named(agent: AgentId): Worker {
    return must(this.#byName.get(agent), `${agent} takes part`);
  }

  #noteWait(worker: Worker): void {
    const { sinceMs, blamed } = worker;
    const names: readonly (string | null)[] = blamed.length === 0 ? [null] : blamed;
    const shareMs = (this.#machine.nowMs - sinceMs) / names.length;
    for (const name of names) this.#waitedFor.set(name, (this.#waitedFor.get(name) ?? 0) + shareMs);
  }
}
