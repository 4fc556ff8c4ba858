/**
 * A simulated run on a disk that has no room for a while: every caller is told so soon and as what it is, nothing that was
 * refused is carried out once there is room, everybody gets on then, and the owner leaves when told to, also without a disk.
 */
import type { Entry } from '../src/core/index.ts';
import type { CallerCommand, CoordinatorError } from '../src/protocol/index.ts';
import { isForWantOfRoom } from './disk.ts';
import { OracleError } from './verdict.ts';
import { acquisition, scopeNamed, Stage, type Identity } from './stage.ts';

const leaseMs = 5_000;
/** In which a caller has its answer, and in which an owner leaves. */
const soonMs = 2_000;
const callers = ['ann', 'bob', 'cid'];
const attempts = 12;
const scope = scopeNamed('only');

/** Throws when somebody is told late, or something that is not so. */
export async function simulateFullDisk(seed: number): Promise<void> {
  const stage = new Stage(seed, { leaseMs });
  await stage.perform(() => new Want(stage).run());
}

class Want {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async run(): Promise<void> {
    const { disk, owner } = this.#stage;
    await this.#stage.open(scope);
    const agents = await Promise.all(callers.map((name) => this.#stage.join(name)));
    const before = await this.#lastRevision();
    disk.fill();
    await Promise.all(agents.map((agent) => this.#askInVain(agent)));
    disk.mend();
    await this.#nothingCameOfIt(before);
    await this.#getOn(agents[0] as Identity);
    disk.unplug();
    const asked = this.#stage.say({ ...(agents[1] as Identity), kind: 'Heartbeat' }).catch(() => null);
    await this.#stage.scheduler.sleep(this.#stage.random.between(1, 500));
    await this.#soon('the owner leaves', owner.leave());
    if ((await asked) !== null) throw new OracleError('an answer came from a disk that is not there');
  }

  /** A renewal, a lock, a ticket: nothing of it can be written. */
  async #askInVain(agent: Identity): Promise<void> {
    const { random, scheduler } = this.#stage;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      await scheduler.sleep(random.between(1, 1_500));
      const command: CallerCommand = random.happens(0.3)
        ? { ...agent, kind: 'Heartbeat' }
        : { ...agent, ...acquisition, scopes: [scope] };
      await this.#soon('a caller is told', this.#refused(command));
    }
  }

  async #refused(command: CallerCommand): Promise<void> {
    try {
      await this.#stage.say(command);
    } catch (error) {
      if (isForWantOfRoom(error) && (error as CoordinatorError).details['outcome'] === 'nothing') return;
      throw new OracleError(`on a full disk somebody was told: ${String(error)}`);
    }
    throw new OracleError('something was written on a full disk');
  }

  /** Besides what time ends by itself. */
  async #nothingCameOfIt(before: number): Promise<void> {
    await this.#stage.scheduler.sleep(60_000);
    const service = await this.#stage.service();
    const { entries } = await service.query({ kind: 'history', filter: {}, limit: 100, before: null });
    const late = entries.find((entry: Entry) => entry.revision > before && entry.requestId !== null);
    if (late !== undefined)
      throw new OracleError(`revision ${late.revision} carries out what was said not to be written`);
  }

  async #getOn(agent: Identity): Promise<void> {
    const reply = await this.#stage.say({ ...agent, ...acquisition, scopes: [scope] });
    if (!reply.ok) throw new OracleError(`there is room again, but ${reply.rejection.message}`);
  }

  async #soon(what: string, done: Promise<unknown>): Promise<void> {
    const { scheduler } = this.#stage;
    const sinceMs = scheduler.nowMs();
    await done;
    const tookMs = scheduler.nowMs() - sinceMs;
    if (tookMs > soonMs) throw new OracleError(`${what} only after ${tookMs} ms`);
  }

  async #lastRevision(): Promise<number> {
    const service = await this.#stage.service();
    return (await service.query({ kind: 'status', at: null })).revision;
  }
}
