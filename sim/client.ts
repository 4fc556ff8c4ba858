import type { Revision, Settings } from '../src/core/index.ts';
import {
  CoordinatorError,
  type Answer,
  type CommandRequest,
  type Query,
  type Reply,
  type TicketReply,
  type TicketRequest,
} from '../src/protocol/index.ts';
import type { Service } from '../src/service/index.ts';
import { isPassing, type Owner } from './owner.ts';
import type { NetworkFaults } from './profile.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Witness } from './witness.ts';

/** The answer did not come: the request or the reply was lost, or the owner died. */
class LostError extends Error {
  override readonly name = 'LostError';
}

/** How long an answer is waited for: longer than an owner tries to commit. */
const patienceMs = 3_000;
const ticketPatienceMs = 8_000;
/** How late a copy of a request may arrive. */
const lateMaxMs = 60_000;

/** A caller behind a bad network: it asks any owner that lives, and asks again until it has an answer. */
export class Client {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #owners: readonly Owner[];
  readonly #witness: Witness;
  #faults: NetworkFaults;

  constructor(
    scheduler: Scheduler,
    random: Random,
    owners: readonly Owner[],
    witness: Witness,
    faults: NetworkFaults,
  ) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#owners = owners;
    this.#witness = witness;
    this.#faults = faults;
  }

  heal(): void {
    this.#faults = { requestLost: 0, replyLost: 0, repeated: 0, repeatedLate: 0, delayMaxMs: 1 };
  }

  /**
   * The request id stays the same however often it is sent; some requests arrive twice by themselves. Null when it was told
   * that nothing was written, and left it at that.
   */
  async submit(request: CommandRequest): Promise<Reply | null> {
    const arrivesTwice = this.#random.happens(this.#faults.repeated);
    const copies = arrivesTwice
      ? [this.#submitOn(request), this.#submitOn(request)]
      : [this.#submitOrLeaveIt(request)];
    const reply = (await Promise.all(copies))[0] ?? null;
    if (reply !== null && this.#random.happens(this.#faults.repeatedLate)) this.#repeatLate(request);
    return reply;
  }

  #submitOn(request: CommandRequest, leavesIt?: (error: unknown) => boolean): Promise<Reply> {
    return this.#persist((service) => this.#acknowledged(service, request), patienceMs, leavesIt);
  }

  /** As long as every try was told so: of one that went without an answer nothing is known. */
  async #submitOrLeaveIt(request: CommandRequest): Promise<Reply | null> {
    let isOpen = false;
    const leavesIt = (error: unknown): boolean => {
      isOpen ||= !(error instanceof CoordinatorError) || error.details['outcome'] !== 'nothing';
      return !isOpen && this.#random.happens(0.5);
    };
    try {
      return await this.#submitOn(request, leavesIt);
    } catch (error) {
      if (isOpen || !isPassing(error)) throw error;
      this.#witness.refused.add(request.requestId);
      return null;
    }
  }

  /** A copy that was under way for long. Nobody waits for what comes of it: the log must not tell that it came. */
  #repeatLate(request: CommandRequest): void {
    this.#scheduler.schedule(this.#random.between(1_000, lateMaxMs), () => {
      const { service } = this.#random.pick(this.#owners);
      service?.submit(request).catch(() => undefined);
    });
  }

  /** As the process around an owner does: settings come from no caller. What comes of it is told to nobody. */
  async configure(settings: Settings): Promise<void> {
    const command = { kind: 'Configure', by: 'service', settings } as const;
    await this.#persist((service) => service.submitInternal(command), patienceMs);
  }

  awaitTicket(request: TicketRequest): Promise<TicketReply> {
    return this.#persist(async (service) => {
      const giveUp = new AbortController();
      const cancel = this.#scheduler.schedule(ticketPatienceMs, () => giveUp.abort());
      try {
        return await service.awaitTicket(request, giveUp.signal);
      } catch (error) {
        throw giveUp.signal.aborted ? new LostError('no news yet') : error;
      } finally {
        cancel();
      }
    }, 2 * ticketPatienceMs);
  }

  async query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    const knownBefore = this.#witness.known;
    const answer = await this.#persist((service) => service.query(query), patienceMs);
    this.#witness.learn(answer.revision);
    const past = 'at' in query && query.at !== null;
    if (!past && query.kind !== 'health' && answer.revision < knownBefore)
      throw new Error(`a stale read: ${query.kind} at ${answer.revision} after ${knownBefore} was told`);
    return answer;
  }

  async #acknowledged(service: Service, request: CommandRequest): Promise<Reply> {
    const knownBefore: Revision = this.#witness.known;
    const reply = await service.submit(request);
    this.#witness.acknowledge(request, reply, knownBefore);
    return reply;
  }

  async #persist<T>(
    call: (service: Service) => Promise<T>,
    withinMs: number,
    leavesIt: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    for (;;) {
      try {
        return await this.#once(call, withinMs);
      } catch (error) {
        if (!(error instanceof LostError) && !isPassing(error)) throw error;
        if (leavesIt(error)) throw error;
        await this.#scheduler.sleep(this.#random.between(1, 200));
      }
    }
  }

  async #once<T>(call: (service: Service) => Promise<T>, withinMs: number): Promise<T> {
    const { requestLost, replyLost, delayMaxMs } = this.#faults;
    await this.#scheduler.sleep(this.#random.between(0, delayMaxMs));
    const owner = this.#random.pick(this.#owners);
    await owner.thawed();
    const { service, life } = owner;
    if (service === null || this.#random.happens(requestLost)) throw new LostError('the request was lost');
    const answer = await this.#unlessLost(call(service), life, withinMs);
    await this.#scheduler.sleep(this.#random.between(0, delayMaxMs));
    if (this.#random.happens(replyLost)) throw new LostError('the reply was lost');
    return answer;
  }

  #unlessLost<T>(answer: Promise<T>, life: AbortSignal, withinMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const lose = (): void => reject(new LostError('the owner is silent'));
      const cancel = this.#scheduler.schedule(withinMs, lose);
      life.addEventListener('abort', lose, { once: true });
      const over = (): void => {
        cancel();
        life.removeEventListener('abort', lose);
      };
      answer.then(resolve, reject).finally(over);
    });
  }
}
