import { duration } from '../../time/index.ts';
import type { EarlierEnd, Rejection, RejectionCode, ScopePath } from '../../core/index.ts';
import { untilEndText } from './lock-end.ts';
import { count, line, safe, shellCommand } from './text.ts';
import { clockTime, relative } from './time.ts';

/** Where somebody most likely wanted to go who named no scope: in words, and the one scope that was meant, where it is one. */
export interface ScopeLead {
  readonly told: string;
  readonly meant: ScopePath | null;
}

/** Who was refused and what he asked for, as far as the command knows; it makes the advice a line to copy. */
export interface RefusedWish {
  readonly agent?: string;
  readonly scopes?: readonly string[];
  readonly lead?: ScopeLead;
  /** The command line that asks for the locks of some scopes, as this one did; else that of a plain acquire. */
  readonly asking?: AskingLine;
}

export type AskingLine = (scopes: readonly string[], isWaiting: boolean) => string;

type Facts = Rejection['details'];

/**
 * A refusal that teaches: what and who, its reason and times, how long the queue is, and the command to run next. Two
 * to four lines.
 */
export function explainRefusal(rejection: Rejection, wish: RefusedWish, nowMs: number): string[] {
  const { code, message, details } = rejection;
  const next = advice[code]?.(wish, details) ?? [];
  const story = code === 'LOCK_HELD' ? heldBy(details, nowMs) : [messageFor(message, wish, details)];
  return [...story, ...more(code, wish, details, nowMs), ...next.map((text) => `try: ${text}`)];
}

/** The message leads to a list of all scopes, for want of something nearer. */
const messageFor = (message: string, { lead }: RefusedWish, { scope }: Facts): string =>
  lead === undefined ? safe(message) : line`there is no scope ${JSON.stringify(scope)}`;

/** What the message does not say. */
function more(code: RejectionCode, { agent, lead }: RefusedWish, details: Facts, nowMs: number): string[] {
  if (lead !== undefined) return [safe(lead.told)];
  const closed = textOf(details['queueClosed']);
  if (closed !== null) return [safe(closed)];
  if (code === 'STALE_FENCING_TOKEN') return isLostTo(details, agent) ? [uncovered] : [];
  if (code === 'SYNC_FAILED') return pauseText(details, nowMs);
  const lastEnd = details['lastEnd'] as
    { readonly agent?: unknown; readonly cause?: unknown } | null | undefined;
  const isOwn = agent !== undefined && lastEnd?.agent === agent;
  const isLost = code === 'LOCK_NOT_HELD' && isOwn && !isOwnAct(lastEnd?.cause);
  return isLost ? [uncovered] : [];
}

/** Whether somebody else has been granted what the token was for; its own later hold, or a slip, is told by the message. */
const isLostTo = ({ token, currentToken, holder }: Facts, agent: string | undefined): boolean =>
  (numberOf(token) ?? 0) < (numberOf(currentToken) ?? 0) && holder !== agent;

/** A retry before its time would be refused in turn. */
function pauseText(details: Facts, nowMs: number): string[] {
  const atMs = numberOf(details['retryAtMs']) ?? 0;
  return mayBeRetried(details) && atMs > nowMs ? [`a retry may begin ${relative(atMs, nowMs)}`] : [];
}

const mayBeRetried = ({ failures, maxRetries }: Facts): boolean =>
  (numberOf(failures) ?? 0) <= (numberOf(maxRetries) ?? Infinity);

const uncovered = 'what was written since then was not covered by a lock: look at what changed';

/** Ends that the agent brought about itself. */
const isOwnAct = (cause: unknown): boolean =>
  cause === 'released' || cause === 'completed' || cause === 'left';

function heldBy(facts: Facts, nowMs: number): string[] {
  const since = numberOf(facts['grantedAtMs']);
  const holder = textOf(facts['holder']) ?? 'another agent';
  const reason = textOf(facts['reason']);
  const queue = numberOf(facts['queueLength']) ?? 0;
  const times = [
    since === null ? null : `since ${clockTime(since, nowMs)} (${duration(nowMs - since)})`,
    endText(holder, facts, nowMs),
    queue === 0 ? 'nobody waits' : `${count(queue, 'agent')} in the queue`,
  ];
  return [
    line`${textOf(facts['scope']) ?? 'the scope'} is held by ${holder}`,
    ...(reason === null ? [] : [line`for: ${reason}`]),
    times.filter((part) => part !== null).join('; '),
  ];
}

function endText(agent: string, facts: Facts, nowMs: number): string | null {
  const deadlineMs = numberOf(facts['deadlineMs']);
  if (deadlineMs === null) return null;
  const endsBefore = facts['endsBefore'] as EarlierEnd | undefined;
  return line`${untilEndText({ agent, deadlineMs, endsBefore }, nowMs)} unless renewed`;
}

const numberOf = (fact: unknown): number | null => (typeof fact === 'number' ? fact : null);
const textOf = (fact: unknown): string | null => (typeof fact === 'string' ? fact : null);
const textsOf = (fact: unknown): string[] =>
  Array.isArray(fact) ? fact.filter((text) => typeof text === 'string') : [];

type Advice = (wish: RefusedWish, facts: Facts) => readonly string[];

const rhema = (...words: readonly string[]): string => shellCommand('rhema', ...words);
const asAgent = (wish: RefusedWish): string[] => (wish.agent === undefined ? [] : ['--agent', wish.agent]);
const scopesOf = (wish: RefusedWish): string[] => [...(wish.scopes ?? ['SCOPE'])];

const acquireLine = (wish: RefusedWish, scopes: readonly string[], isWaiting: boolean): string =>
  wish.asking?.(scopes, isWaiting) ??
  rhema('lock', 'acquire', ...scopes, ...asAgent(wish), ...(isWaiting ? ['--wait'] : []));
const waitInLine: Advice = (wish, facts) =>
  textOf(facts['queueClosed']) === null
    ? [acquireLine(wish, scopesOf(wish), true)]
    : [rhema('why', textOf(facts['scope']) ?? scopesOf(wish)[0] ?? 'SCOPE')];
const joinAgain: Advice = (wish) => [rhema('agent', 'join', wish.agent ?? 'NAME')];
/** Somebody else has the name now, and a join would be refused. */
const seeAgent: Advice = (wish) => [rhema('agent', 'status', wish.agent ?? 'NAME')];
/** Of several scopes the one that was at fault. */
const seeWhy: Advice = (wish, facts) => [
  rhema('why', textOf(facts['scope']) ?? scopesOf(wish)[0] ?? 'SCOPE'),
];
const seeSync: Advice = () => [rhema('sync', 'status')];
const seeScopes: Advice = (wish, facts) => {
  const meant = wish.lead?.meant ?? null;
  if (meant === null || wish.asking === undefined) return [rhema('scope', 'list'), rhema('scope', 'refresh')];
  const scopes = scopesOf(wish).map((scope) => (scope === facts['scope'] ? meant : scope));
  return [wish.asking([...new Set(scopes)], false)];
};

/** What may be said with a status hangs on the locks: to take one, to give one back, or to end the wait for one. */
const towardsStatus: Advice = (wish, { from, to, ticket }) => {
  if (typeof ticket === 'number') return [rhema('lock', 'cancel', ...asAgent(wish))];
  if (from === 'working') return [rhema('lock', 'release', ...asAgent(wish))];
  return to === 'working' || to === 'blocked' ? [acquireLine(wish, ['SCOPE'], false)] : seeAgent(wish, {});
};

/** One of several may be enough: which, only the agent knows. */
const releaseFirst: Advice = (wish, facts) => {
  const [held, asked] = [textsOf(facts['held']), textsOf(facts['asked'])];
  const max = numberOf(facts['maxLocksPerAgent']) ?? held.length;
  if (asked.length > max) return [];
  const spare = held.filter((scope) => !asked.includes(scope));
  const excess = Math.max(1, spare.length + asked.length - max);
  const release = (scopes: readonly string[]): string =>
    rhema('lock', 'release', ...scopes, ...asAgent(wish));
  if (excess === 1) return spare.slice(0, sparesMax).map((scope) => release([scope]));
  return [release(spare.slice(0, excess))];
};

/** More lines would not help to choose. */
const sparesMax = 3;

/** The next command for each refusal that has one; the message says the rest. */
const advice: { readonly [Code in RejectionCode]?: Advice } = {
  AGENT_NOT_FOUND: joinAgain,
  STALE_EPOCH: seeAgent,
  SESSION_MISMATCH: seeAgent,
  AGENT_LOST: joinAgain,
  AGENT_ALREADY_JOINED: seeAgent,
  AGENT_LIMIT_REACHED: () => [rhema('agent', 'list')],
  TRANSITION_NOT_ALLOWED: towardsStatus,
  SCOPE_NOT_FOUND: seeScopes,
  SELF_DEPENDENCY: () => [rhema('safety', 'validate')],
  DEPENDENCY_UNKNOWN: () => [rhema('safety', 'validate')],
  DEPENDENCY_CYCLE: () => [rhema('safety', 'validate')],
  ALREADY_WAITING: (wish) => [rhema('lock', 'cancel', ...asAgent(wish))],
  AGENT_BLOCKED: (wish) => [rhema('agent', 'set', 'working', ...asAgent(wish))],
  AGENT_HOLDS_LOCK: releaseFirst,
  LOCK_NOT_HELD: seeWhy,
  STALE_FENCING_TOKEN: seeWhy,
  LOCK_HELD: waitInLine,
  RESERVED_FOR_WAITER: waitInLine,
  CONCURRENCY_LIMIT: waitInLine,
  WOULD_DEADLOCK: (wish) => [rhema('lock', 'release', ...asAgent(wish))],
  SYNC_IN_PROGRESS: seeSync,
  SYNC_FAILED: (wish, facts) => [rhema('sync', mayBeRetried(facts) ? 'retry' : 'reset', ...scopesOf(wish))],
  DEPENDENCY_NOT_SYNCED: (wish) => [rhema('sync', 'plan', ...scopesOf(wish))],
  SYNC_NOT_RUNNING: seeSync,
  STALE_SYNC_RUN: seeSync,
  RETRY_LIMIT_REACHED: (wish) => [rhema('sync', 'reset', ...scopesOf(wish))],
};
