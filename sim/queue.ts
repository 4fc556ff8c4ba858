/**
 * Whose turn it is, by the log and by other eyes than the machine's: nothing is granted over what another has, nor over what
 * the oldest ticket wants; nobody waits for what could be his; and of those who wait some can go on.
 */
import { isLockEnd, type Entry, type EventOf } from '../src/core/index.ts';
import { Ground, keyOf, thingOf, type Thing } from './ground.ts';
import { demand } from './verdict.ts';

interface Held {
  readonly agent: string;
  readonly thing: Thing;
}

interface Waiting {
  readonly ticket: number;
  readonly agent: string;
  readonly wants: readonly Thing[];
}

export function judgeQueue(entries: readonly Entry[]): void {
  const queue = new Queue();
  for (const entry of entries) queue.take(entry);
}

class Queue {
  readonly #ground = new Ground();
  readonly #held = new Map<string, Held>();
  /** In order of issue. */
  readonly #waiting = new Map<number, Waiting>();

  take({ revision, events }: Entry): void {
    const before = new Ground(this.#ground);
    for (const event of events) {
      this.#ground.take(event);
      if (event.kind === 'message.sent') this.#address(event, revision);
      if (event.kind === 'lock.granted') this.#grant(event, revision);
      else if (isLockEnd(event)) this.#held.delete(keyOf(event));
      else if (event.kind === 'ticket.issued')
        this.#waiting.set(revision, { ticket: revision, agent: event.agent, wants: wantsOf(event) });
      else if (event.kind === 'ticket.ended') this.#waiting.delete(event.ticket);
    }
    this.#judgePlaces(events, before, revision);
    for (const waiting of this.#waiting.values())
      demand(
        !this.#couldHave(waiting),
        `revision ${revision}: ticket ${waiting.ticket} of ${waiting.agent} could be served, but waits`,
      );
    const stuck = this.#stuck();
    demand(stuck.length === 0, `revision ${revision}: ${stuck.join(' and ')} wait for one another for ever`);
  }

  #grant(event: EventOf<'lock.granted'>, revision: number): void {
    const { agent } = event;
    const thing = thingOf(event);
    const what = `revision ${revision} grants ${keyOf(thing)} to ${agent}`;
    for (const other of this.#inTheWay(agent, thing))
      demand(false, `${what}, while ${other.agent} has ${keyOf(other.thing)}`);
    demand(!this.#held.has(keyOf(thing)), `${what}, who has it`);
    this.#held.set(keyOf(thing), { agent, thing });
    const oldest = this.#oldest();
    const isYounger = event.ticket === null || event.ticket > (oldest?.ticket ?? Infinity);
    if (oldest !== null && oldest.agent !== agent && isYounger)
      demand(
        !this.#isKept(oldest, thing, 0),
        `${what}, which is kept for ticket ${oldest.ticket}, the oldest`,
      );
  }

  /** What is held is where it was when it was granted; what is said to have moved is elsewhere. */
  #judgePlaces(events: Entry['events'], before: Ground, revision: number): void {
    for (const { agent, thing } of this.#held.values()) {
      const { resource, slot = 0 } = thing;
      demand(
        resource === undefined || slot <= this.#ground.slotsOf(resource),
        `revision ${revision}: ${agent} has ${keyOf(thing)}, which there is no more`,
      );
      demand(
        resource !== undefined || this.#ground.around(thing.file ?? `${thing.scope}`) === thing.scope,
        `revision ${revision}: ${keyOf(thing)}, which ${agent} has, is not in ${thing.scope} any more`,
      );
    }
    for (const event of events)
      if (event.kind === 'lock.released' && event.cause === 'moved' && event.file !== undefined)
        demand(
          before.around(event.file) !== this.#ground.around(event.file),
          `revision ${revision} takes ${event.file} from ${event.agent}, though it is where it was`,
        );
  }

  /** What is said to a holder is said to all whose locks are in the way of who wants that thing. */
  #address({ agent, way, recipients }: EventOf<'message.sent'>, revision: number): void {
    if (way.kind !== 'holder') return;
    const others = [...this.#held.values()].filter(
      (held) =>
        held.agent !== agent &&
        (way.resource === undefined
          ? this.#ground.clash(held.thing, way)
          : held.thing.resource === way.resource),
    );
    const expected = [...new Set(others.map((held) => held.agent))].toSorted();
    demand(
      expected.join() === recipients.join(),
      `revision ${revision}: who holds ${way.resource ?? way.file ?? way.scope} is ${expected.join()}, but told was ${recipients.join()}`,
    );
  }

  #oldest(): Waiting | null {
    for (const waiting of this.#waiting.values()) return waiting;
    return null;
  }

  /** What others have that clashes with it. */
  #inTheWay(agent: string, thing: Thing): Held[] {
    return [...this.#held.values()].filter(
      (held) => held.agent !== agent && this.#ground.clash(held.thing, thing),
    );
  }

  #freeSlots(resource: string): number {
    const taken = [...this.#held.values()].filter(({ thing }) => thing.resource === resource);
    return this.#ground.slotsOf(resource) - taken.length;
  }

  /** Of a resource one slot is kept; `free`: how many there are at least where it is not. */
  #isKept({ wants }: Waiting, thing: Thing, free: number): boolean {
    const { resource } = thing;
    if (resource === undefined) return wants.some((want) => this.#ground.clash(want, thing));
    return wants.some((want) => want.resource === resource) && this.#freeSlots(resource) <= free;
  }

  #couldHave({ ticket, agent, wants }: Waiting): boolean {
    const oldest = this.#oldest();
    const isFree = (want: Thing): boolean =>
      want.resource === undefined
        ? this.#inTheWay(agent, want).length === 0
        : this.#freeSlots(want.resource) > 0;
    if (!wants.every(isFree)) return false;
    if (oldest !== null && oldest.ticket !== ticket && wants.some((want) => this.#isKept(oldest, want, 1)))
      return false;
    return !this.#lacksPlace(agent, wants);
  }

  #placed(): Set<string> {
    return new Set(
      [...this.#held.values()].flatMap(({ agent, thing }) => (thing.resource === undefined ? [agent] : [])),
    );
  }

  #lacksPlace(agent: string, wants: readonly Thing[]): boolean {
    const placed = this.#placed();
    return (
      placed.size >= this.#ground.places &&
      !placed.has(agent) &&
      wants.some(({ resource }) => resource === undefined)
    );
  }

  /** Who waits, directly or not, for nobody but those who wait: whoever can go on is taken away, again and again. */
  #stuck(): string[] {
    const stuck = new Map([...this.#waiting.values()].map((waiting) => [waiting.agent, waiting]));
    for (let before = -1; before !== stuck.size;) {
      before = stuck.size;
      for (const waiting of stuck.values())
        if (!this.#isHindered(waiting, stuck)) stuck.delete(waiting.agent);
    }
    return [...stuck.keys()];
  }

  /** By any of those who have, or asked before for, what it wants; by all of those who have a slot, or a place. */
  #isHindered({ ticket, agent, wants }: Waiting, stuck: ReadonlyMap<string, unknown>): boolean {
    const everyOne = (agents: Iterable<string>): boolean => [...agents].every((other) => stuck.has(other));
    const ahead = [...this.#waiting.values()].filter((other) => other.ticket < ticket);
    const isHinderedAt = (want: Thing): boolean => {
      const older = ahead.filter((other) => other.wants.some((each) => this.#ground.clash(each, want)));
      if (older.some((other) => stuck.has(other.agent))) return true;
      if (want.resource === undefined)
        return this.#inTheWay(agent, want).some((held) => stuck.has(held.agent));
      const { resource } = want;
      const holders = [...this.#held.values()].filter(({ thing }) => thing.resource === resource);
      return this.#freeSlots(resource) <= 0 && everyOne(holders.map((held) => held.agent));
    };
    return wants.some(isHinderedAt) || (this.#lacksPlace(agent, wants) && everyOne(this.#placed()));
  }
}

function wantsOf({ scopes, files = [], resources = [] }: EventOf<'ticket.issued'>): Thing[] {
  return [
    ...scopes.map((scope) => ({ scope })),
    ...files.map((file) => ({ file })),
    ...resources.map((resource) => ({ resource })),
  ];
}
