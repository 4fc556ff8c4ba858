import { isSlot, madeOf, shownName, settingBounds } from '../../core/index.ts';
import type {
  ByCode,
  CommonFacts,
  HolderInTheWay,
  LockEnd,
  RefusalFacts,
  Rejection,
  ScopePath,
  Target,
  WantedName,
} from '../../core/index.ts';
import { untilEndText } from './lock-end.ts';
import { line, safe, typedAtTop, type Typing } from './text.ts';
import { clockTime, relative } from './time.ts';
import { count, duration, shownLock } from '../../wording/index.ts';

/** Where somebody most likely wanted to go who named no scope: in words, and the one scope that was meant, where it is one. */
export interface ScopeLead {
  readonly told: string;
  readonly meant: ScopePath | null;
  /** There is nothing to go to: what makes that there is. */
  readonly remedy?: readonly string[];
}

/** Who was refused and what he asked for, as far as the command knows; it makes the advice a line to copy. */
export interface RefusedWish {
  readonly agent?: string;
  readonly scopes?: readonly string[];
  readonly lead?: ScopeLead;
  /** The command line that asks for the locks of some scopes, as this one did; else that of a plain acquire. */
  readonly asking?: AskingLine;
  /** As at the top, where nothing is said. */
  readonly typing?: Typing;
}

/** `names`: as they are typed. */
export type AskingLine = (names: readonly string[], isWaiting: boolean, typing: Typing) => string;

/**
 * A refusal that teaches: what and who, its reason and times, how long the queue is, and the command to run next. Two
 * to four lines.
 */
export function explainRefusal(rejection: Rejection, wish: RefusedWish, nowMs: number): string[] {
  const next = madeOf(advice, rejection)?.(wish) ?? [];
  return [
    ...storyOf(rejection, wish, nowMs),
    ...more(rejection, wish, nowMs),
    ...next.map((text) => `try: ${text}`),
  ];
}

function storyOf(rejection: Rejection, { lead }: RefusedWish, nowMs: number): readonly string[] {
  if (rejection.code === 'LOCK_HELD') return heldBy(rejection.details, nowMs);
  // The message leads to a list of all scopes, for want of something nearer.
  const isElsewhere = lead !== undefined && rejection.code === 'SCOPE_NOT_FOUND';
  if (isElsewhere) return [line`there is no scope ${JSON.stringify(rejection.details.scope)}`];
  return [safe(rejection.message)];
}

/** What the message does not say. */
function more(rejection: Rejection, { agent, lead }: RefusedWish, nowMs: number): readonly string[] {
  if (lead !== undefined) return [safe(lead.told)];
  const { queueClosed } = rejection.details;
  if (queueClosed !== undefined) return [safe(queueClosed)];
  switch (rejection.code) {
    case 'STALE_FENCING_TOKEN':
      return isLostTo(rejection.details, agent) ? [uncovered] : [];
    case 'SYNC_FAILED':
      return pauseText(rejection.details, nowMs);
    case 'LOCK_NOT_HELD':
      return isLost(rejection.details.lastEnd ?? null, agent) ? [uncovered] : [];
    case 'CONCURRENCY_LIMIT':
      return [whereItStands('max_concurrent_agents')];
    case 'LOCK_LIMIT_REACHED':
      return [raised('max_locks_per_agent', 'maxLocksPerAgent', rejection.details)];
    case 'FILE_LIMIT_REACHED':
      return [raised('max_files_per_agent', 'maxFilesPerAgent', rejection.details)];
    case 'RESOURCE_LIMIT_REACHED':
      return [raised('max_resources_per_agent', 'maxResourcesPerAgent', rejection.details)];
    case 'AGENT_HOLDS_LOCK':
      return isOverAsked(rejection.details) ? [whereItStands('max_locks_per_agent')] : [];
    default:
      return [];
  }
}

const whereItStands = (option: string): string =>
  `${option} stands under agent_coordination in the rhema.yaml of the top folder`;

/** Asking for less is of no use where all is meant, as with `--all`. */
function raised(
  option: string,
  field: 'maxLocksPerAgent' | 'maxFilesPerAgent' | 'maxResourcesPerAgent',
  { held = 0, asked }: { readonly held?: number; readonly asked: number },
): string {
  const needed = held + asked;
  const max = settingBounds[field][1];
  const reach =
    needed > max ? `: it cannot be more than ${max}, so ask in parts` : `; this needs ${needed} there`;
  return `${whereItStands(option)}${reach}`;
}

/** Who asks for no more than it may hold has its own locks in the way, not the bound. */
const isOverAsked = ({ askedIn = [], maxLocksPerAgent }: RefusalFacts<'AGENT_HOLDS_LOCK'>): boolean =>
  askedIn.length > (maxLocksPerAgent ?? Infinity);

/** Whether somebody else has been granted what the token was for; its own later hold, or a slip, is told by the message. */
const isLostTo = (
  { token, currentToken, holder }: RefusalFacts<'STALE_FENCING_TOKEN'>,
  agent: string | undefined,
): boolean => token < currentToken && holder !== agent;

/** Whether the agent's own hold ended without its doing. */
const isLost = (end: LockEnd | null, agent: string | undefined): boolean =>
  end !== null && end.agent === agent && !ownActs.has(end.cause);

const ownActs: ReadonlySet<LockEnd['cause']> = new Set(['released', 'completed', 'left']);

/** A retry before its time would be refused in turn. */
function pauseText(facts: RefusalFacts<'SYNC_FAILED'>, nowMs: number): readonly string[] {
  const atMs = facts.retryAtMs ?? 0;
  return mayBeRetried(facts) && atMs > nowMs ? [`a retry may begin ${relative(atMs, nowMs)}`] : [];
}

const mayBeRetried = ({ failures, maxRetries }: RefusalFacts<'SYNC_FAILED'>): boolean =>
  failures <= maxRetries;

const uncovered = 'what was written since then was not covered by a lock: look at what changed';

function heldBy(facts: RefusalFacts<'LOCK_HELD'>, nowMs: number): readonly string[] {
  const { holder, holds, reason, grantedAtMs, queueLength, others = [], holdersInTheWay } = facts;
  const times = [
    `since ${clockTime(grantedAtMs, nowMs)} (${duration(nowMs - grantedAtMs)})`,
    line`${untilEndText({ ...facts, agent: holder }, nowMs)} unless renewed`,
    queueLength === 0 ? 'nobody waits' : `${count(queueLength, 'agent')} in the queue`,
  ];
  const left = (holdersInTheWay ?? 1) - 1 - others.length;
  return [
    holds === undefined
      ? line`${shownName(facts)} is held by ${holder}`
      : line`${shownName(facts)} cannot be had: ${shownLock(holds)} is held by ${holder}`,
    ...(reason === null ? [] : [line`for: ${reason}`]),
    times.join('; '),
    ...others.map((other) => alsoHeld(other, nowMs)),
    ...(left > 0 ? [`and ${count(left, 'more lock')} in the way: rhema lock list shows all`] : []),
  ];
}

/** Another lock that is in the way. */
function alsoHeld(lock: HolderInTheWay, nowMs: number): string {
  const purpose = lock.reason === null ? '' : ` for: ${lock.reason}`;
  return line`also ${shownLock(lock)} by ${lock.holder}, until ${clockTime(lock.deadlineMs, nowMs)}${purpose}`;
}

type Advice = (wish: RefusedWish) => readonly string[];

const typed = ({ typing = typedAtTop }: RefusedWish, names: readonly string[]): string[] =>
  names.map((name) => typing.name(name));
const rhema = ({ typing = typedAtTop }: RefusedWish, ...words: readonly string[]): string =>
  typing.rhema(...words);
const asAgent = (wish: RefusedWish): string[] => (wish.agent === undefined ? [] : ['--agent', wish.agent]);
/** What was asked for, as it is typed; else what stands for it. */
const wanted = (wish: RefusedWish): string[] =>
  wish.scopes === undefined ? ['SCOPE'] : typed(wish, wish.scopes);

/** More are not copied from a line. */
const typedMax = 20;

/** `names`: as they are typed. */
const acquireLine = (wish: RefusedWish, names: readonly string[], isWaiting: boolean): string =>
  names.length > typedMax
    ? `the same ${count(names.length, 'name')} again${isWaiting ? ', with --wait' : ''}`
    : typedAcquire(wish, names, isWaiting);

const typedAcquire = (wish: RefusedWish, names: readonly string[], isWaiting: boolean): string =>
  wish.asking?.(names, isWaiting, wish.typing ?? typedAtTop) ??
  rhema(wish, 'lock', 'acquire', ...names, ...asAgent(wish), ...(isWaiting ? ['--wait'] : []));

function waitInLine({ queueClosed, ...facts }: Partial<WantedName> & CommonFacts): Advice {
  return (wish) => {
    if (queueClosed === undefined) return [acquireLine(wish, wanted(wish), true)];
    // Of several scopes the one that was at fault.
    const name = facts.resource ?? facts.file ?? facts.scope;
    const [asked = 'SCOPE'] = name === undefined ? wanted(wish) : typed(wish, [name]);
    return [rhema(wish, 'why', asked)];
  };
}

/** Where it waits for just these scopes, it may as well go on. */
const waitOn =
  ({ scopes = [] }: RefusalFacts<'ALREADY_WAITING'>): Advice =>
  (wish) => [
    ...(scopes.join('\n') === wish.scopes?.join('\n') ? [acquireLine(wish, typed(wish, scopes), true)] : []),
    rhema(wish, 'lock', 'cancel', ...asAgent(wish)),
  ];

const joinAgain = (): Advice => (wish) => [rhema(wish, 'agent', 'join', wish.agent ?? 'NAME')];
/** Somebody else has the name now, and a join would be refused. */
const seeAgent = (): Advice => (wish) => [rhema(wish, 'agent', 'status', wish.agent ?? 'NAME')];
const seeWhy =
  (facts: WantedName): Advice =>
  (wish) => [rhema(wish, 'why', ...typed(wish, [shownName(facts)]))];
const see =
  (...words: readonly string[]) =>
  (): Advice =>
  (wish) => [rhema(wish, ...words)];
const seeSync = see('sync', 'status');
const validate = see('safety', 'validate');

function seeScopes({ scope: missing, near }: RefusalFacts<'SCOPE_NOT_FOUND'>): Advice {
  return (wish) => {
    if (wish.lead?.remedy !== undefined) return [rhema(wish, ...wish.lead.remedy)];
    const [only = null, ...others] = near;
    const meant = wish.lead?.meant ?? (others.length === 0 ? only : null);
    if (meant === null || wish.asking === undefined)
      return [rhema(wish, 'scope', 'list'), rhema(wish, 'scope', 'refresh')];
    const scopes = (wish.scopes ?? []).map((scope) => (scope === missing ? meant : scope));
    if (scopes.length > typedMax) return [line`the same again, with ${meant} in the place of ${missing}`];
    return [acquireLine(wish, typed(wish, [...new Set(scopes)]), false)];
  };
}

/** What may be said with a status hangs on the locks: to take one, to give one back, or to end the wait for one. */
function towardsStatus({ from, to, ticket }: RefusalFacts<'TRANSITION_NOT_ALLOWED'>): Advice {
  return (wish) => {
    if (ticket !== null) return [rhema(wish, 'lock', 'cancel', ...asAgent(wish))];
    if (from === 'working') return [rhema(wish, 'lock', 'release', ...asAgent(wish))];
    return to === 'working' || to === 'blocked' ? [acquireLine(wish, ['SCOPE'], false)] : seeAgent()(wish);
  };
}

/** One of several may be enough: which, only the agent knows. */
function releaseFirst({
  held,
  heldIn = [],
  askedIn = [],
  maxLocksPerAgent = heldIn.length,
}: RefusalFacts<'AGENT_HOLDS_LOCK'>): Advice {
  return (wish) => {
    if (askedIn.length > maxLocksPerAgent) return [];
    const spare = heldIn.filter((scope) => !askedIn.includes(scope));
    const excess = Math.max(1, spare.length + askedIn.length - maxLocksPerAgent);
    const release = (scopes: readonly ScopePath[]): string => {
      const names = held.filter((target) => scopes.some((scope) => scope === scopeAmong(heldIn, target)));
      if (names.length > typedMax) return rhema(wish, 'lock', 'list');
      return rhema(wish, 'lock', 'release', ...typed(wish, names), ...asAgent(wish));
    };
    if (excess === 1) return [...new Set(spare.slice(0, sparesMax).map((scope) => release([scope])))];
    return [release(spare.slice(0, excess))];
  };
}

/** That of some scopes which a target is in; none for a resource. */
function scopeAmong(scopes: readonly ScopePath[], target: Target): ScopePath | undefined {
  if (isSlot(target)) return undefined;
  const around = scopes.filter((scope) => target === scope || target.startsWith(`${scope}/`));
  const [nearest] = around.sort((one, other) => other.length - one.length);
  return nearest ?? scopes.find((scope) => scope === '.');
}

/** More lines would not help to choose. */
const sparesMax = 3;

/** The next command for each refusal that has one; the message says the rest. */
const advice: ByCode<Advice> = {
  AGENT_NOT_FOUND: joinAgain,
  STALE_EPOCH: seeAgent,
  SESSION_MISMATCH: seeAgent,
  AGENT_LOST: joinAgain,
  AGENT_ALREADY_JOINED: seeAgent,
  AGENT_LIMIT_REACHED: see('agent', 'list'),
  TRANSITION_NOT_ALLOWED: towardsStatus,
  SCOPE_NOT_FOUND: seeScopes,
  SELF_DEPENDENCY: validate,
  DEPENDENCY_UNKNOWN: validate,
  DEPENDENCY_CYCLE: validate,
  ALREADY_WAITING: waitOn,
  AGENT_BLOCKED: () => (wish) => [rhema(wish, 'agent', 'set', 'working', ...asAgent(wish))],
  AGENT_HOLDS_LOCK: releaseFirst,
  LOCK_NOT_HELD: seeWhy,
  STALE_FENCING_TOKEN: seeWhy,
  LOCK_HELD: waitInLine,
  RESERVED_FOR_WAITER: waitInLine,
  CONCURRENCY_LIMIT: waitInLine,
  WOULD_DEADLOCK: () => (wish) => [rhema(wish, 'lock', 'release', ...asAgent(wish))],
  NO_RECIPIENT: see('status'),
  SYNC_IN_PROGRESS: seeSync,
  SYNC_FAILED: (facts) => (wish) => [
    rhema(wish, 'sync', mayBeRetried(facts) ? 'retry' : 'reset', ...wanted(wish)),
  ],
  DEPENDENCY_NOT_SYNCED: () => (wish) => [rhema(wish, 'sync', 'plan', ...wanted(wish))],
  SYNC_NOT_RUNNING: seeSync,
  STALE_SYNC_RUN: seeSync,
  RETRY_LIMIT_REACHED: () => (wish) => [rhema(wish, 'sync', 'reset', ...wanted(wish))],
};
