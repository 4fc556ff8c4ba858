import type { Grant } from '../../core/index.ts';
import { LeaseRenewer, proofOf, type AgentSession, type LeaseLoss } from '../../participant/index.ts';
import type { Call } from '../call.ts';
import type { ChildProcess } from '../process/ports.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { line } from '../format/text.ts';
import type { Refused } from '../answer/outcome.ts';
import { leaseEndText } from './lease-end.ts';
import { submit } from './speak.ts';

/** How long a command may take to end by SIGTERM once somebody else may hold its scopes, before SIGKILL. */
const graceAfterLossMs = 1_000;

export interface Guard {
  readonly session: AgentSession;
  readonly locks: readonly Grant[];
  readonly sessionTtlMs: number;
  readonly lockTtlMs: number;
  readonly killOnLoss: boolean;
}

/**
 * Keeps the leases while a command runs. When they are lost it says so and ends the command: by SIGTERM, and by SIGKILL
 * before anybody else can be granted the scopes, where that is known beforehand.
 */
export class LeaseWatch {
  readonly #call: Call;
  readonly #guard: Guard;
  readonly #renewer: LeaseRenewer;
  #child: ChildProcess | null = null;
  #certainUntilMs = 0;
  #cancelKill: () => void = () => undefined;
  #lost: string | null = null;
  #isForced = false;

  constructor(call: Call, guard: Guard) {
    this.#call = call;
    this.#guard = guard;
    this.#renewer = new LeaseRenewer({
      clock: call.ports.clock,
      agent: guard.session.agent,
      locks: guard.locks,
      sessionTtlMs: guard.sessionTtlMs,
      lockTtlMs: guard.lockTtlMs,
      heartbeat: () => submit(call, { kind: 'Heartbeat', ...proofOf(guard.session) }),
      watch: async (from, signal) => (await call.coordinator()).watch(from, signal),
      onRenewed: (certainMs) => this.#keep(certainMs),
      onLost: (loss) => this.#lose(loss),
    });
  }

  /** True once the leases ended before the command did. */
  get wasLost(): boolean {
    return this.#lost !== null;
  }

  /** Whether, once the leases were lost, there is nothing more that the command could be given time for. */
  get isOver(): boolean {
    return this.wasLost && (this.#isForced || !this.#guard.killOnLoss);
  }

  /** How a run ends whose leases were lost before its command could begin. */
  get notBegun(): Refused {
    return {
      kind: 'refused',
      exitCode: exitCodes.failure,
      revision: null,
      code: 'LOCK_LOST',
      message: `${this.scopes} was lost before the command began: ${this.#lost ?? ''}; it was not started`,
      details: { scopes: this.#guard.locks.map(({ scope }) => scope) },
    };
  }

  get scopes(): string {
    return this.#guard.locks.map(({ scope }) => scope).join(', ');
  }

  /** When the command must have ended; null: it goes on without the leases. */
  get endInMs(): number | null {
    return this.#guard.killOnLoss ? this.#certainUntilMs - this.#call.ports.clock.monotonicMs() : null;
  }

  /** How long before that it is told to. */
  get graceMs(): number {
    return this.#renewer.graceMs;
  }

  get locks(): readonly Grant[] {
    return this.#renewer.locks;
  }

  /** Makes sure that the locks are held. Fails when nobody can tell. */
  start(): Promise<void> {
    return this.#renewer.start();
  }

  /** From now on until nothing of it is left, this command depends on the leases. */
  guard(child: ChildProcess): void {
    this.#child = child;
  }

  /** When they were lost, what the command left behind goes with it: nothing of it may work without the lock. */
  async endLeft(): Promise<void> {
    if (this.wasLost && this.#guard.killOnLoss) await this.#child?.endAll();
  }

  stop(): void {
    this.#renewer.stop();
    this.#cancelKill();
  }

  #keep(certainMs: number): void {
    this.#certainUntilMs = this.#call.ports.clock.monotonicMs() + certainMs;
    this.#child?.endBy(certainMs, this.graceMs);
  }

  #lose({ end, certainMs }: LeaseLoss): void {
    const why = leaseEndText(end);
    this.#lost = why;
    const child = this.#child;
    if (child === null) return;
    const { killOnLoss } = this.#guard;
    const then = killOnLoss ? 'ending the command' : 'the command goes on without it (--no-kill-on-loss)';
    this.#call.ports.stderr.write(line`rhema: LOCK LOST on ${this.scopes}: ${why}; ${then}` + '\n');
    if (!killOnLoss) return;
    const killInMs = certainMs === 0 ? graceAfterLossMs : certainMs;
    child.tellAll();
    child.endBy(killInMs, this.graceMs);
    this.#cancelKill = this.#call.ports.clock.schedule(killInMs, () => {
      this.#isForced = true;
      void child.endAll();
    });
  }
}
