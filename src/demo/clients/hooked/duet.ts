import type { Entry } from '../../../core/index.ts';
import type { SocketCoordinator } from '../../../client/index.ts';
import { LogFollower } from '../../log-follower.ts';
import { reach } from '../../owner.ts';
import { ModelServer } from '../model-server.ts';
import { HookedAgent, type HookedPlayer } from './hooked-agent.ts';
import type { Workshop } from './workshop.ts';

/** Two agents in one working tree, the log of what they do, and the models that they have. */
export class Duet {
  readonly workshop: Workshop;
  readonly #models: ModelServer;
  readonly #agents: HookedAgent[] = [];
  #coordinator: SocketCoordinator;
  #log: LogFollower;

  private constructor(workshop: Workshop, models: ModelServer, coordinator: SocketCoordinator) {
    this.workshop = workshop;
    this.#models = models;
    this.#coordinator = coordinator;
    this.#log = new LogFollower(coordinator);
  }

  static async begin(workshop: Workshop): Promise<Duet> {
    return new Duet(workshop, await ModelServer.start(), await reach(workshop.commonDir, workshop.worktree));
  }

  get entries(): readonly Entry[] {
    return this.#log.entries;
  }

  get events(): LogFollower['events'] {
    return this.#log.events;
  }

  enter(part: string, player: HookedPlayer): HookedAgent {
    const agent = new HookedAgent(part, player, this.#models, this.workshop);
    this.#agents.push(agent);
    return agent;
  }

  until(isTrue: () => boolean): Promise<void> {
    return this.#log.until(isTrue);
  }

  /** The name of who was granted a file last, once somebody was that none of these is. */
  async holderOf(file: string, others: readonly string[] = []): Promise<string> {
    const last = (): string | undefined =>
      this.events
        .flatMap((event) => (event.kind === 'lock.granted' && event.file === file ? [event.agent] : []))
        .findLast((agent) => !others.includes(agent));
    await this.until(() => last() !== undefined);
    return last() ?? '';
  }

  /** The name of who waits for a file, once somebody does that did not among so many events. */
  async waiterFor(file: string, after: number): Promise<string> {
    const found = (): string | undefined =>
      this.events
        .slice(after)
        .flatMap((event) =>
          event.kind === 'ticket.issued' && (event.files ?? []).some((one) => one === file)
            ? [event.agent]
            : [],
        )[0];
    await this.until(() => found() !== undefined);
    return found() ?? '';
  }

  /**
   * Kills the coordinator, and does something while nobody of ours speaks to it: whoever has to starts it again. Answers which
   * process was killed, and which is there then.
   */
  async withoutCoordinator(
    act: () => Promise<void>,
  ): Promise<{ readonly killed: number; readonly next: number }> {
    const { pid: killed } = await this.#coordinator.query({ kind: 'health' });
    await this.#leaveCoordinator();
    process.kill(killed, 'SIGKILL');
    await act();
    const { commonDir, worktree } = this.workshop;
    this.#coordinator = await reach(commonDir, worktree);
    this.#log = new LogFollower(this.#coordinator);
    const { pid: next, revision } = await this.#coordinator.query({ kind: 'health' });
    await this.until(() => (this.entries.at(-1)?.revision ?? 0) >= revision);
    return { killed, next };
  }

  /** Ends whatever still runs. */
  async end(): Promise<void> {
    for (const agent of this.#agents) agent.kill();
    await Promise.all(this.#agents.map(({ ended }) => ended));
    this.#models.stop();
    await this.#log.stop();
    await this.#coordinator.stopOwner('now');
    await this.#coordinator.close();
  }

  async #leaveCoordinator(): Promise<void> {
    await this.#log.stop();
    await this.#coordinator.close();
  }
}
