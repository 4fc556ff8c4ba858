/**
 * The service of one repository's log: the {@link Writer} around the pure core, and those who are told of its entries.
 * This file only joins the parts; each says what it does.
 */
import {
  asRequestId,
  asRevision,
  asTimeMs,
  nextDeadline,
  type AgentId,
  type AgentProcess,
  type Command,
  type DurationMs,
  type Entry,
  type Epoch,
  type Revision,
  type SessionId,
  type State,
  type TimeMs,
} from '../core/index.ts';
import {
  CoordinatorError,
  type Answer,
  type CommandRequest,
  type Coordinator,
  type HealthAnswer,
  type Query,
  type Reply,
  type ScopeProblem,
  type TicketReply,
  type TicketRequest,
} from '../protocol/index.ts';
import { Alarm } from './alarm.ts';
import type { Figures } from '../observe/index.ts';
import type { CommandCall, UntimedCommand } from './batch.ts';
import { beginningOf, withBeginning, type Beginning } from './beginning.ts';
import { Tail } from './evidence.ts';
import { randomHex32 } from './random-hex.ts';
import { toFailure, unavailable, type Report } from './failures.ts';
import { LogFeed } from './feed.ts';
import { Follower } from './follower.ts';
import { patienceWithOtherMs, readLogTime } from './log-time.ts';
import { judgedIn, observed, viewFigures } from './observed.ts';
import { completeOptions, type ServiceOptions, type ServicePorts } from './options.ts';
import { QueryDesk } from './queries.ts';
import { PastRequests } from './past-requests.ts';
import { Replica } from './replica.ts';
import { SecretHasher } from './secrets.ts';
import { Snapshots } from './snapshots.ts';
import { viewSyncs, type SyncsNow } from './views.ts';
import type { SubmitManner } from './submit-manner.ts';
import { toUntimed } from './to-untimed.ts';
import { TicketDesk, type TicketCall } from './tickets.ts';
import { goOnAbove, noWitness } from './witness.ts';
import { Writer } from './writer.ts';

type WithoutStamp<C> = C extends Command ? Omit<C, 'atMs' | 'requestId'> : never;

/** A command of the process around the service, or of an operator through it. */
export type InternalCommand = WithoutStamp<Extract<Command, { by: string } | { kind: 'SeeDead' }>>;

/** An agent, and the process that speaks for it. */
export interface BoundAgent {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly session: SessionId;
  readonly process: AgentProcess;
  /** How long the agent is waited for once its process is seen to have ended. */
  readonly graceMs: DurationMs;
}

/** Pause before what is due is tried again when the log could not be written, in milliseconds. */
const retryDueMs = 1_000;

/** Opens the log, takes it over for this clock if need be, and ends what is due. */
export async function openService(ports: ServicePorts): Promise<Service> {
  const options = completeOptions(ports);
  const service = new Service(ports, options);
  try {
    await service.open();
    return service;
  } catch (error) {
    await service.stop();
    throw toFailure(error);
  }
}

/** The coordinator of one log in this process. Made by {@link openService}. */
export class Service implements Omit<Coordinator, 'refresh'> {
  readonly #ports: ServicePorts;
  readonly #options: ServiceOptions;
  readonly #report: Report;
  readonly #replica: Replica;
  readonly #past: PastRequests;
  readonly #writer: Writer;
  readonly #feed: LogFeed;
  readonly #tickets: TicketDesk;
  readonly #queries: QueryDesk;
  readonly #alarm: Alarm;
  readonly #follower: Follower | null;
  readonly #tail = new Tail();
  readonly #hasher = new SecretHasher();
  readonly #startedAtMs: TimeMs;
  #snapshots: Snapshots | null = null;
  #firstRevision = asRevision(1);
  /** Null unless the log began anew. */
  #beginning: Beginning | null = null;
  #noteLast: (last: Revision) => void = () => undefined;
  #holdsNothing = true;
  /** Whether the last batch found the log. */
  #reachable = false;
  #stopping = false;

  constructor(ports: ServicePorts, options: ServiceOptions) {
    const { store, clock, timers } = ports;
    const report: Report = (problem) => options.observer.trouble(problem);
    this.#ports = ports;
    this.#options = options;
    this.#report = report;
    this.#startedAtMs = asTimeMs(clock.wallMs());
    this.#feed = new LogFeed(store, () => this.#follower?.poke());
    this.#tickets = new TicketDesk(store);
    this.#replica = new Replica(store, report, {
      onCommitted: (entries, state) => this.#onCommitted(entries, state),
      onGap: (state) => this.#onGap(state),
    });
    this.#past = new PastRequests(store);
    this.#writer = new Writer(
      {
        replica: this.#replica,
        past: this.#past,
        chance: options.chance,
        observer: options.observer,
        stopwatchMs: options.stopwatchMs,
        afterBatch: (state) => this.#afterBatch(state),
        onHalt: (failure) => this.#tickets.dismissAll(failure),
        keepEvidence: options.keepEvidence,
        tail: () => this.#tail.entries,
        ...ports,
      },
      options,
    );
    this.#alarm = new Alarm(clock, timers, () => this.#endWhatIsDue());
    this.#follower = this.#makeFollower();
    this.#queries = new QueryDesk({
      store,
      look: (view) => this.#look(view),
      report,
      health: () => this.health(),
      beginning: () => this.#beginning,
    });
  }

  /** Called once, by {@link openService}. */
  async open(): Promise<void> {
    const { store } = this.#ports;
    const report = this.#report;
    const { witness = noWitness } = this.#ports;
    const wallMs = (): number => this.#ports.clock.wallMs();
    this.#noteLast = await goOnAbove(store, { witness, wallMs, report });
    const { snapshotRevision } = await this.#replica.open();
    this.#options.observer.began(this.#replica.state);
    this.#firstRevision = await this.#past.learn(this.#replica.state);
    const ports = { report, wallMs };
    this.#snapshots = new Snapshots(store, this.#options, ports, snapshotRevision);
    await this.#writer.tick(true);
    this.#beginning = await beginningOf(store);
  }

  submit(request: CommandRequest, manner?: SubmitManner): Promise<Reply> {
    return new Promise((answer, fail) => {
      const told = (reply: Reply): void => answer(withBeginning(reply, request.command, this.#beginning));
      this.#enter(toUntimed(request, this.#hasher), told, fail, manner);
    });
  }

  /** For what the process around the service says itself: scopes and settings found on disk, Git operations. */
  submitInternal(command: InternalCommand): Promise<Reply> {
    const requestId = asRequestId(`service-${randomHex32(this.#options.chance)}`);
    return new Promise((answer, fail) => this.#enter({ requestId, ...command }, answer, fail));
  }

  awaitTicket(request: TicketRequest, signal?: AbortSignal): Promise<TicketReply> {
    return new Promise((resolve, reject) => {
      if (this.#stopping) return reject(stoppingError());
      if (this.#writer.halted !== null) return reject(this.#writer.halted);
      const waits = new AbortController();
      const call: TicketCall = {
        request,
        answer: (reply) => (waits.abort(), resolve(reply)),
        fail: (error) => (waits.abort(), reject(error)),
      };
      const admit = (state: State, nowMs: TimeMs): void => {
        if (!waits.signal.aborted)
          waits.signal.addEventListener('abort', this.#tickets.admit(call, state, nowMs));
        this.#follower?.poke();
      };
      this.#writer.read({ run: admit, fail: (error) => call.fail(error) });
      onAbort(signal, waits.signal, () => call.fail(givenUp()));
    });
  }

  async query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    const { observer, stopwatchMs } = this.#options;
    const askedMs = stopwatchMs();
    const answer = await this.#queries.answer(query);
    observer.told({ kind: query.kind, tookMs: stopwatchMs() - askedMs, ...judgedIn(query, answer) });
    return answer;
  }

  watch(fromRevision: Revision, signal: AbortSignal): AsyncIterable<Entry> {
    return this.#feed.follow(fromRevision, signal);
  }

  /** Agents whose session is bound to a process that is not known to have ended. */
  bound(): Promise<readonly BoundAgent[]> {
    return this.#look(({ index, agents, settings: { deadGraceMs: graceMs } }) =>
      [...index.bound].flatMap((id) => {
        const agent = agents.get(id);
        if (agent === undefined || agent.process === null) return [];
        const { epoch, session, process } = agent;
        return [{ agent: id, epoch, session, process, graceMs }];
      }),
    );
  }

  /** The syncs alone: whoever looks every few seconds must not have all invariants checked. */
  syncs(): Promise<SyncsNow> {
    return this.#look(viewSyncs);
  }

  /** How much there is of what, without a look at any invariant. */
  figures(): Promise<Figures> {
    return this.#look((state) => viewFigures(state, this.#feed.watchers));
  }

  /** Facts for operators; never waits. */
  health(): HealthAnswer {
    const { kind, durable } = this.#ports.store.capabilities;
    return {
      revision: this.#replica.durable,
      ok: this.#writer.halted === null,
      startedAtMs: this.#startedAtMs,
      firstRevision: this.#firstRevision,
      storeKind: kind,
      storeDurable: durable,
      busy: !this.idle(),
      ...this.#options.about(),
    };
  }

  /** Whether nothing is held, waited for, synced or under way. */
  idle(): boolean {
    return this.#holdsNothing && !this.#writer.busy && this.#feed.watchers === 0;
  }

  /** What is wrong with the scope files on disk, shown in answers from now on. */
  setScopeProblems(problems: readonly ScopeProblem[]): void {
    this.#queries.setScopeProblems(problems);
  }

  /** Refuses new commands and finishes those that wait. */
  async drain(): Promise<void> {
    this.#stopping = true;
    this.#alarm.stop();
    this.#writer.hurry();
    await this.#writer.quiet();
  }

  /** Drains, keeps a snapshot when that is worthwhile, and ends all waiting. The store stays open. Idempotent. */
  async stop(): Promise<void> {
    this.#follower?.stop();
    await this.drain();
    this.#feed.close();
    this.#tickets.dismissAll(stoppingError());
    const snapshots = this.#snapshots;
    this.#snapshots = null;
    if (snapshots === null || !this.#reachable || this.#writer.halted !== null) return;
    await this.#look((state) => snapshots.atStop(state)).catch(() => undefined);
  }

  close(): Promise<void> {
    return this.stop();
  }

  #enter(
    command: UntimedCommand,
    answer: CommandCall['answer'],
    fail: CommandCall['fail'],
    manner?: SubmitManner,
  ): void {
    if (this.#stopping) fail(stoppingError());
    else
      this.#writer.submit({
        command,
        ...observed(command.kind, { answer, fail }, this.#options),
        arrivedMs: this.#arrivedMs(),
        insteadOfNew: manner?.insteadOfNew,
        principal: manner?.principal,
      });
  }

  /**
   * Now; or the last moment before what is overdue: a process that was busy when that fell due hears only now what may have
   * been sent before it.
   */
  #arrivedMs(): number {
    const overdueSinceMs = this.#alarm.overdueSinceMs;
    return overdueSinceMs === null ? this.#ports.clock.monotonicMs() : overdueSinceMs - 1;
  }

  #look<T>(view: (state: State, nowMs: TimeMs) => T): Promise<T> {
    return new Promise((resolve, fail) => {
      this.#writer.read({ run: (state, nowMs) => resolve(view(state, nowMs)), fail });
    });
  }

  #makeFollower(): Follower | null {
    if (!this.#options.follow) return null;
    const { store, timers } = this.#ports;
    return new Follower({
      store,
      timers,
      wanted: () => this.#feed.watchers > 0 || this.#tickets.size > 0,
      known: () => this.#replica.durable,
      look: () => this.#look((state) => state.revision).catch(() => null),
    });
  }

  #onCommitted(entries: readonly Entry[], state: State): void {
    const newest = entries.at(-1);
    if (newest !== undefined) this.#noteLast(newest.revision);
    this.#options.observer.entered(entries);
    this.#past.note(entries);
    this.#tail.note(entries);
    this.#feed.publish(entries);
    this.#tickets.onCommitted(entries, state);
  }

  /** Where what is due cannot be written, no wait will end, by its own deadline or another's: who waits is told. */
  #endWhatIsDue(): void {
    this.#writer.tick(false).catch((error: unknown) => this.#tickets.dismissAll(toFailure(error)));
  }

  #onGap(state: State): void {
    this.#options.observer.began(state);
    this.#past.missedSome();
    this.#feed.forget();
    this.#tickets.dismissAll(unavailable('the log was compacted by another process: ask again'));
  }

  async #afterBatch(state: State | null): Promise<void> {
    this.#reachable = state !== null;
    this.#alarm.heard();
    if (state === null) return this.#alarm.ringWithin(retryDueMs);
    const { locks, tickets, index } = state;
    this.#holdsNothing = locks.size + tickets.size + index.runningSyncs.size === 0;
    this.#setAlarm(state);
    if ((await this.#snapshots?.afterBatch(state)) === true) await this.#noteFirst();
  }

  #setAlarm(state: State): void {
    const deadlineMs = nextDeadline(state);
    if (deadlineMs === null) return;
    const { nowMs, isForeign } = readLogTime(state, this.#ports.clock, this.#ports.host);
    this.#alarm.ringWithin(isForeign ? patienceWithOtherMs(state) : deadlineMs - nowMs);
  }

  async #noteFirst(): Promise<void> {
    try {
      this.#firstRevision = (await this.#ports.store.bounds()).first;
    } catch (cause) {
      this.#report({ kind: 'snapshotNotSaved', message: 'the oldest revision is not known', cause });
    }
  }
}

/** Calls `run` when the caller's signal aborts, until the call is over. */
function onAbort(signal: AbortSignal | undefined, over: AbortSignal, run: () => void): void {
  if (signal === undefined || over.aborted) return;
  if (signal.aborted) run();
  else signal.addEventListener('abort', run, { once: true, signal: over });
}

function stoppingError(): CoordinatorError {
  return unavailable('the coordinator is stopping: try again');
}

function givenUp(): CoordinatorError {
  return new CoordinatorError('CLOSED', 'the wait was given up; the ticket is kept');
}
