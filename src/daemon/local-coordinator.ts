import type { CommandKind, Entry, EntryPrincipal, RejectionCode, Revision } from '../core/index.ts';
import type {
  Answer,
  CommandRequest,
  Coordinator,
  Query,
  RefreshOptions,
  RefreshReport,
  Reply,
  TicketReply,
  TicketRequest,
} from '../protocol/index.ts';
import type { SubmitManner } from '../service/index.ts';
import type { GitFollower } from './git-follower.ts';
import type { ScopeFollower } from './scope-follower.ts';
import type { ServedCoordinator } from './served.ts';
import { whileSwitchingOff, withQueueClosed } from './switching-off.ts';
import { disabled, workIn } from './withheld.ts';

/** The service, as far as it is passed on. */
export interface LocalService extends Omit<Coordinator, 'submit' | 'refresh' | 'close'> {
  submit(request: CommandRequest, manner?: SubmitManner): Promise<Reply>;
  idle(): boolean;
}

/** The service in this process, together with the scope files that its graph follows. */
export class LocalCoordinator implements ServedCoordinator {
  readonly #service: LocalService;
  readonly #follower: ScopeFollower;
  readonly #gitFollower: Pick<GitFollower, 'look'>;

  constructor(service: LocalService, follower: ScopeFollower, gitFollower: Pick<GitFollower, 'look'>) {
    this.#service = service;
    this.#follower = follower;
    this.#gitFollower = gitFollower;
  }

  /**
   * A scope that is not known may have been written a moment ago, and a bound of the configuration raised, as its refusal
   * advises: before such a refusal the files are looked at. Throws `DISABLED` for what is new while coordination is being
   * switched off, and for a join where nothing is held any more.
   */
  submit(request: CommandRequest, principal?: EntryPrincipal): Promise<Reply> {
    const manner = principal === undefined ? undefined : { principal };
    if (this.#isBeforeFiles(request))
      return this.#follower.followIfTouched().then(() => this.#submitSeen(request, manner));
    return this.#submitSeen(request, manner);
  }

  /** What an agent gets, it gets by the files as they are. */
  #isBeforeFiles({ command: { kind } }: CommandRequest): boolean {
    return givingKinds.has(kind) && this.#follower.isTouched();
  }

  #submitSeen(request: CommandRequest, manner?: SubmitManner): Promise<Reply> {
    return this.#mayBeNew(request)
      ? this.#submitUnlessNew(request, manner)
      : this.#serve(request, asItIs, manner);
  }

  async #submitUnlessNew(request: CommandRequest, manner?: SubmitManner): Promise<Reply> {
    if (request.command.kind === 'AgentJoin') {
      await this.#follower.catchUp();
      return this.#serve(request, asItIs, manner);
    }
    if (!(await this.#follower.confirmsSwitchingOff())) return this.#serve(request, asItIs, manner);
    const off = disabled(workIn(await this.#service.query({ kind: 'status', at: null })));
    const unlessNew = { insteadOfNew: off, principal: manner?.principal };
    return this.#serve(whileSwitchingOff(request, off), withQueueClosed, unlessNew);
  }

  /** Few promises: nearly every command is served at once. */
  #serve(request: CommandRequest, said: (reply: Reply) => Reply, manner?: SubmitManner): Promise<Reply> {
    const { takes } = this.#follower;
    return this.#service.submit(request, manner).then((reply) => {
      if (reply.ok) return said(reply);
      const serveAgain = async (): Promise<Reply> => said(await this.#service.submit(request, manner));
      return this.#afterRefusal(said(reply) as Refusal, takes, serveAgain);
    });
  }

  async #afterRefusal(reply: Refusal, takes: number, serveAgain: () => Promise<Reply>): Promise<Reply> {
    const { code } = reply.rejection;
    if (boundCodes.has(code)) return (await this.#follower.hasTakenSince(takes)) ? serveAgain() : reply;
    if (code !== 'SCOPE_NOT_FOUND') return reply;
    return (await this.#refreshIfChanged()) ? serveAgain() : withDoubt(reply, this.#follower.unseen);
  }

  /** Files that cannot be looked at change nothing: what the log has is in force. */
  async #refreshIfChanged(): Promise<boolean> {
    try {
      return await this.#follower.refreshIfChanged();
    } catch (error) {
      if (this.#follower.unseen === null) throw error;
      return false;
    }
  }

  /** Nobody may have looked at the files for long, and who takes part where that is off is let down at the next step. */
  #mayBeNew({ command: { kind } }: CommandRequest): boolean {
    if (kind === 'AgentJoin') return this.#service.idle();
    return this.#follower.switchesOff && givingKinds.has(kind);
  }

  awaitTicket(ticket: TicketRequest, signal?: AbortSignal): Promise<TicketReply> {
    return this.#service.awaitTicket(ticket, signal);
  }

  /**
   * Where nothing is held there may have been nobody to follow the files for: whoever comes then must not be told of the
   * scopes from before a pull. Where something is wrong with the files, whoever has just mended them, or gone back to a
   * commit that has them, must not be told so once more. And a person who asks for the scopes has perhaps just changed
   * them; an agent that asks all the time has not.
   */
  async query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    const mayBeBehind = this.#service.idle() || this.#follower.tellsTrouble;
    if (query.kind === 'scopes' && query.fresh === true) await this.#follower.followNow();
    else if (tellsOfScopes(query)) await this.#seeFiles(mayBeBehind);
    // What Git has done to scopes is asked for with their syncs; a tree that cannot be read undoes nothing.
    if (tellsOfSyncs(query)) await this.#gitFollower.look().catch(() => undefined);
    const answer = await this.#service.query(query);
    if (query.kind !== 'scopes' || query.fresh !== true) return answer;
    const { declared } = this.#follower;
    return declared === null ? answer : { ...answer, declared };
  }

  #seeFiles(mayBeBehind: boolean): Promise<void> {
    return mayBeBehind ? this.#follower.catchUp() : this.#follower.followIfTouched();
  }

  watch(fromRevision: Revision, signal: AbortSignal): AsyncIterable<Entry> {
    return this.#service.watch(fromRevision, signal);
  }

  refresh(options?: RefreshOptions): Promise<RefreshReport> {
    return this.#follower.refresh(options);
  }

  idle(): boolean {
    return this.#service.idle();
  }
}

/** Commands by which an agent may get what it does not have. */
const givingKinds: ReadonlySet<CommandKind> = new Set<CommandKind>([
  'AcquireLock',
  'ContextModify',
  'StartSync',
]);

/** Refusals that another configuration would perhaps not give. */
const boundCodes: ReadonlySet<RejectionCode> = new Set<RejectionCode>([
  'AGENT_HOLDS_LOCK',
  'CONCURRENCY_LIMIT',
  'DEPENDENCY_NOT_SYNCED',
  'FILE_LIMIT_REACHED',
  'LOCK_LIMIT_REACHED',
  'RESOURCE_LIMIT_REACHED',
  'RESOURCE_NOT_FOUND',
  'RETRY_LIMIT_REACHED',
  'TTL_TOO_LONG',
  'WOULD_DEADLOCK',
]);

const asItIs = (reply: Reply): Reply => reply;

/** That a scope is not known is less than certain while nobody can see the files. */
function withDoubt(reply: Refusal, unseen: string | null): Reply {
  if (unseen === null) return reply;
  const { rejection } = reply;
  return { ...reply, rejection: { ...rejection, message: `${rejection.message} (${unseen})` } };
}

type Refusal = Reply & { readonly ok: false };

/** Whether the answer says what is synced now. */
function tellsOfSyncs(query: Query): boolean {
  return (query.kind === 'status' && query.at === null) || (query.kind === 'scopes' && query.fresh === true);
}

/** Whether the answer depends on which scopes there are now. */
function tellsOfScopes(query: Query): boolean {
  if (query.kind === 'status' || query.kind === 'why') return query.at === null;
  return query.kind === 'scopes' || query.kind === 'mayWrite' || query.kind === 'scopesOf';
}
