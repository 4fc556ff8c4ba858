import type { Entry, ScopePath } from '../core/index.ts';
import type { SocketCoordinator } from '../client/index.ts';
import { Actor } from './cast.ts';
import { LogFollower } from './log-follower.ts';
import { reach } from './owner.ts';
import type { Briefing, Role, Way } from './report.ts';
import type { Stage } from './stage.ts';

/** What the director did to the cast, for the verdict to look for. */
export interface Plot {
  readonly actors: readonly Actor[];
  readonly entries: readonly Entry[];
  /** Pids of owners that were killed. */
  readonly killedOwners: readonly number[];
}

/** Half of them come through MCP. Who is frozen is not among those: their server lives on, and renews what they hold. */
const cast: readonly (readonly [role: Role, way: Way])[] = [
  ['worker', 'socket'],
  ['worker', 'mcp'],
  ['worker', 'socket'],
  ['worker', 'mcp'],
  ['worker', 'mcp'],
  ['cyclist', 'socket'],
  ['sleeper', 'socket'],
  ['victim', 'mcp'],
];
const leaseMs = 2_000;
const rounds = 12;
/** Few enough that the agents meet. */
const contendedScopes = 4;

/**
 * Lets the play run: starts the agents, kills one that holds a lock, freezes another past its lease, kills the
 * coordinator itself, and waits until everyone is done and nothing is held.
 */
export class Director {
  readonly #stage: Stage;
  readonly #coordinator: SocketCoordinator;
  readonly #log: LogFollower;
  readonly #killedOwners: number[] = [];
  #actors: readonly Actor[] = [];

  private constructor(stage: Stage, coordinator: SocketCoordinator) {
    this.#stage = stage;
    this.#coordinator = coordinator;
    this.#log = new LogFollower(coordinator);
  }

  static async begin(stage: Stage): Promise<Director> {
    return new Director(stage, await reach(stage.commonDir, stage.worktree));
  }

  get coordinator(): SocketCoordinator {
    return this.#coordinator;
  }

  get actors(): readonly Actor[] {
    return this.#actors;
  }

  async play(): Promise<Plot> {
    const scopes = await this.#chooseScopes();
    this.#actors = cast.map(([role, way], place) => new Actor(this.#brief(role, way, place, scopes)));
    await Promise.all([...this.#actors.map((actor) => this.#direct(actor)), this.#killOwner()]);
    await this.#log.until(() => this.#log.nothingIsHeld());
    await this.#log.stop();
    await this.#coordinator.stopOwner('now');
    await this.#coordinator.close();
    return { actors: this.#actors, entries: this.#log.entries, killedOwners: this.#killedOwners };
  }

  async #chooseScopes(): Promise<ScopePath[]> {
    const { scopes } = await this.#coordinator.query({ kind: 'scopes' });
    const busiest = [...scopes].sort((a, b) => b.dependents.length - a.dependents.length);
    return busiest.slice(0, contendedScopes).map((scope) => scope.path);
  }

  #brief(role: Role, way: Way, place: number, scopes: readonly ScopePath[]): Briefing {
    const { commonDir, worktree } = this.#stage;
    const name = `${role}-${place + 1}`;
    return { name, role, way, commonDir, worktree, scopes, rounds, ttlMs: leaseMs, seed: place + 1 };
  }

  async #direct(actor: Actor): Promise<void> {
    const grant = await actor.first('granted');
    if (grant !== null && actor.role === 'victim') {
      actor.signal('SIGKILL');
      await actor.ended;
      await this.#log.until(() => this.#log.happened('agent.lost', (event) => event.agent === actor.name));
    }
    if (grant !== null && actor.role === 'sleeper') {
      actor.signal('SIGSTOP');
      await this.#log.until(() => this.#log.happened('lock.expired', (event) => event.token === grant.token));
      actor.signal('SIGCONT');
    }
    await actor.ended;
  }

  /** Once the play is under way, its very coordinator dies. */
  async #killOwner(): Promise<void> {
    await this.#log.until(() => this.#log.count('lock.granted') >= 20);
    const { pid } = await this.#coordinator.query({ kind: 'health' });
    process.kill(pid, 'SIGKILL');
    this.#killedOwners.push(pid);
  }
}
