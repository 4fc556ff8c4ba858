/**
 * The command behind a log entry. The log keeps what happened and what was answered, not what was asked; but the two
 * tell what must have been asked, as far as it mattered:
 *
 * - Who passed the gate had the epoch and the session that the state has.
 * - A token, a run or a base digest that was accepted was the current one, or none.
 * - Of the scopes that were named, those count that were granted, queued for or released.
 * - A lease of the usual length was asked for without a length.
 *
 * The command is only what the entry says it was. Whether the machine answers it with this very entry is for the verifier
 * to find out.
 */
import { oneNameOf, targetOf, wishOfNames } from '../core/index.ts';
import type {
  AgentId,
  ChangedUnder,
  Command,
  CommandKind,
  CommandOf,
  Entry,
  Event,
  EventKind,
  EventOf,
  Result,
} from '../core/index.ts';
import type {
  DurationMs,
  Epoch,
  ResultOf,
  Scope,
  ScopeDefinition,
  ScopePath,
  SessionId,
  State,
  Wish,
} from '../core/index.ts';

/** An entry from which no command can be read. */
export class UnreadableEntry extends Error {
  override readonly name = 'UnreadableEntry';
  /** Where in the entry, as in `events`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(problem);
    this.path = path;
  }
}

/** The command that an entry commits, given the state before it. Throws {@link UnreadableEntry}. */
export function commandOf(state: State, entry: Entry): Command {
  const { kind, atMs, requestId } = entry;
  const read = Object.hasOwn(readers, kind) ? (readers[kind] as Reader<CommandKind>) : undefined;
  if (read === undefined) throw new UnreadableEntry('kind', `${JSON.stringify(kind)} is no command`);
  return { kind, atMs, requestId, ...speakerOf(state, entry), ...read(entry, state) } as Command;
}

/** What all commands carry, and who speaks. */
type Common = 'kind' | 'atMs' | 'requestId' | 'agent' | 'epoch' | 'by';
type Asked<Asks> = Omit<Asks, Asks extends { readonly metadata: unknown } ? Common : Common | 'session'>;
type Reader<Kind extends CommandKind> = (entry: Entry, state: State) => Asked<CommandOf<Kind>>;

const operatorKinds: ReadonlySet<CommandKind> = new Set<CommandKind>([
  'RevokeLock',
  'DefineScopes',
  'DefineScope',
  'RemoveScope',
  'GitOperation',
  'RetrySync',
  'ResetSync',
  'AbortSync',
  'InvalidateSync',
  'TakeOver',
  'Configure',
  'SendAsOperator',
  'ReportViolation',
  'SettleViolation',
]);

function speakerOf(state: State, entry: Entry): object {
  const { kind, agent: id, by } = entry;
  if (kind === 'ExpireDue') return {};
  if (operatorKinds.has(kind)) return { by };
  if (kind === 'AgentJoin') return { agent: id };
  if (kind === 'SeeDead') return proofOf(state, eventOf(entry, 'agent.seenDead').agent);
  return proofOf(state, id);
}

function proofOf(state: State, id: AgentId | null): object {
  const agent = id === null ? undefined : state.agents.get(id);
  return { agent: id, epoch: agent?.epoch ?? noEpoch, session: agent?.session ?? noSession };
}

/** Of an agent that is not known: the gate refuses it whatever it presents. */
const noEpoch = 0 as Epoch;
const noSession = '' as SessionId;

const nothing = (): object => ({});

const readers: { readonly [Kind in CommandKind]: Reader<Kind> } = {
  AgentJoin: (entry) => {
    const { session, metadata, process } = eventOf(entry, 'agent.joined');
    return { session, metadata, ...(process && { process }) };
  },
  AgentLeave: changedIn,
  AgentResume: (entry) => {
    const { session: newSession, way, from, process } = eventOf(entry, 'agent.resumed');
    return { newSession, way, from, ...(process && { process }) };
  },
  SeeDead: nothing,
  Heartbeat: nothing,
  SetAgentStatus: (entry) => {
    const reported = entry.events.find((event) => event.kind === 'agent.reported');
    if (reported !== undefined)
      return { status: resultOf(entry, 'statusSet').status, reason: reported.report };
    const { to, reason } = eventOf(entry, 'agent.statusChanged', ({ agent }) => agent === entry.agent);
    return { status: to, reason, ...changedIn(entry) };
  },
  AcquireLock: (entry, state) =>
    entry.result.kind === 'queued' ? queued(entry, state) : granted(entry, state),
  ReleaseLock: (entry) => ({ ...wishIn(resultOf(entry, 'released')), token: null, ...changedIn(entry) }),
  RenewLock: (entry, state) => {
    const renewed = eventOf(entry, 'lock.renewed');
    return { ...oneNameOf(renewed), token: null, ttlMs: wishedTtl(state, [renewed]) };
  },
  CancelWait: nothing,
  SendMessage: said,
  SendAsOperator: said,
  ReadMessages: nothing,
  RevokeLock: (entry) => {
    const revoked = eventOf(entry, 'lock.revoked');
    const { slot, reason } = revoked;
    return { ...oneNameOf(revoked), ...(slot === undefined ? {} : { slot }), reason };
  },
  DefineScopes: (entry, state) => ({ scopes: graphAfter(entry, state), mayBeEmpty: true }),
  DefineScope: (entry) => ({ scope: eventOf(entry, 'scope.defined').scope }),
  RemoveScope: (entry) => ({ scope: droppedScope(entry) }),
  ContextModify: (entry, state) => {
    const { scope, file, digest, token, agent } = eventOf(entry, 'context.modified');
    const baseDigest = state.scopes.get(scope)?.contexts.get(file)?.digest ?? null;
    const isOwn = [...state.locks.values()].some((lock) => lock.token === token && lock.agent === agent);
    return { scope, file, token: isOwn ? token : null, digest, baseDigest };
  },
  GitOperation: (entry) => {
    const { scopes, operation } = eventOf(entry, 'repository.changed');
    return { scopes, operation };
  },
  StartSync: (entry) => ({ scope: eventOf(entry, 'sync.started').scope }),
  CompleteSync: (entry) => {
    const { scope, run, digest, syncedAgainst } = eventOf(entry, 'sync.completed');
    return { scope, run, digest, syncedAgainst };
  },
  FailSync: (entry) => {
    const { scope, run, error } = eventOf(entry, 'sync.failed');
    return { scope, run, error };
  },
  RetrySync: (entry) => ({ scope: eventOf(entry, 'sync.retried').scope }),
  ResetSync: (entry) => ({ scope: eventOf(entry, 'sync.reset').scope }),
  AbortSync: (entry) => {
    const { scope, reason } = eventOf(entry, 'sync.aborted');
    return { scope, reason };
  },
  InvalidateSync: (entry) => {
    const { cause, reason = null } = eventOf(entry, 'sync.invalidated');
    return { scope: cause, reason };
  },
  ReportViolation: (entry) => {
    const { type, rule, subject, scope = null, file, evidence, remedy } = eventOf(entry, 'violation.began');
    return {
      type,
      rule,
      subject,
      path: file === undefined ? scope : (file as string as ScopePath),
      evidence,
      remedy,
    };
  },
  SettleViolation: (entry) => {
    const { type, rule, subject, end, cause } = eventOf(entry, 'violation.ended');
    return { type, rule, subject, end, cause };
  },
  ExpireDue: nothing,
  TakeOver: (entry, state) => {
    const { clock } = eventOf(entry, 'clock.anchored');
    return { clock, cause: causeOf(state, clock) };
  },
  Configure: (entry) => ({ settings: eventOf(entry, 'settings.changed').settings }),
};

function said(entry: Entry): Asked<CommandOf<'SendMessage'>> {
  const { way, recipients, messageKind, text } = eventOf(entry, 'message.sent');
  if (way.kind === 'all') return { to: way, messageKind, text };
  if (way.kind === 'holder') return { to: { kind: 'holder', ...oneNameOf(way) }, messageKind, text };
  const [agent] = recipients;
  if (agent === undefined) throw new UnreadableEntry('events', 'a message to nobody');
  return { to: { kind: 'agent', agent }, messageKind, text };
}

/** What was said to have been changed under the locks that were given back. */
function changedIn({ agent, events }: Entry): { readonly changed?: readonly ChangedUnder[] } {
  const changed = events.flatMap((event): ChangedUnder[] =>
    event.kind === 'lock.released' && event.agent === agent && event.changed !== undefined
      ? [{ ...oneNameOf(event), ...event.changed }]
      : [],
  );
  return changed.length === 0 ? {} : { changed };
}

function queued(entry: Entry, state: State): Asked<CommandOf<'AcquireLock'>> {
  const issued = eventOf(entry, 'ticket.issued');
  const { ttlMs, waitMs, reason } = issued;
  const usual = ttlMs === state.settings.lockTtlMs;
  return { ...wishIn(issued), ttlMs: usual ? null : ttlMs, wait: { kind: 'queue', forMs: waitMs }, reason };
}

function wishIn({ scopes, files, resources }: Wish): Wish {
  return {
    scopes,
    ...(files === undefined ? {} : { files }),
    ...(resources === undefined ? {} : { resources }),
  };
}

type Lease = EventOf<'lock.granted' | 'lock.renewed'>;

/** Locks that are granted to those who waited follow in the same entry; they have a ticket. */
function granted(entry: Entry, state: State): Asked<CommandOf<'AcquireLock'>> {
  const leases = entry.events.filter(
    (event) => isLease(event) && !('ticket' in event && event.ticket !== null),
  );
  return {
    ...wishOfNames(resultOf(entry, 'granted').locks),
    ttlMs: wishedTtl(state, leases as readonly Lease[]),
    wait: { kind: 'none' },
    reason: leases.map(reasonOf).find((reason) => reason !== null) ?? null,
  };
}

const reasonOf = (event: Event): string | null => (isLease(event) ? ((event as Lease).reason ?? null) : null);

const isLease = ({ kind }: Event): boolean => kind === 'lock.granted' || kind === 'lock.renewed';

/** Null when the leases have the length that they get when none is asked for. */
function wishedTtl(state: State, leases: readonly Lease[]): DurationMs | null {
  const isUsual = leases.every((lease) =>
    lease.kind === 'lock.granted'
      ? lease.ttlMs === state.settings.lockTtlMs
      : lease.ttlMs === state.locks.get(targetOf(lease))?.ttlMs,
  );
  return isUsual ? null : (leases[0]?.ttlMs ?? null);
}

/** Scopes that did not change are not in the log: they are taken from the state, and go first. */
function graphAfter(entry: Entry, state: State): ScopeDefinition[] {
  const { removed, withdrawn = [] } = resultOf(entry, 'scopesDefined');
  const defined = entry.events.flatMap((event) => (event.kind === 'scope.defined' ? [event.scope] : []));
  const gone = new Set([...removed, ...withdrawn, ...defined.map(({ path }) => path)]);
  const isKept = ({ path, withdrawn: before }: Scope): boolean => !before && !gone.has(path);
  return [...[...state.scopes.values()].filter(isKept).map(definitionOf), ...defined];
}

function droppedScope(entry: Entry): ScopePath {
  const withdrawn = entry.events.find((event) => event.kind === 'scope.withdrawn');
  return withdrawn?.scope ?? eventOf(entry, 'scope.removed').scope;
}

function definitionOf({ path, name, type, dependencies }: Scope): ScopeDefinition {
  return { path, name, type, dependencies };
}

function causeOf({ clock: before }: State, clock: State['clock']): CommandOf<'TakeOver'>['cause'] {
  if (before === null) return 'first';
  if (before.host !== clock?.host) return 'otherHost';
  return before.boot === clock.boot ? 'clockJump' : 'otherBoot';
}

function eventOf<Kind extends EventKind>(
  { kind: command, events }: Entry,
  kind: Kind,
  matches: (event: EventOf<Kind>) => boolean = () => true,
): EventOf<Kind> {
  const found = events.find((event) => event.kind === kind && matches(event as EventOf<Kind>));
  if (found === undefined) throw new UnreadableEntry('events', `${command} without an event ${kind}`);
  return found as EventOf<Kind>;
}

function resultOf<Kind extends Result['kind']>({ kind: command, result }: Entry, kind: Kind): ResultOf<Kind> {
  if (result.kind === kind) return result as ResultOf<Kind>;
  throw new UnreadableEntry('result', `${command} was answered ${JSON.stringify(result.kind)}, not ${kind}`);
}
