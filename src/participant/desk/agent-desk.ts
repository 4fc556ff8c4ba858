import {
  parseAgentId,
  parseAgentIdForm,
  quote,
  type AgentId,
  type AgentMetadata,
  type Rejection,
} from '../../core/index.ts';
import { invalidInput, type Reply, type StatusAnswer } from '../../protocol/index.ts';
import { overCodes } from '../agent-commands.ts';
import { hasJoined, type AgentSession } from '../session.ts';
import { DeskAgent } from './desk-agent.ts';
import { Enrolment, type Enrolled, type NoName } from './enrolment.ts';
import { NameBook, type Other } from './name-book.ts';
import type { DeskPorts } from './ports.ts';
import { Seats, type Seat } from './seats.ts';

/** Who asks, as this process finds it. */
export type Found =
  | { readonly kind: 'kept'; readonly agent: DeskAgent }
  /** The one that was kept is gone; it may have something to be told. */
  | { readonly kind: 'gone'; readonly agent: DeskAgent; readonly rejection: Rejection }
  /** A plain name that several joins through this client have asked for. */
  | { readonly kind: 'unclear'; readonly name: string; readonly seats: readonly Seat[] }
  /** Nobody has joined under it through this client. `other`: who is present under the name. */
  | { readonly kind: 'unknown'; readonly name: AgentId; readonly other: Other | null };

export type Joined =
  | {
      readonly kind: 'joined';
      readonly seat: Seat;
      /** `resumed`: from a process that has ended, or from a shell; `known`: it speaks through this client already. */
      readonly how: 'new' | 'resumed' | 'known';
      /** Who has the name that was asked for, where another was given. */
      readonly other: Other | null;
      /** The name that went with the handle until now, where another was given. */
      readonly before: AgentId | null;
    }
  /** The name cannot be gone on under: it is somebody else's. */
  | { readonly kind: 'taken'; readonly name: AgentId; readonly other: Other | null }
  | { readonly kind: 'refused'; readonly name: AgentId; readonly rejection: Rejection }
  | NoName
  | Extract<Found, { kind: 'unclear' }>;

type Seated = Extract<Joined, { kind: 'joined' }>;
type EnrolledOne = Extract<Enrolled, { kind: 'enrolled' }>;

export interface JoinWish {
  readonly metadata: AgentMetadata;
  readonly task: string | null;
  /** Whether it goes on as an agent of that name that is known already. */
  readonly resumes: boolean;
}

/**
 * The agents that this process keeps. Who asks is always said by the call itself, and an agent is never guessed: another
 * join is another agent, and going on as one whose process has ended is asked for as such.
 */
export class AgentDesk {
  readonly seats = new Seats();
  readonly #ports: DeskPorts;
  readonly #names: NameBook;
  readonly #enrolment: Enrolment;
  /** By name: of joins that come at once for a new one each must see what the one before has come to. */
  readonly #turns = new Map<AgentId, Promise<unknown>>();
  #stopped = false;

  constructor(ports: DeskPorts) {
    this.#ports = ports;
    this.#names = new NameBook(ports);
    this.#enrolment = new Enrolment(ports, this.#names);
  }

  /** The agent that a call names, if this process keeps it. */
  kept(text: string): DeskAgent | null {
    const named = this.seats.named(text);
    return named.kind === 'one' ? named.seat.agent : null;
  }

  /** Who a call says that it is. Throws `INVALID_INPUT`. */
  async find(text: string): Promise<Found> {
    const named = this.seats.named(text);
    if (named.kind === 'one') {
      // Somebody speaks under a name whose join nobody has heard of: it is not there for the next who asks any more.
      if (named.seat.hearing === 'unheard') named.seat.hearing = 'heard';
      return foundAs(named.seat.agent);
    }
    // Whoever is told who speaks here is told how they are now.
    if (this.seats.all.length > 0) await this.lookAtAll().catch(() => undefined);
    if (named.kind === 'several') return { kind: 'unclear', name: text, seats: named.seats };
    const asked = knownNameOf(text);
    const name = await this.#formerName(asked).catch(() => asked);
    // By the handle of a process that has ended: its agent may have come back through this very client.
    const isOurs = this.seats.holderOf(name) !== null;
    return {
      kind: 'unknown',
      name,
      other: isOurs ? null : await this.#names.otherCalled(name).catch(() => null),
    };
  }

  /** How everything is; what this client's agents hold, and whether others have succeeded them, is noted by the way. */
  async lookAtAll(): Promise<StatusAnswer> {
    const looks = this.seats.all.map(({ agent }) => ({
      id: agent.session.agent,
      compare: agent.beginLook(),
    }));
    const answer = await this.#ports.coordinator.query({ kind: 'status', at: null });
    for (const { id, compare } of looks) {
      const view = answer.agents.find(({ agent }) => agent === id) ?? null;
      const locks = answer.locks.filter(({ agent }) => agent === id);
      // One that cannot be asked about now is told at its own next call.
      await compare(answer.revision, view, locks).catch(() => undefined);
    }
    return answer;
  }

  /** Takes part, under the name that is asked for or one like it; or goes on. Throws `INVALID_INPUT`. */
  async join(text: string, wish: JoinWish): Promise<Joined> {
    const named = this.seats.named(text);
    if (named.kind === 'one' && named.seat.handle === text)
      return this.#inTurn(named.seat.asked, () => this.#goOn(named.seat, wish));
    // Whoever passes the handle of a process that has ended means its agent, also without the wish to go on as it.
    const name = await this.#formerName(nameOf(text));
    return this.#inTurn(name, () => (wish.resumes ? this.#resumeNamed(name, wish) : this.#join(name, wish)));
  }

  /** Lets go of an agent that has left. */
  async forget(agent: DeskAgent): Promise<void> {
    agent.stop();
    const seat = this.seats.of(agent);
    if (seat === null) return;
    this.seats.remove(seat);
    await this.#ports.sessions.forget(agent.session.agent);
  }

  /** Lets go of those for whom nobody was there for so long. Whoever comes back goes on as one whose process has ended. */
  putAway(silentMs: number): void {
    for (const seat of this.seats.all) {
      if (seat.agent.attendance.lookForSilenceMs() < silentMs) continue;
      seat.agent.stop();
      this.seats.remove(seat);
    }
  }

  /** Renews nobody any more, nor whoever is just joining. */
  stop(): void {
    this.#stopped = true;
    for (const { agent } of this.seats.all) agent.stop();
  }

  #inTurn<T>(name: AgentId, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    const over = turn
      .catch(() => undefined)
      .finally(() => this.#turns.get(name) === over && this.#turns.delete(name));
    this.#turns.set(name, over);
    return turn;
  }

  /** Another join is another agent, but for the one that has not heard of its first. */
  async #join(name: AgentId, wish: JoinWish): Promise<Joined> {
    const named = this.seats.named(name);
    const own = named.kind === 'one' && named.seat.asked === name ? named.seat : null;
    if (own?.hearing === 'unheard' && own.agent.gone === null) return joinedAs(own, 'new');
    return this.#joinAnew(name, wish);
  }

  /**
   * Goes on as the agent of a name, which only one that is gone can be taken for: of one that lives, whoever asks may be
   * another subagent, which would be told that it holds what the first has acquired.
   */
  async #resumeNamed(name: AgentId, wish: JoinWish): Promise<Joined> {
    const named = this.seats.named(name);
    if (named.kind === 'several' && named.seats.some((seat) => isCalled(seat, name)))
      return { kind: 'unclear', name, seats: named.seats };
    if (named.kind !== 'one' || !isCalled(named.seat, name)) return this.#resume(name, wish);
    const { seat } = named;
    const isUnheard = seat.hearing === 'unheard';
    if (!isUnheard && seat.agent.gone === null && (await seat.agent.beat()).ok)
      return { kind: 'unclear', name, seats: [seat] };
    return this.#goOn(seat, wish);
  }

  /** Whoever has the handle goes on with it, under its name or, when it is gone, under one that is free. */
  async #goOn(seat: Seat, wish: JoinWish): Promise<Joined> {
    if (seat.agent.gone === null && (await seat.agent.beat()).ok) return joinedAs(seat, 'known');
    if (wish.resumes && seat.agent.gone?.code === 'SESSION_MISMATCH')
      return this.#resume(seat.agent.session.agent, wish, seat);
    if (seat.agent.gone !== null) sayBegunAnew(seat.agent, seat.agent.gone);
    return this.#joinAnew(seat.asked, wish, seat);
  }

  async #joinAnew(name: AgentId, wish: JoinWish, seat: Seat | null = null): Promise<Joined> {
    const isOurs = (id: AgentId): boolean => this.seats.holderOf(id) !== null;
    // Who goes on with its handle does what it said that it does, unless it says something else now.
    const before = seat === null || seat.task === null ? {} : { task: seat.task };
    const enrolled = await this.#enrolment.enrol(name, { ...before, ...wish.metadata }, isOurs);
    if (enrolled.kind === 'refused') return { kind: 'refused', name, rejection: enrolled.rejection };
    if (enrolled.kind === 'noName') return enrolled;
    const joined = this.#welcome(name, enrolled, wish, seat);
    const isOther = enrolled.session.agent !== name && !isOurs(name);
    return { ...joined, other: isOther ? await this.#names.otherCalled(name).catch(() => null) : null };
  }

  /** A new agent gets a seat, or the one of another that is gone. */
  #welcome(name: AgentId, { session, deadlineMs }: EnrolledOne, wish: JoinWish, seat: Seat | null): Seated {
    const agent = this.#newAgent(session, true);
    agent.beatBefore([deadlineMs]);
    const former = seat === null ? session.agent : seat.agent.session.agent;
    const joined = this.#seat(name, agent, wish, seat);
    return { ...joinedAs(joined, 'new'), before: former === session.agent ? null : former };
  }

  /** Goes on as an agent that a process which has ended, or a shell, has left: with its locks, and its ticket. */
  async #resume(name: AgentId, wish: JoinWish, seat: Seat | null = null): Promise<Joined> {
    const { sessions } = this.#ports;
    if ((await this.#names.occupy(name)) !== null)
      return { kind: 'taken', name, other: await this.#names.otherCalled(name).catch(() => null) };
    try {
      const joined = await this.#resumeOccupied(name, wish, seat);
      if (this.seats.holderOf(name) === null) await sessions.release(name);
      return joined;
    } catch (error) {
      // Nobody takes part under the name from here: others must not be told so.
      await sessions.release(name);
      throw error;
    }
  }

  async #resumeOccupied(name: AgentId, wish: JoinWish, seat: Seat | null): Promise<Joined> {
    const left = await this.#names.session(name);
    const finished =
      left !== null && !hasJoined(left) ? await this.#enrolment.finish(name, wish.metadata) : null;
    if (finished?.kind === 'enrolled') return this.#welcome(name, finished, wish, seat);
    if (left === null || finished !== null) {
      const other = await this.#names.otherCalled(name);
      return other === null ? this.#joinAnew(name, wish, seat) : { kind: 'taken', name, other };
    }
    const resumed = await this.#enrolment.resume(left, wish.metadata);
    if (resumed.kind === 'enrolled') return this.#restored(name, resumed.session, wish, seat);
    if (!overCodes.has(resumed.rejection.code))
      return { kind: 'refused', name, rejection: resumed.rejection };
    // It joins anew, whether or not the log can be read for what it lost.
    const before = this.#newAgent(left, false);
    before.stop();
    sayBegunAnew(before, resumed.rejection);
    await before.readLosses().catch(() => before.notices.add({ kind: 'lossesUnread' }));
    const joined = await this.#joinAnew(name, wish, seat);
    if (joined.kind === 'joined') joined.seat.agent.succeed(before);
    return joined;
  }

  async #restored(name: AgentId, session: AgentSession, wish: JoinWish, seat: Seat | null): Promise<Joined> {
    const agent = this.#newAgent(session, false);
    const reply = await this.#restore(agent).catch((error: unknown) => {
      // Half of what it has would be taken for all of it.
      agent.stop();
      throw error;
    });
    if (reply.ok) return joinedAs(this.#seat(name, agent, wish, seat), 'resumed');
    return { kind: 'refused', name, rejection: reply.rejection };
  }

  async #restore(agent: DeskAgent): Promise<Reply> {
    const reply = await agent.beat(false);
    if (!reply.ok || reply.result.kind !== 'renewed') return reply;
    agent.granted(reply.result.leases, 'resumed');
    const { coordinator } = this.#ports;
    const subject = { kind: 'agent', agent: agent.session.agent } as const;
    const { waiters } = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
    for (const waiter of waiters) agent.waitWith(waiter, waiter);
    await agent.readLosses();
    return reply;
  }

  /** The handle of one that has left, or that a process minted which has ended, means the agent that it was made for. */
  async #formerName(name: AgentId): Promise<AgentId> {
    const left = this.seats.leftWith(name);
    if (left !== null) return left;
    const [, former] = formerHandle.exec(name) ?? [];
    if (former === undefined || (await this.#names.session(name)) !== null) return name;
    const parsed = parseAgentId(former);
    return parsed.ok && (await this.#names.session(parsed.value)) !== null ? parsed.value : name;
  }

  /** Gives an agent a seat, or another agent to the one who has the handle already. */
  #seat(asked: AgentId, agent: DeskAgent, { task }: JoinWish, seat: Seat | null): Seat {
    if (this.#stopped) agent.stop();
    if (seat !== null) {
      seat.agent.stop();
      agent.succeed(seat.agent);
      seat.agent = agent;
      seat.task = task ?? seat.task;
      return seat;
    }
    const handle = this.#newHandle(agent.session.agent);
    const made: Seat = {
      handle,
      asked,
      task,
      sinceMs: this.#ports.speaker.logClock.nowMs(),
      agent,
      hearing: 'pending',
    };
    this.seats.add(made);
    return made;
  }

  #newHandle(id: AgentId): string {
    for (;;) {
      const handle = `${id}.${this.#ports.newSecret().slice(-handleDigits)}`;
      if (this.seats.named(handle).kind === 'none' && this.seats.leftWith(handle) === null) return handle;
    }
  }

  #newAgent(session: AgentSession, isNew: boolean): DeskAgent {
    return new DeskAgent({
      session,
      isNew,
      ports: this.#ports,
      keepSession: (kept) => this.#enrolment.keep(kept),
    });
  }
}

/** Who joins anew is told of a log that began anew, whether or not it has been refused because of that. */
function sayBegunAnew({ notices }: DeskAgent, { details: { begunAnew } }: Rejection): void {
  if (begunAnew !== undefined) notices.add({ kind: 'logBegunAnew', told: begunAnew });
}

/** Enough that no agent hits upon the handle of another by chance. */
const handleDigits = 4;
const formerHandle = new RegExp(`^(.+)\\.[0-9a-f]{${handleDigits}}$`);

/** By its name in the log; it may have asked for another. */
const isCalled = ({ agent }: Seat, name: string): boolean => agent.session.agent === name;

function joinedAs(seat: Seat, how: 'new' | 'resumed' | 'known'): Seated {
  return { kind: 'joined', seat, how, other: null, before: null };
}

function foundAs(agent: DeskAgent): Found {
  return agent.gone === null ? { kind: 'kept', agent } : { kind: 'gone', agent, rejection: agent.gone };
}

/** What nobody may be called any more is as unknown as any other name. */
function knownNameOf(text: string): AgentId {
  const parsed = parseAgentIdForm(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput('agent', `${quote(text)} is no agent: pass the handle that agent_join answered`);
}

function nameOf(text: string): AgentId {
  const parsed = parseAgentId(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput('agent', parsed.problem);
}
