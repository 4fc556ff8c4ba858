/**
 * A simulated run without faults: one agent holds a scope and renews its lease in time, while others ask again and again how
 * it came to be so, of a log in which that is a small part. Whatever they read, the holder keeps its lock.
 */
import {
  parseAgentId,
  parseScopePath,
  type AgentId,
  type DurationMs,
  type Epoch,
} from '../src/core/index.ts';
import type { CallerCommand, Reply } from '../src/protocol/index.ts';
import type { Service } from '../src/service/index.ts';
import { MemoryLog } from '../src/store/memory/index.ts';
import { Archive } from './archive.ts';
import { OracleError } from './oracle.ts';
import { Machine, Owner } from './owner.ts';
import { drawProfile, type Profile } from './profile.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';

const leaseMs = 1_500 as DurationMs;
const beatEveryMs = 400;
const beats = 25;
const readers = 3;
/** Turns of the other agent before, two entries each. */
const turns = 400;
/** As if the log had a thousand times as many entries. */
const readCostMs = 2;
const withinMs = 600_000;

const quiet = parsed(parseScopePath('quiet'));
const busy = parsed(parseScopePath('busy'));

/** Throws when the holder loses its lock. */
export async function simulateReaders(seed: number): Promise<void> {
  const random = new Random(seed);
  const scheduler = new Scheduler(random);
  const profile = calm(drawProfile(random));
  const machine = new Machine('host', scheduler, random);
  const ports = { log: new MemoryLog(), archive: new Archive(), scheduler, random, profile, machine };
  const owner = new Owner({ ...ports, hostName: 'host', readCostMs });
  await scheduler.runUntilDone(new Crowd(owner, scheduler, random).run(profile), withinMs);
}

function calm(profile: Profile): Profile {
  const storeFaults = { failed: 0, requestLost: 0, answerLost: 0, delayed: 0, delayMaxMs: 1 };
  const settings = { ...profile.settings, lockTtlMs: leaseMs, sessionTtlMs: 900_000 as DurationMs };
  return { ...profile, storeFaults, settings, second: 'none', horizonMs: null };
}

interface Identity {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
}

class Crowd {
  readonly #owner: Owner;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  #requests = 0;
  #over = false;

  constructor(owner: Owner, scheduler: Scheduler, random: Random) {
    this.#owner = owner;
    this.#scheduler = scheduler;
    this.#random = random;
  }

  async run({ settings }: Profile): Promise<void> {
    await this.#owner.start();
    await (await this.#service()).submitInternal({ kind: 'Configure', by: 'service', settings });
    const scopes = [busy, quiet].map((path) => ({ path, name: path, type: 'package', dependencies: [] }));
    await this.#say({ kind: 'DefineScopes', by: 'operator', scopes });
    const holder = await this.#join('holder');
    await this.#fillLog(await this.#join('worker'));
    await this.#say({ ...holder, ...acquisition, scopes: [quiet] });
    const reading = Array.from({ length: readers }, () => this.#readOn());
    await this.#renewInTime(holder);
    this.#over = true;
    await Promise.all(reading);
  }

  async #fillLog(worker: Identity): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) {
      const { revision: token } = await this.#say({ ...worker, ...acquisition, scopes: [busy] });
      await this.#say({ ...worker, kind: 'ReleaseLock', scopes: [busy], token });
    }
  }

  async #renewInTime(holder: Identity): Promise<void> {
    for (let beat = 1; beat <= beats; beat += 1) {
      await this.#scheduler.sleep(beatEveryMs);
      const reply = await this.#say({ ...holder, kind: 'Heartbeat' });
      const keeps = reply.ok && reply.result.kind === 'renewed' && reply.result.leases.length === 1;
      if (!keeps) throw new OracleError(`a holder that renewed in time lost its lock at beat ${beat}`);
    }
  }

  async #readOn(): Promise<void> {
    while (!this.#over) {
      await this.#scheduler.sleep(this.#random.between(20, 200));
      const service = await this.#service();
      await service.query({ kind: 'why', subject: { kind: 'scope', scope: quiet }, at: null });
    }
  }

  async #join(name: string): Promise<Identity> {
    const agent = parsed(parseAgentId(name));
    const secret = `secret of ${name}`;
    const reply = await this.#say({ kind: 'AgentJoin', agent, secret, metadata: {} });
    if (!reply.ok || reply.result.kind !== 'joined') throw new Error(`${name} cannot join`);
    return { agent, secret, epoch: reply.result.epoch };
  }

  async #say(command: CallerCommand): Promise<Reply> {
    this.#requests += 1;
    const requestId = `request-${this.#requests}`;
    return (await this.#service()).submit({ requestId, command });
  }

  /** Once it has its ears open. */
  async #service(): Promise<Service> {
    await this.#owner.thawed();
    const { service } = this.#owner;
    if (service === null) throw new Error('the owner is not there');
    return service;
  }
}

const acquisition = { kind: 'AcquireLock', ttlMs: null, wait: { kind: 'none' }, reason: null } as const;

function parsed<Value>(
  result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string },
): Value {
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}
