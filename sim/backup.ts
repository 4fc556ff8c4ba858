/**
 * A simulated run in which the log is replaced, again and again: by a backup of itself, or by none at all. Whatever stands
 * there then, no number that was given out is given out once more, and none of a former log is good for anything.
 */
import { asRevision, type FencingToken } from '../src/core/index.ts';
import type { CallerCommand } from '../src/protocol/index.ts';
import type { Sighting, Witness } from '../src/service/index.ts';
import { MemoryLog } from '../src/store/memory/index.ts';
import { OracleError } from './verdict.ts';
import { acquisition, scopeNamed, Stage, type Identity } from './stage.ts';

const leaseMs = 60_000;
const replacements = 6;
const scope = scopeNamed('only');
const digest = '0'.repeat(64);

/** Throws when a number comes back. */
export async function simulateBackup(seed: number): Promise<void> {
  const stage = new Stage(seed, { leaseMs, witness: new KeptWitness() });
  await stage.perform(() => new Restorer(stage).run());
}

/** Beside the log, and not replaced with it. */
class KeptWitness implements Witness {
  #seen: Sighting | null = null;

  read(): Sighting | null {
    return this.#seen;
  }

  note(seen: Sighting): void {
    this.#seen = seen;
  }
}

interface Hold extends Identity {
  readonly token: FencingToken;
}

class Restorer {
  readonly #stage: Stage;
  readonly #former: Hold[] = [];
  #backup: MemoryLog | null = null;
  #names = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async run(): Promise<void> {
    for (let turn = 0; turn <= replacements; turn += 1) {
      await this.#stage.open(scope);
      await this.#work();
      if (this.#stage.random.happens(0.5)) this.#backup = copyOf(this.#stage.log);
      await this.#work();
      this.#stage.owner.kill();
      this.#replaceLog();
    }
  }

  /** Some are given the lock in turn; the last one dies with it. */
  async #work(): Promise<void> {
    const { random } = this.#stage;
    for (let turns = random.between(1, 4); turns > 0; turns -= 1) {
      const hold = await this.#hold();
      for (const former of this.#former) await this.#isGoodForNothing(former, hold);
      this.#former.push(hold);
      await this.#stage.say({ ...hold, kind: 'ReleaseLock', scopes: [scope] });
    }
  }

  async #hold(): Promise<Hold> {
    this.#names += 1;
    const agent = await this.#stage.join(`agent-${this.#names}`);
    const reply = await this.#stage.say({ ...agent, ...acquisition, scopes: [scope] });
    const token = reply.ok && reply.result.kind === 'granted' ? reply.result.locks[0]?.token : undefined;
    if (token === undefined) throw new OracleError(`a free scope is not granted: ${JSON.stringify(reply)}`);
    return { ...agent, token };
  }

  /** Neither its name and secret, nor its token in the name of who holds the lock now. */
  async #isGoodForNothing(former: Hold, { agent, epoch, secret, token }: Hold): Promise<void> {
    if (former.token >= token)
      throw new OracleError(`token ${token} was given after ${former.token}, in a log that begins anew`);
    const write = { kind: 'ContextModify', scope, file: 'notes.yaml', digest, baseDigest: null } as const;
    const acts: CallerCommand[] = [
      { ...write, ...former },
      { ...write, agent, epoch, secret, token: former.token },
    ];
    for (const act of acts)
      if ((await this.#stage.say(act)).ok)
        throw new OracleError(`token ${former.token} of a former log was accepted beside ${token}`);
  }

  #replaceLog(): void {
    const { log, random } = this.#stage;
    const other = this.#backup === null || random.happens(0.3) ? new MemoryLog() : copyOf(this.#backup);
    Object.assign(log, other, { bell: log.bell });
  }
}

function copyOf(log: MemoryLog): MemoryLog {
  return Object.assign(new MemoryLog(), {
    identity: log.identity,
    first: asRevision(log.first),
    entries: [...log.entries],
    forgotten: new Set(log.forgotten),
    snapshots: [...log.snapshots],
  });
}
