import type { AgentProcess, SessionId } from '../core/index.ts';
import type { BoundAgent, InternalCommand } from '../service/index.ts';
import type { Time } from '../time/index.ts';

export interface DeadWatcherPorts {
  /** Agents whose session is bound to a process that is not known to have ended. */
  bound(): Promise<readonly BoundAgent[]>;
  /** Whether a process has ended for certain. */
  hasEnded(process: AgentProcess): boolean;
  /** A refusal means that another process speaks for the agent by now, or that the agent is gone. */
  submit(command: Extract<InternalCommand, { kind: 'SeeDead' }>): Promise<unknown>;
}

/**
 * Sees that the process behind an agent has ended, so that the agent is not waited for until it has been silent for a whole
 * session. What the process has started may work on for a while: it has ended before the agent is lost.
 */
export class DeadWatcher {
  readonly #ports: DeadWatcherPorts;
  readonly #time: Pick<Time, 'monotonicMs'>;
  /** Of processes that were seen to have ended, since when. */
  readonly #endedAtMs = new Map<SessionId, number>();

  constructor(ports: DeadWatcherPorts, time: Pick<Time, 'monotonicMs'>) {
    this.#ports = ports;
    this.#time = time;
  }

  async look(): Promise<void> {
    const ended = (await this.#ports.bound()).filter(({ process }) => this.#ports.hasEnded(process));
    this.#forgetAllBut(new Set(ended.map(({ session }) => session)));
    for (const one of ended) {
      const { agent, epoch, session } = one;
      if (this.#isOver(one)) await this.#ports.submit({ kind: 'SeeDead', agent, epoch, session });
    }
  }

  /** Whether, by the end of the grace that begins now, nothing of it is left. */
  #isOver({ session, process: { lingersMs = 0 }, graceMs }: BoundAgent): boolean {
    const nowMs = this.#time.monotonicMs();
    const sinceMs = this.#endedAtMs.get(session) ?? nowMs;
    this.#endedAtMs.set(session, sinceMs);
    return nowMs - sinceMs + graceMs >= lingersMs;
  }

  #forgetAllBut(sessions: ReadonlySet<SessionId>): void {
    for (const session of this.#endedAtMs.keys()) if (!sessions.has(session)) this.#endedAtMs.delete(session);
  }
}
