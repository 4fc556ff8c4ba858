/**
 * An agent that this process keeps: it renews the agent's session and leases, watches its ticket, and
 * remembers what the agent has to be told at its next call, since nothing can be said to it in between.
 *
 *     joined or resumed --(heartbeats)--> ... --(left, lost, superseded)--> gone
 *
 * What it holds and whether it knows is in `holdings.ts`, one call of it in `visit.ts`.
 */
import { targetOf, wantedAs } from '../../core/index.ts';
import type {
  FencingToken,
  Grant,
  QueuedResult,
  Rejection,
  Revision,
  ScopePath,
  Target,
  Wish,
} from '../../core/index.ts';
import { sessionIdOf, sessionMarkOf } from '../../protocol/index.ts';
import type {
  AgentView,
  CallerCommand,
  MayWriteAnswer,
  Reply,
  TicketReply,
  ToldUpTo,
} from '../../protocol/index.ts';
import type { Timers } from '../../time/index.ts';
import { goneCodes, targetsAskedBy, type AgentCommand } from '../agent-commands.ts';
import { giveUpPlace } from '../giving-back.ts';
import { Holdings, withWithdrawal, type Held, type Origin, type Seen, type Untold } from '../holdings.ts';
import type { Loss } from '../losses.ts';
import { Renewal } from '../renewal.ts';
import type { AgentSession } from '../session.ts';
import { isToBeKept, withTold } from '../telling.ts';
import { TicketWait } from '../ticket-wait.ts';
import { Attendance } from './attendance.ts';
import { GivingBack, type GivenBack } from './giving-back.ts';
import { UnderWay } from './under-way.ts';
import { Hearing } from './hearing.ts';
import { Notices } from './notices.ts';
import type { DeskPorts, Trouble } from './ports.ts';

export interface DeskAgentOptions {
  readonly session: AgentSession;
  /** Whether it has just joined: nothing was lost before this process kept it. */
  readonly isNew: boolean;
  readonly ports: DeskPorts;
  /** Keeps the session for whoever goes on under it. */
  readonly keepSession: (session: AgentSession) => Promise<void>;
}

/** Pause before what failed is tried again. */
const againMs = 1_000;

export class DeskAgent {
  session: AgentSession;
  readonly holdings: Holdings;
  readonly notices: Notices;
  readonly attendance: Attendance;
  /** By path: the digest of what it was last shown, or has itself recorded, of a context file. */
  readonly seen = new Map<ScopePath, string>();
  readonly #options: DeskAgentOptions;
  readonly #renewal: Renewal;
  readonly #givingBack: GivingBack;
  readonly hearing: Hearing;
  /** Tokens of what was lost: a write under them must be refused, not taken for one of somebody who never held. */
  readonly #lostTokens = new Map<Target, FencingToken>();
  readonly #underWay = new UnderWay();
  /** What was asked for, and whether it was granted was never heard. */
  readonly #asked = new Set<Target>();
  /** Whether all that it has lost is known: what was lost while nobody kept it is in the log only. */
  #knowsLosses: boolean;
  #wait: TicketWait | null = null;
  #gone: Rejection | null = null;
  #stopped = false;

  constructor(options: DeskAgentOptions) {
    const { ports } = options;
    this.#options = options;
    this.session = options.session;
    this.#knowsLosses = options.isNew;
    const schedule: Timers['schedule'] = (delayMs, run) => ports.time.schedule(delayMs, run);
    this.notices = new Notices();
    this.attendance = new Attendance(ports.time, () => {
      if (!this.#stopped) this.beat().catch((error: unknown) => this.#report('renewal', error));
    });
    this.#renewal = new Renewal(ports.time, ports.speaker.logClock, () => this.attendance.due());
    this.#givingBack = new GivingBack({
      submit: (command) => this.submit(command),
      schedule,
      isGone: () => this.#gone !== null,
      isStopped: () => this.#stopped,
      done: (given) => this.#gaveBack(given),
      failed: (error) => this.#report('release', error),
    });
    this.holdings = new Holdings({
      schedule,
      collectMs: ports.collectMs,
      giveBack: (token, isLate) => this.#givingBack.begin(this.holdings, token, isLate),
      lost: (lock, isTold, by) => this.#lost(lock, isTold, by),
    });
    const { notices, holdings } = this;
    this.hearing = new Hearing({ ...ports, notices, holdings, lost: (loss) => this.noteLost(loss) });
  }

  /** Why the coordinator knows this incarnation of the agent no more; null while it does. */
  get gone(): Rejection | null {
    return this.#gone;
  }

  /** What it holds without having been told so, to be told now: not while it may just be giving that back. */
  get news(): readonly Untold[] {
    return this.#underWay.isReleasing ? [] : this.holdings.untold;
  }

  /** Its ticket, if it has one. */
  get wait(): TicketWait | null {
    return this.#wait;
  }

  /** The token to present for what targets cover: of the first that is held, else of the first that was lost; null: never held. */
  tokenFor(...targets: readonly Target[]): FencingToken | null {
    const held = targets.map((target) => this.holdings.tokenOf(target)).find((token) => token !== null);
    return held ?? targets.flatMap((target) => this.#lostTokens.get(wantedAs(target)) ?? [])[0] ?? null;
  }

  /** Says something in the agent's name. A refusal that means that it is gone ends the keeping. */
  async submit(command: AgentCommand): Promise<Reply> {
    const { agent, epoch, secret } = this.session;
    this.#underWay.begin(command.kind);
    const reply = await this.#options.ports.speaker
      .submit({ agent, epoch, secret, ...command } as CallerCommand)
      .catch((error: unknown) => {
        // It may have taken effect all the same, and then nobody would know.
        for (const target of targetsAskedBy(command)) this.#asked.add(wantedAs(target));
        throw error;
      })
      .finally(() => this.#underWay.end(command.kind));
    if (!reply.ok && goneCodes.has(reply.rejection.code)) this.#end(reply);
    return reply;
  }

  /**
   * Renews at once, and again when it is time; the answer says whether the agent is still there. `mayAdopt`: whether what
   * it holds without our knowing was taken in its name elsewhere, and with its knowledge.
   */
  async beat(mayAdopt = true): Promise<Reply> {
    this.#renewal.begin();
    const view = this.#beginView();
    const reply = await this.submit({ kind: 'Heartbeat' }).catch((error: unknown) => {
      this.#renewal.again(againMs);
      throw error;
    });
    if (!reply.ok || reply.result.kind !== 'renewed') return reply;
    const { sessionDeadlineMs, leases } = reply.result;
    this.#renewal.renewed([sessionDeadlineMs, ...leases.map((lease) => lease.deadlineMs)]);
    view(reply.revision, leases, mayAdopt);
    return reply;
  }

  /** The next heartbeat comes well before these moments, in the log's time. */
  beatBefore(deadlinesMs: readonly number[]): void {
    this.#renewal.mind(deadlinesMs);
  }

  /** Waits with a ticket, or goes on waiting with the one it has. One before it has ended; how, it is about to hear. */
  waitWith(queued: Pick<QueuedResult, 'ticket'>, wish: Wish): TicketWait {
    if (this.#wait?.ticket === queued.ticket) return this.#wait;
    this.hearing.knowTicket(queued.ticket);
    const { coordinator, time } = this.#options.ports;
    const wait: TicketWait = new TicketWait({
      coordinator,
      clock: time,
      agent: this.session.agent,
      ticket: queued.ticket,
      wish,
      onLeft: (reply) => this.#onLeft(wait, reply),
    });
    this.#wait = wait;
    return wait;
  }

  /** Notes locks that it has been granted, or was found to hold; whether it knows of them is another matter. */
  granted(locks: readonly Grant[], origin: Origin): void {
    this.holdings.granted(locks, origin);
    this.#nowHolds(locks);
  }

  /** Notes that it has lost a lock, perhaps while nobody kept it. However many see it, it is told once. */
  noteLost(loss: Loss): void {
    const target = wantedAs(targetOf(loss));
    if (this.holdings.tokenOf(target) === null) this.#lostTokens.set(target, loss.token);
    if (this.hearing.isNewLoss(loss)) this.notices.add({ kind: 'lost', ...loss });
  }

  /** Forgets its ticket, which is given up. */
  endWait(): void {
    this.#wait?.stop();
    this.#wait = null;
  }

  /** Gives up a ticket; when the grant came just before, gives back exactly what was granted. */
  async giveUp(wait: TicketWait): Promise<void> {
    const came = await giveUpPlace(
      (command) => this.submit(command),
      () => wait.left,
    );
    if (came === null) return this.endWait();
    if (came.length === 0) return;
    for (const token of new Set(came.map((lock) => lock.token)))
      this.#givingBack.begin(this.holdings, token, false);
    await this.settled();
  }

  /** Waits until what is just being given back has been: asked for again meanwhile, it would be taken away. */
  settled(): Promise<void> {
    return this.#givingBack.settled();
  }

  /** Looks whether it still holds what it was told that it holds: heartbeats are too far apart to say so in time. */
  async look(): Promise<void> {
    if (!this.#isIdle) await this.lookAtAll();
  }

  get #isIdle(): boolean {
    return this.holdings.isEmpty && this.#asked.size === 0 && this.#wait === null;
  }

  /** The same where it may hold what is not known here, such as what a shell has taken in its name. */
  async lookAtAll(): Promise<void> {
    const compare = this.beginLook();
    const subject = { kind: 'agent', agent: this.session.agent } as const;
    const query = { kind: 'why', subject, at: null, happened: 0 } as const;
    const { revision, agent, locks } = await this.#options.ports.coordinator.query(query);
    await compare(revision, agent, locks);
  }

  /** Begins to look at itself in an answer that is about to be asked for, and is compared when it comes. */
  beginLook(): (revision: Revision, view: AgentView | null, locks: readonly Seen[]) => Promise<void> {
    const compare = this.#beginView();
    return async (revision, view, locks) => {
      if (await this.isSucceeded(view)) return;
      // A coordinator that does not know it says why, where an answer shows only that it is not there.
      if (view === null && !(await this.beat()).ok) return;
      const own = view?.epoch === this.session.epoch ? locks : [];
      compare(revision, own.map(withWithdrawal), true);
    };
  }

  /**
   * Whether another process goes on as the agent, by resuming or taking over: then what the name holds is that one's. An
   * answer shows only that there may be another; the coordinator, which is asked then, decides.
   */
  async isSucceeded(view: AgentView | null): Promise<boolean> {
    if (this.#gone !== null) return true;
    const mark = sessionMarkOf(sessionIdOf(this.session.secret));
    if (view?.sessionMark === undefined || view.sessionMark === mark) return false;
    await this.beat();
    return this.#gone !== null;
  }

  /** Whether it may write a file, by the one rule; whether others have succeeded it, and what it holds, is noted by the way. */
  async mayWrite(file: ScopePath, token: FencingToken | null): Promise<MayWriteAnswer> {
    const { agent, epoch } = this.session;
    const query = { kind: 'mayWrite', agent, epoch, files: [file], token } as const;
    const rule = await this.#options.ports.coordinator.query(query);
    const own = rule.locks.find((lock) => lock.agent === agent && lock.epoch === epoch);
    // Under its name, but perhaps by another process that goes on as it.
    if (own !== undefined && !(await this.isSucceeded(rule.agent))) this.#sees(own);
    return rule;
  }

  /** It is seen to hold a lock that is not known here: somebody took it in its name, and from now on it is renewed. */
  #sees(lock: Grant): void {
    if (!this.#isQuiet || this.holdings.tokenOf(targetOf(lock)) !== null) return;
    this.holdings.adopt([lock], this.#asked);
    this.#nowHolds([lock]);
  }

  /** What happened while nobody kept it, read from the log; not needed for one that was kept all the time. */
  async readLosses(): Promise<void> {
    if (this.#knowsLosses) return;
    await this.hearing.hear(this.session);
    this.#knowsLosses = true;
  }

  /** Takes what others have said to it: from now on that is for us to tell, with this call or the next. */
  async collectMessages(): Promise<void> {
    if (this.#gone !== null) return;
    const reply = await this.submit({ kind: 'ReadMessages' });
    if (reply.ok && reply.result.kind === 'messagesRead') this.notices.addMessages(reply.result);
  }

  /** What happened since it was told last, as the log has it. Who holds nothing and waits for nothing has no news there. */
  async hearLog(): Promise<void> {
    if (this.#gone !== null || (this.#isIdle && !this.notices.hasLosses)) return;
    await this.hearing.hear(this.session);
  }

  /** The next process that keeps the agent must not tell it again what this one has told. */
  noteTold(upTo: ToldUpTo, wasTold: boolean): void {
    if (this.#gone !== null || !isToBeKept(this.session, upTo, wasTold)) return;
    this.session = withTold(this.session, upTo);
    this.#options.keepSession(this.session).catch((error: unknown) => this.#report('session', error));
  }

  /** Goes on in the place of one that this process kept under the name, with what that one was never told. */
  succeed(predecessor: DeskAgent): void {
    // Of the same incarnation it has back what was the other's meanwhile.
    if (predecessor.session.epoch === this.session.epoch) predecessor.notices.forgetHandedOver();
    predecessor.notices.handTo(this.notices);
    for (const [target, token] of predecessor.#lostTokens) this.#lostTokens.set(target, token);
    for (const [path, digest] of predecessor.seen) this.seen.set(path, digest);
    const isSame = predecessor.session.epoch === this.session.epoch;
    this.hearing.goOnAfter(predecessor.hearing, isSame);
    if (isSame) this.#knowsLosses = predecessor.#knowsLosses;
  }

  /** Keeps it no longer. Its session and its leases end by themselves unless somebody else renews them. */
  stop(): void {
    this.#stopped = true;
    this.#renewal.stop();
    this.holdings.stop();
    this.#wait?.stop();
  }

  /**
   * Begins to look at what the coordinator knows; the answer is compared when it comes. What the agent was giving back
   * meanwhile is neither lost nor newly its own.
   */
  #beginView(): (revision: Revision, leases: readonly Seen[], mayAdopt: boolean) => void {
    const { releasesSent, isReleasing } = this.#underWay;
    return (revision, leases, mayAdopt) => {
      if (isReleasing || this.#underWay.releasesSent !== releasesSent) return;
      this.holdings.seen(revision, leases, mayAdopt && this.#isQuiet ? this.#asked : null);
      this.#nowHolds(leases);
    };
  }

  /** Whether nothing is under way by which it may get a lock. */
  get #isQuiet(): boolean {
    return !this.#underWay.isAcquiring && this.#wait === null;
  }

  #nowHolds(locks: readonly Grant[]): void {
    for (const lock of locks) {
      const target = wantedAs(targetOf(lock));
      this.#lostTokens.delete(target);
      this.#asked.delete(target);
    }
    if (locks.length > 0) this.#renewal.mind(locks.map((lock) => lock.deadlineMs));
  }

  #end({ rejection, revision }: Extract<Reply, { ok: false }>): void {
    if (this.#gone !== null) return;
    this.#gone = rejection;
    this.endWait();
    this.stop();
    this.holdings.loseAll(revision);
  }

  /** Who was succeeded has lost nothing in the log: the one who goes on as it has what it knew of, and all else. */
  #lost(lock: Held, isTold: boolean, by: Revision): void {
    const isHandedOver = this.#gone?.code === 'SESSION_MISMATCH';
    if (isHandedOver && !isTold) return;
    this.noteLost({ ...lock, isTold, by, isHandedOver });
  }

  #onLeft(wait: TicketWait, reply: TicketReply): void {
    if (this.#stopped) return;
    if (this.#wait === wait) this.#wait = null;
    if (reply.kind === 'granted') return this.granted(reply.locks, 'granted');
    // Whoever waits for it at this moment tells the agent.
    if (wait.isAttended || reply.cause === 'cancelled' || reply.cause === 'left') return;
    const { wish, ticket } = wait;
    this.notices.add({ kind: 'waitEnded', wish, ticket, cause: reply.cause });
  }

  /** What the coordinator did not take back was lost before. */
  #gaveBack({ locks, token, isLate, released, by }: GivenBack): void {
    // One that is gone has been told of all that it held.
    if (this.#gone !== null) return;
    this.holdings.released(locks.map(targetOf));
    const isBack = (lock: Held): boolean => released.includes(targetOf(lock));
    for (const lock of locks) if (!isBack(lock)) this.noteLost({ ...lock, token, isTold: false, by });
    const passedOn = locks.filter(isBack);
    if (isLate && passedOn.length > 0) this.notices.add({ kind: 'passedOn', locks: passedOn });
  }

  #report(failed: Trouble['failed'], error: unknown): void {
    this.#options.ports.report({ failed, agent: this.session.agent, error });
  }
}
