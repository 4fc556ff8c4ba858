/**
 * A simulated run without faults: one agent holds a scope and renews its lease in time, while others ask again and again how
 * it came to be so, of a log in which that is a small part. Whatever they read, the holder keeps its lock.
 */
import { OracleError } from './verdict.ts';
import { acquisition, scopeNamed, Stage, type Identity } from './stage.ts';

const leaseMs = 1_500;
const beatEveryMs = 400;
const beats = 25;
const readers = 3;
/** Turns of the other agent before, two entries each. */
const turns = 400;
/** As if the log had a thousand times as many entries. */
const readCostMs = 2;

const quiet = scopeNamed('quiet');
const busy = scopeNamed('busy');

/** Throws when the holder loses its lock. */
export async function simulateReaders(seed: number): Promise<void> {
  const stage = new Stage(seed, { leaseMs, readCostMs });
  await stage.perform(() => new Crowd(stage).run());
}

class Crowd {
  readonly #stage: Stage;
  #over = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async run(): Promise<void> {
    await this.#stage.open(busy, quiet);
    const holder = await this.#stage.join('holder');
    await this.#fillLog(await this.#stage.join('worker'));
    await this.#stage.say({ ...holder, ...acquisition, scopes: [quiet] });
    const reading = Array.from({ length: readers }, () => this.#readOn());
    await this.#renewInTime(holder);
    this.#over = true;
    await Promise.all(reading);
  }

  async #fillLog(worker: Identity): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) {
      const { revision: token } = await this.#stage.say({ ...worker, ...acquisition, scopes: [busy] });
      await this.#stage.say({ ...worker, kind: 'ReleaseLock', scopes: [busy], token });
    }
  }

  async #renewInTime(holder: Identity): Promise<void> {
    for (let beat = 1; beat <= beats; beat += 1) {
      await this.#stage.scheduler.sleep(beatEveryMs);
      const reply = await this.#stage.say({ ...holder, kind: 'Heartbeat' });
      const keeps = reply.ok && reply.result.kind === 'renewed' && reply.result.leases.length === 1;
      if (!keeps) throw new OracleError(`a holder that renewed in time lost its lock at beat ${beat}`);
    }
  }

  async #readOn(): Promise<void> {
    const { scheduler, random } = this.#stage;
    while (!this.#over) {
      await scheduler.sleep(random.between(20, 200));
      const service = await this.#stage.service();
      await service.query({ kind: 'why', subject: { kind: 'scope', scope: quiet }, at: null });
    }
  }
}
