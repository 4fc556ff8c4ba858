/** A small simulated world in which only what its trial does goes wrong: one owner of one log, and agents that speak up. */
import { parseAgentId, parseScopePath, type DurationMs, type ScopePath } from '../src/core/index.ts';
import { join, MemorySessions, type AgentSession } from '../src/participant/index.ts';
import type { CallerCommand, Reply } from '../src/protocol/index.ts';
import type { Service, Witness } from '../src/service/index.ts';
import { MemoryLog } from '../src/store/memory/index.ts';
import { Archive } from './archive.ts';
import { Disk } from './disk.ts';
import { Machine, Owner } from './owner.ts';
import { drawProfile, type Profile } from './profile.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';

/** Simulated time after which a trial that has not ended is stuck, in milliseconds. */
const withinMs = 600_000;

export interface StageOptions {
  /** Of every lock. */
  readonly leaseMs: number;
  /** What reading an entry costs, in milliseconds; nothing unless given. */
  readonly readCostMs?: number;
  readonly witness?: Witness;
}

/** Who speaks for an agent. */
export type Identity = AgentSession;

export const acquisition = {
  kind: 'AcquireLock',
  ttlMs: null,
  wait: { kind: 'none' },
  reason: null,
} as const;

export class Stage {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly disk = new Disk();
  readonly log = new MemoryLog();
  readonly owner: Owner;
  readonly #profile: Profile;
  #requests = 0;

  constructor(seed: number, { leaseMs, readCostMs = 0, witness }: StageOptions) {
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random);
    this.#profile = calm(drawProfile(this.random), leaseMs as DurationMs);
    const { log, disk, scheduler, random } = this;
    const machine = new Machine('host', scheduler, random);
    const parts = {
      log,
      disk,
      archive: new Archive(() => scheduler.nowMs()),
      scheduler,
      random,
      machine,
      hostName: 'host',
      readCostMs,
    };
    this.owner = new Owner({
      ...parts,
      profile: this.#profile,
      ...(witness === undefined ? {} : { witness }),
    });
  }

  /** Throws what the play throws, or that it is stuck. */
  perform(play: () => Promise<void>): Promise<void> {
    return this.scheduler.runUntilDone(play(), withinMs);
  }

  /** The owner comes, with its settings and with scopes of these names. */
  async open(...scopes: readonly ScopePath[]): Promise<void> {
    const { settings } = this.#profile;
    await this.owner.start();
    await (await this.service()).submitInternal({ kind: 'Configure', by: 'service', settings });
    const definitions = scopes.map((path) => ({ path, name: path, type: 'package', dependencies: [] }));
    await this.say({ kind: 'DefineScopes', by: 'operator', scopes: definitions });
  }

  async join(name: string): Promise<Identity> {
    const agent = parsed(parseAgentId(name));
    const ports = {
      speaker: { submit: (command: CallerCommand) => this.say(command) },
      sessions: new MemorySessions(),
      newSecret: () => Buffer.from(name).toString('hex').padStart(64, '0'),
    };
    const joined = await join(ports, agent, {});
    if (joined.kind !== 'joined') throw new Error(`${name} cannot join`);
    return joined.session;
  }

  async say(command: CallerCommand): Promise<Reply> {
    this.#requests += 1;
    const requestId = `request-${this.#requests}`;
    return (await this.service()).submit({ requestId, command });
  }

  /** Once it has its ears open. */
  async service(): Promise<Service> {
    await this.owner.thawed();
    const { service } = this.owner;
    if (service === null) throw new Error('the owner is not there');
    return service;
  }
}

export function scopeNamed(name: string): ScopePath {
  return parsed(parseScopePath(name));
}

/** As the product is set up, on a store that does what it is asked. */
function calm(profile: Profile, lockTtlMs: DurationMs): Profile {
  const storeFaults = { failed: 0, requestLost: 0, answerLost: 0, delayed: 0, delayMaxMs: 1 };
  const longMs = 900_000 as DurationMs;
  const settings = { ...profile.settings, lockTtlMs, sessionTtlMs: longMs, maxBlockMs: longMs };
  return { ...profile, storeFaults, settings, second: 'none', horizonMs: null, commitPatienceMs: 10_000 };
}

function parsed<Value>(
  result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string },
): Value {
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}
