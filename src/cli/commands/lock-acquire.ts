import { nameOf, namesOf } from '../../core/index.ts';
import type { DurationMs, FilePath, Grant } from '../../core/index.ts';
import { formerHoldersOf, impactOfLocks, type AgentSession, type Granted } from '../../participant/index.ts';
import type { ImpactAnswer } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import type { AskingLine } from '../format/refusal.ts';
import { line } from '../format/text.ts';
import { clockTime, relative } from '../format/time.ts';
import { withdrawnText } from '../format/withdrawn.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { actAs } from './acting.ts';
import type { Acting } from './acting.ts';
import { acquire, leaseWords, notGranted, waitWish, type LeaseInput } from './acquiring.ts';
import { notThere } from './named.ts';
import { revisionNow } from './speak.ts';
import { leaseMs, lockWish, refuseNothing, type LockNames, type LockWish } from './lock-wish.ts';
import { count, duration, formerHolderTexts, impactText, shownLock, timeLeft } from '../../wording/index.ts';

export interface AcquireInput extends Acting, LeaseInput, LockNames {}

/** Takes the locks of scopes, files and resources as a unit, at once or after waiting in line. */
export async function acquireLock(call: Call, input: AcquireInput): Promise<Outcome> {
  refuseNothing(input);
  const session = await actAs(call, input);
  const { wish: named, ...others } = await lockWish(call, input);
  if (namesOf(named).length === 0) return nothingToLock(call, session, others);
  const ttlMs = await leaseMs(call, input);
  const reason = input.reason ?? null;
  const acquired = await acquire(call, session, {
    ...named,
    ttlMs,
    wait: await waitWish(input.wait),
    reason,
  });
  if (acquired.kind !== 'granted')
    return notGranted(call, session, named, acquired, { asking: askingText(session, input) });
  const { clock } = call.ports;
  const coordinator = await call.coordinator();
  const [former, impact] = await Promise.all([
    formerHoldersOf(coordinator, clock, session, acquired.locks),
    impactOfLocks(coordinator, clock, acquired.locks),
  ]);
  return grantedOutcome(call, session, acquired, { reason, ttlMs, former, impact, ...others });
}

async function nothingToLock(call: Call, { agent }: AgentSession, others: NotLocked): Promise<Outcome> {
  return done(
    await revisionNow(call),
    { agent, locks: [], free: others.free, ...unlockableIn(others) },
    () => {
      const texts = notLockedTexts(others);
      return texts.length === 0 ? 'nothing was changed: there is nothing to lock' : texts.join('\n');
    },
  );
}

/** Files that no lock is taken of. */
type NotLocked = Pick<LockWish, 'free' | 'unlockable'>;

const notLockedTexts = ({ free, unlockable }: NotLocked): readonly string[] => [
  ...free.map(freeText),
  ...(unlockable.length === 0 ? [] : [unlockableText(unlockable)]),
];

const unlockableIn = ({ unlockable }: Pick<LockWish, 'unlockable'>): object =>
  unlockable.length === 0 ? {} : { unlockable };

function unlockableText(files: readonly string[]): string {
  const shown = files.slice(0, unlockableShownMax).join(', ');
  const left = files.length - unlockableShownMax;
  return line`left out, since nothing can be locked there: ${shown}${left > 0 ? ` and ${count(left, 'more file')}` : ''}`;
}

const unlockableShownMax = 5;

const freeText = (file: FilePath): string =>
  line`${file} is free: anybody may write it, without a lock (agent_coordination.free)`;

const askingText =
  ({ agent }: AgentSession, input: LeaseInput): AskingLine =>
  (names, isWaiting, typing) =>
    typing.rhema('lock', 'acquire', ...names, '--agent', agent, ...leaseWords(input, isWaiting));

/** What was asked for, as far as the answer says what became of it. */
interface GrantWish {
  readonly reason: string | null;
  readonly ttlMs: DurationMs | null;
  /** Files that were meant and need no lock, or can have none. */
  readonly free?: readonly FilePath[];
  readonly unlockable?: readonly string[];
  /** Who had them before; left out where nothing was granted anew. */
  readonly former?: Awaited<ReturnType<typeof formerHoldersOf>>;
  /** What depends on what may be changed under them; left out, and null: nobody has looked. */
  readonly impact?: ImpactAnswer | null;
}

/**
 * `token` is that of the newest grant, which is the only one unless some of the scopes were held before; `deadline` is
 * the earliest. A reason that was given is that of all these locks from now on.
 */
export async function grantedOutcome(
  call: Call,
  session: AgentSession,
  { revision, locks }: Pick<Granted, 'revision' | 'locks'>,
  wish: GrantWish,
): Promise<Outcome> {
  const { free = [], unlockable = [] } = wish;
  const token = Math.max(...locks.map((lock) => lock.token));
  const deadlineMs = Math.min(...locks.map((lock) => lock.deadlineMs));
  const { sessionDeadlineMs, withdrawn } = await nowOf(call, session);
  const toBe = await notThere(call, filesOf(locks));
  const told = withdrawn.filter((name) => locks.some((lock) => nameOf(lock) === name));
  const data = {
    agent: session.agent,
    token,
    deadlineMs,
    ...(sessionDeadlineMs === null ? {} : { sessionDeadlineMs }),
    ...(told.length === 0 ? {} : { withdrawn: told }),
    locks: locks.map((lock) => withFormer(lock, wish.former ?? [])),
    ...(free.length === 0 ? {} : { free }),
    ...unlockableIn({ unlockable }),
    ...dependentsIn(wish.impact ?? null),
  };
  const lastMs = Math.max(...locks.map((lock) => lock.deadlineMs));
  const endsBefore = sessionDeadlineMs !== null && sessionDeadlineMs < lastMs;
  return done(revision, data, () =>
    [
      ...locks.map((lock) => heldText(call, session, lock, { ...wish, toBe })),
      ...(endsBefore ? [sessionText(call, session, sessionDeadlineMs)] : []),
      ...notLockedTexts({ free, unlockable }),
      ...told.map((name) => line`${name} is ${withdrawnText}`),
      ...formerTexts(call, wish.former ?? []),
      ...impactTexts(session, wish.impact ?? null),
    ].join('\n'),
  );
}

type Former = NonNullable<GrantWish['former']>;

/** `since`: who had it since the agent had it last. */
function withFormer(lock: Grant, former: Former): object {
  const own = former.find(({ scope, file }) => scope === lock.scope && file === lock.file);
  if (own === undefined) return lock;
  return { ...lock, since: own.holders, ...(own.left === 0 ? {} : { sinceLeft: own.left }) };
}

function formerTexts(call: Call, former: Former): string[] {
  const reader = { nowMs: call.nowMs, as: { agent: asIs, name: asIs, text: asIs } };
  const texts = formerHolderTexts(former, reader).map((text) => line`  ${text}`);
  return texts.length === 0 ? [] : [...texts, '  read again what changed before you write there'];
}

const asIs = (text: string): string => text;

function impactTexts({ agent }: AgentSession, impact: ImpactAnswer | null): string[] {
  const text = impact === null ? null : impactText(impact, agent);
  return text === null ? [] : [line`  ${text}`];
}

/** All that depends on it, directly or not. */
function dependentsIn(impact: ImpactAnswer | null): object {
  const dependents = (impact?.scopes ?? []).filter(({ via }) => via !== null).map(({ scope }) => scope);
  return dependents.length === 0 ? {} : { dependents };
}

/** What else there is to know of locks that were granted; nothing where it cannot be told at the moment. */
interface AgentNow {
  /** An agent that is silent for longer than its session lasts loses its locks, however long their leases are. */
  readonly sessionDeadlineMs: number | null;
  /** Of what it holds: what no scope file names any more. */
  readonly withdrawn: readonly string[];
}

async function nowOf(call: Call, { agent }: AgentSession): Promise<AgentNow> {
  const subject = { kind: 'agent', agent } as const;
  const coordinator = await call.coordinator();
  const known = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 }).catch(() => null);
  const withdrawn = known?.locks.filter((lock) => lock.withdrawn === true).map(nameOf) ?? [];
  return { sessionDeadlineMs: known?.agent?.sessionDeadlineMs ?? null, withdrawn };
}

function sessionText(call: Call, { agent }: AgentSession, endMs: number): string {
  const end = `${clockTime(endMs, call.nowMs)} (${relative(endMs, call.nowMs)})`;
  const renew = call.rhema('agent', 'heartbeat', agent);
  return line`but its session ends before, at ${end}, and each lock with it, unless a command renews it: ${renew}`;
}

interface Shown extends GrantWish {
  /** Files that are not there yet. */
  readonly toBe: ReadonlySet<FilePath>;
}

const filesOf = (locks: readonly Grant[]): readonly FilePath[] =>
  locks.flatMap(({ file }) => (file === undefined ? [] : [file]));

function heldText(call: Call, { agent }: AgentSession, lock: Grant, { reason, ttlMs, toBe }: Shown): string {
  const until = `until ${clockTime(lock.deadlineMs, call.nowMs)} (${relative(lock.deadlineMs, call.nowMs)})`;
  const contended = lock.contendedSinceMs === null ? '' : '; others wait for it';
  const already = lock.already === true ? alreadyText(call, lock) : '';
  const purpose = lock.already !== true || reason === null ? '' : `; its reason is now: ${reason}`;
  return line`${agent} holds ${shownLock(lock)}${scopeText(lock, toBe)}${already} ${until}, token ${lock.token}${contended}${purpose}${keptText(call, lock, ttlMs)}`;
}

/** Of a file in which scope it is, and whether it is there: whoever meant the whole of it, or a scope, names that. */
function scopeText({ scope, file }: Grant, toBe: ReadonlySet<FilePath>): string {
  if (file === undefined) return '';
  return ` (a file of ${scope === '.' ? 'the top scope' : scope}${toBe.has(file) ? ', not there yet' : ''})`;
}

/** Whoever asks for less than what is left of a lease would else take the command for one that does nothing. */
function keptText(call: Call, { deadlineMs }: Grant, ttlMs: DurationMs | null): string {
  const isKept = ttlMs !== null && deadlineMs > call.nowMs + ttlMs;
  return isKept ? `; a lease that was promised is kept, and not cut to ${timeLeft(ttlMs)}` : '';
}

/** Whoever asks for what its name holds already may be a second one of that name, who must not take it for a grant. */
function alreadyText(call: Call, { sinceMs }: Grant): string {
  if (sinceMs === undefined) return ' already,';
  return ` already, since ${clockTime(sinceMs, call.nowMs)} (${duration(call.nowMs - sinceMs)}),`;
}
