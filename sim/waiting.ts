/**
 * A simulated run in which the owner stands still, for a moment or for good, and real clients wait on it over real
 * connections. Who waits outlasts a moment; beside an owner that stands still for good every call ends in bounded time, says
 * so, and can be made again once the owner goes on.
 */
import { openConnection } from '../src/client/connection.ts';
import type { DialOptions } from '../src/client/dial.ts';
import { SocketCoordinator } from '../src/client/index.ts';
import type { Revision } from '../src/core/index.ts';
import { Peer, type PeerHandler } from '../src/daemon/peer.ts';
import { CoordinatorError, type Call } from '../src/protocol/index.ts';
import { requestParsers } from '../src/protocol/requests.ts';
import type { Time } from '../src/time/index.ts';
import { OracleError } from './verdict.ts';
import { acquisition, scopeNamed, Stage, type Identity } from './stage.ts';
import { wire } from './wire.ts';

const leaseMs = 20_000;
const waiters = 3;
const version = '1.0.0';
/** Who waits has the patience of a call from the last sign of life on, and a pause more. */
const waitEndsWithinMs = 31_000;
/** Whoever asks something learns sooner that nobody is there. */
const callEndsWithinMs = 10_000;
const scope = scopeNamed('only');

/** Throws when a call outlasts its bound, or fails in another way than it must. */
export async function simulateWaiting(seed: number): Promise<void> {
  const stage = new Stage(seed, { leaseMs });
  await stage.perform(() => new Bystanders(stage).run());
}

class Bystanders {
  readonly #stage: Stage;
  #requests = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async run(): Promise<void> {
    await this.#stage.open(scope);
    const clients = Array.from({ length: waiters }, () => this.#client());
    const holder = await this.#stage.join('holder');
    const { revision: token } = await this.#stage.say({ ...holder, ...acquisition, scopes: [scope] });
    const agents = await Promise.all(clients.map((_, index) => this.#stage.join(`waiter-${index}`)));
    await this.#outlastsAMoment({ ...holder, token }, agents[0] as Identity, clients[0] as SocketCoordinator);
    await this.#endsInTime(agents, clients);
    for (const client of clients) await client.close();
    await this.#stage.scheduler.sleep(1_000);
  }

  /** The owner stands still for less than anybody's patience: who waited is told of the grant. */
  async #outlastsAMoment(
    holder: Identity & { readonly token: Revision },
    agent: Identity,
    client: SocketCoordinator,
  ): Promise<void> {
    const { owner, random, scheduler } = this.#stage;
    const waits = settledLater(this.#wait(client, agent));
    await scheduler.sleep(random.between(1, 1_000));
    owner.freeze(random.between(1_000, 15_000));
    await this.#stage.say({ ...holder, kind: 'ReleaseLock', scopes: [scope] });
    const reply = await waits;
    if (reply?.kind !== 'granted')
      throw new OracleError(`a wait beside a short stop ended with ${reply?.kind}`);
  }

  /** It stands still for good, as far as anybody can tell: one waits for what the first waiter has, one asks something. */
  async #endsInTime(agents: readonly Identity[], clients: readonly SocketCoordinator[]): Promise<void> {
    const { owner, random, scheduler } = this.#stage;
    const [asking, waiting] = [clients[1] as SocketCoordinator, clients[2] as SocketCoordinator];
    const ticket = await this.#queueUp(agents[2] as Identity, waiting);
    const wait = settledLater(waiting.awaitTicket({ agent: (agents[2] as Identity).agent, ticket }));
    if (random.happens(0.5)) await asking.query({ kind: 'health' });
    await scheduler.sleep(random.between(1, 3_000));
    owner.freeze(200_000);
    await Promise.all([
      this.#failsWithin(waitEndsWithinMs, 'a wait', wait),
      this.#failsWithin(callEndsWithinMs, 'a question', asking.query({ kind: 'status', at: null })),
    ]);
    await this.#failsWithin(callEndsWithinMs, 'another question', asking.query({ kind: 'status', at: null }));
    await owner.thawed();
    await asking.query({ kind: 'status', at: null });
  }

  async #failsWithin(boundMs: number, what: string, call: Promise<unknown>): Promise<void> {
    const { scheduler } = this.#stage;
    const sinceMs = scheduler.nowMs();
    const told = await call.then(
      () => null,
      (error: unknown) => error,
    );
    const tookMs = scheduler.nowMs() - sinceMs;
    if (tookMs > boundMs)
      throw new OracleError(`${what} on an owner that stands still ended after ${tookMs} ms`);
    if (!(told instanceof CoordinatorError) || told.code !== 'UNAVAILABLE')
      throw new OracleError(`${what} on an owner that stands still ended with ${String(told)}`);
  }

  async #wait(client: SocketCoordinator, agent: Identity) {
    const ticket = await this.#queueUp(agent, client);
    return client.awaitTicket({ agent: agent.agent, ticket });
  }

  async #queueUp(agent: Identity, client: SocketCoordinator): Promise<Revision> {
    this.#requests += 1;
    const command = {
      ...agent,
      ...acquisition,
      scopes: [scope],
      wait: { kind: 'queue', forMs: null },
    } as const;
    const reply = await client.submit({ requestId: `waiting-${this.#requests}`, command });
    if (!reply.ok || reply.result.kind !== 'queued')
      throw new OracleError(`no ticket: ${JSON.stringify(reply)}`);
    return reply.result.ticket;
  }

  #client(): SocketCoordinator {
    const { scheduler } = this.#stage;
    const time: Time = {
      monotonicMs: () => Math.floor(scheduler.nowMs()),
      wallMs: () => Math.floor(scheduler.nowMs()),
      schedule: (delayMs, run) => scheduler.schedule(delayMs, run),
      soon: (run) => void scheduler.schedule(0, run),
    };
    return new SocketCoordinator({
      // Of no use here: the way to the owner is given.
      commonDir: '/',
      version,
      startOwner: null,
      backoffMs: () => 100,
      time,
      reach: (options) => this.#reach(options),
    });
  }

  #reach({ timeoutMs, signal, time }: DialOptions) {
    const { owner, scheduler, random } = this.#stage;
    const ends = wire(
      scheduler,
      () => random.between(0, 5),
      () => owner.thawed(),
    );
    new Peer(ends.owner, {
      parsers: requestParsers,
      version,
      handler: this.#handler,
      slowReaderMs: 30_000,
      greetingMaxMs: 10_000,
    });
    const connectSocket = () => ends.client;
    return openConnection('', version, { timeoutMs, signal, ownerPid: () => null, time, connectSocket });
  }

  readonly #handler: PeerHandler = {
    handle: async (call: Call, signal: AbortSignal): Promise<unknown> => {
      const service = await this.#stage.service();
      switch (call.op) {
        case 'submit':
          return service.submit(call.request);
        case 'awaitTicket':
          return service.awaitTicket(call.ticket, signal);
        case 'query':
          return service.query(call.query);
        default:
          throw new Error(`nobody asks for ${call.op} here`);
      }
    },
    peerGone: () => undefined,
  };
}

/** Of a call that is awaited only after something else: how it failed is seen then. */
function settledLater<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  return call;
}
