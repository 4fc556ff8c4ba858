import type { Entry, ScopePath } from '../core/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import { Actor } from './cast.ts';
import { LogFollower } from './log-follower.ts';
import { join, reach } from './owner.ts';
import { bothAreThere, refusalsOf, type Role, type Way } from './report.ts';
import type { Stage } from './stage.ts';

/** What the director did to the cast, for the verdict to look for. */
export interface Plot {
  readonly actors: readonly Actor[];
  readonly entries: readonly Entry[];
  /** Pids of owners that were killed. */
  readonly killedOwners: readonly number[];
}

type Part = readonly [role: Role, way: Way];

const neighbourParts: readonly Part[] = [
  ['neighbour', 'socket'],
  ['neighbour', 'mcp'],
];
/** By the port, not through MCP: there its server would live on, and renew what it holds. */
const sleeperPart: Part = ['sleeper', 'socket'];
const victimPart: Part = ['victim', 'mcp'];
/** With those above, half of them come through MCP. */
const company: readonly Part[] = [
  ['worker', 'socket'],
  ['worker', 'mcp'],
  ['worker', 'socket'],
  ['worker', 'mcp'],
  ['worker', 'mcp'],
  ['cyclist', 'socket'],
];
const leaseMs = 2_000;
const rounds = 12;
/** Few enough that the agents meet. */
const contendedScopes = 4;

/**
 * Lets the play run, and says what it does to the cast when it does it.
 *
 * Two neighbours come first: each has a file of the busiest scope while the other has another. The sleeper is next, and is frozen as soon as it holds the busiest scope. The victim is next in the queue, so that
 * it is granted the scope the moment that the lease is over. Only then is the sleeper woken: it writes under its stale
 * token while somebody else holds the scope. When that has been answered, the victim is killed. Meanwhile the others
 * contend, and the coordinator itself is killed. The play is over when everyone is done and nothing is held.
 */
export class Director {
  readonly #stage: Stage;
  readonly #coordinator: Coordinator;
  readonly #say: (line: string) => void;
  readonly #log: LogFollower;
  readonly #killedOwners: number[] = [];
  readonly #actors: Actor[] = [];

  private constructor(stage: Stage, coordinator: Coordinator, say: (line: string) => void) {
    this.#stage = stage;
    this.#coordinator = coordinator;
    this.#say = say;
    this.#log = new LogFollower(coordinator);
  }

  static async begin(stage: Stage, say: (line: string) => void): Promise<Director> {
    return new Director(stage, await join(stage), say);
  }

  get coordinator(): Coordinator {
    return this.#coordinator;
  }

  get actors(): readonly Actor[] {
    return this.#actors;
  }

  async play(): Promise<Plot> {
    const scopes = await this.#chooseScopes();
    const enter = (part: Part): Actor => this.#enter(part, scopes);
    await this.#introduce(neighbourParts.map(enter));
    const sleeper = enter(sleeperPart);
    await this.#freeze(sleeper);
    const victim = enter(victimPart);
    await this.#log.until(() => this.#hasAsked(victim));
    const others = company.map(enter);
    await Promise.all([
      this.#wake(sleeper, victim).then(() => this.#kill(victim)),
      ...others.filter(({ role }) => role === 'cyclist').map((actor) => this.#tellOfCycle(actor)),
      this.#killOwner(),
    ]);
    await Promise.all(this.#actors.map((actor) => actor.ended));
    await this.#log.until(() => this.#log.nothingIsHeld());
    await this.#log.stop();
    await this.#coordinator.close();
    if (this.#stage.served === null) await endOwner(this.#stage);
    return { actors: this.#actors, entries: this.#log.entries, killedOwners: this.#killedOwners };
  }

  async #chooseScopes(): Promise<ScopePath[]> {
    const { scopes } = await this.#coordinator.query({ kind: 'scopes' });
    const busiest = [...scopes].sort((a, b) => b.dependents.length - a.dependents.length);
    return busiest.slice(0, contendedScopes).map((scope) => scope.path);
  }

  #enter([role, way]: Part, scopes: readonly ScopePath[]): Actor {
    const { commonDir, worktree, served } = this.#stage;
    const seed = this.#actors.length + 1;
    const name = `${role}-${seed}`;
    const actor = new Actor({
      name,
      role,
      way,
      commonDir,
      worktree,
      served,
      scopes,
      rounds,
      ttlMs: leaseMs,
      seed,
    });
    this.#actors.push(actor);
    return actor;
  }

  async #introduce(neighbours: readonly Actor[]): Promise<void> {
    const grants = await Promise.all(neighbours.map((actor) => actor.first('granted')));
    const held = neighbours.map(({ name }, index) => `${name} holds ${grants[index]?.scope ?? 'nothing'}`);
    this.#say(`${held.join(', and at the same time ')}: files of one scope`);
    for (const actor of neighbours) actor.signal(bothAreThere);
    await Promise.all(neighbours.map((actor) => actor.ended));
  }

  async #freeze(sleeper: Actor): Promise<void> {
    const grant = await sleeper.first('granted');
    if (grant === null) return;
    sleeper.signal('SIGSTOP');
    this.#say(`${sleeper.name} is frozen while it holds ${grant.scope} (token ${grant.token})`);
  }

  #hasAsked({ name, end }: Actor): boolean {
    const isQueued = this.#log.happened('ticket.issued', (event) => event.agent === name);
    return isQueued || this.#log.happened('lock.granted', (event) => event.agent === name) || end !== null;
  }

  /** Not before another was granted what the sleeper held: a write to a scope that is free is refused otherwise. */
  async #wake(sleeper: Actor, victim: Actor): Promise<void> {
    const grant = await victim.first('granted');
    if (grant !== null)
      this.#say(
        `the lease of ${sleeper.name} is over, ${victim.name} is granted ${grant.scope} (token ${grant.token}): ${sleeper.name} is woken`,
      );
    sleeper.signal('SIGCONT');
    await Promise.race([sleeper.first('refused'), sleeper.first('edited')]);
    const refused = refusalsOf(sleeper.reports).find(({ attempt }) => attempt === 'write');
    const stale = sleeper.reports.find((report) => report.kind === 'granted');
    if (refused !== undefined && stale !== undefined)
      this.#say(`${sleeper.name} writes under its stale token ${stale.token}: refused, ${refused.code}`);
  }

  async #kill(victim: Actor): Promise<void> {
    const grant = await victim.first('granted');
    if (grant === null) return;
    victim.signal('SIGKILL');
    await victim.ended;
    this.#say(`${victim.name} is killed while it holds ${grant.scope} (token ${grant.token})`);
    await this.#log.until(() => this.#log.happened('agent.lost', (event) => event.agent === victim.name));
    this.#say(
      `${victim.name} is lost, its session being over: ${grant.scope} is free for the next in the queue`,
    );
  }

  async #tellOfCycle(cyclist: Actor): Promise<void> {
    const refused = await cyclist.first('refused');
    if (refused?.attempt === 'cycle')
      this.#say(`${cyclist.name} asks for a cycle of dependencies: refused, ${refused.code}`);
  }

  /** Once the play is under way, its very coordinator dies. */
  async #killOwner(): Promise<void> {
    await this.#log.until(() => this.#log.count('lock.granted') >= 20);
    const { pid } = await this.#coordinator.query({ kind: 'health' });
    process.kill(pid, 'SIGKILL');
    this.#killedOwners.push(pid);
    const next = this.#stage.served === null ? 'whoever needs it next starts another' : 'it is started again';
    this.#say(`the coordinator (process ${pid}) is killed: ${next}`);
  }
}

async function endOwner({ commonDir, worktree }: Stage): Promise<void> {
  const coordinator = await reach(commonDir, worktree);
  await coordinator.stopOwner('now');
  await coordinator.close();
}
