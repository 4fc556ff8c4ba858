import { asRevision, type Entry, type Event, type ScopePath } from '../core/index.ts';
import type { SocketCoordinator } from '../client/index.ts';
import { Actor } from './cast.ts';
import { reach } from './owner.ts';
import type { Briefing, Role } from './report.ts';
import type { Stage } from './stage.ts';

/** What the director did to the cast, for the verdict to look for. */
export interface Plot {
  readonly actors: readonly Actor[];
  readonly entries: readonly Entry[];
  /** Pids of owners that were killed. */
  readonly killedOwners: readonly number[];
}

const roles: readonly Role[] = ['worker', 'worker', 'worker', 'worker', 'cyclist', 'sleeper', 'victim'];
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
  readonly #entries: Entry[] = [];
  readonly #killedOwners: number[] = [];
  readonly #listeners = new Set<() => void>();
  #actors: readonly Actor[] = [];

  private constructor(stage: Stage, coordinator: SocketCoordinator) {
    this.#stage = stage;
    this.#coordinator = coordinator;
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
    const watching = new AbortController();
    const watched = this.#follow(watching.signal);
    const scopes = await this.#chooseScopes();
    this.#actors = roles.map((role, place) => new Actor(this.#brief(role, place, scopes)));
    await Promise.all([...this.#actors.map((actor) => this.#direct(actor)), this.#killOwner()]);
    await this.#until(() => this.#nothingIsHeld());
    watching.abort();
    await watched;
    await this.#coordinator.stopOwner('now');
    await this.#coordinator.close();
    return { actors: this.#actors, entries: this.#entries, killedOwners: this.#killedOwners };
  }

  async #chooseScopes(): Promise<ScopePath[]> {
    const { scopes } = await this.#coordinator.query({ kind: 'scopes' });
    const busiest = [...scopes].sort((a, b) => b.dependents.length - a.dependents.length);
    return busiest.slice(0, contendedScopes).map((scope) => scope.path);
  }

  #brief(role: Role, place: number, scopes: readonly ScopePath[]): Briefing {
    const { commonDir, worktree } = this.#stage;
    const name = `${role}-${place + 1}`;
    return { name, role, commonDir, worktree, scopes, rounds, ttlMs: leaseMs, seed: place + 1 };
  }

  async #direct(actor: Actor): Promise<void> {
    const grant = await actor.first('granted');
    if (grant !== null && actor.role === 'victim') {
      actor.signal('SIGKILL');
      await actor.ended;
      await this.#until(() => this.#happened('agent.lost', (event) => event.agent === actor.name));
    }
    if (grant !== null && actor.role === 'sleeper') {
      actor.signal('SIGSTOP');
      await this.#until(() => this.#happened('lock.expired', (event) => event.token === grant.token));
      actor.signal('SIGCONT');
    }
    await actor.ended;
  }

  /** Once the play is under way, its very coordinator dies. */
  async #killOwner(): Promise<void> {
    await this.#until(() => this.#count('lock.granted') >= 20);
    const { pid } = await this.#coordinator.query({ kind: 'health' });
    process.kill(pid, 'SIGKILL');
    this.#killedOwners.push(pid);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const entry of this.#coordinator.watch(asRevision(1), signal)) {
      this.#entries.push(entry);
      for (const listener of this.#listeners) listener();
    }
  }

  /** Waits for the log to make something true. */
  #until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!isTrue()) return;
        this.#listeners.delete(check);
        resolve();
      };
      this.#listeners.add(check);
      check();
    });
  }

  #happened<Kind extends Event['kind']>(
    kind: Kind,
    matches: (event: Extract<Event, { kind: Kind }>) => boolean,
  ): boolean {
    return this.#entries.some((entry) =>
      entry.events.some((event) => event.kind === kind && matches(event as Extract<Event, { kind: Kind }>)),
    );
  }

  #count(kind: Event['kind']): number {
    return this.#entries.flatMap((entry) => entry.events).filter((event) => event.kind === kind).length;
  }

  #nothingIsHeld(): boolean {
    const ended = this.#count('lock.released') + this.#count('lock.expired') + this.#count('lock.revoked');
    return this.#count('lock.granted') === ended;
  }
}
