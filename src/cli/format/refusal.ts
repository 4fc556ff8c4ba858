import type { EarlierEnd, Rejection, RejectionCode } from '../../core/index.ts';
import { untilEndText } from './lock-end.ts';
import { count, line, safe, shellCommand } from './text.ts';
import { clockTime, duration, relative } from './time.ts';

/** Who was refused and what he asked for, as far as the command knows; it makes the advice a line to copy. */
export interface RefusedWish {
  readonly agent?: string;
  readonly scopes?: readonly string[];
  /** Where somebody most likely wanted to go who named no scope. */
  readonly lead?: string;
  /** The command line that does the same and waits in line; else that of a plain acquire. */
  readonly waiting?: string;
}

type Facts = Rejection['details'];

/**
 * A refusal that teaches: what and who, its reason and times, how long the queue is, and the command to run next. Two
 * to four lines.
 */
export function explainRefusal(rejection: Rejection, wish: RefusedWish, nowMs: number): string[] {
  const { code, message, details } = rejection;
  const next = advice[code]?.(wish, details) ?? [];
  const story = code === 'LOCK_HELD' ? heldBy(details, nowMs) : [safe(message)];
  return [...story, ...more(code, wish, details, nowMs), ...next.map((text) => `try: ${text}`)];
}

/** What the message does not say. */
function more(code: RejectionCode, { agent, lead }: RefusedWish, details: Facts, nowMs: number): string[] {
  if (lead !== undefined) return [safe(lead)];
  if (code === 'STALE_FENCING_TOKEN') return [uncovered];
  if (code === 'SYNC_FAILED') return pauseText(details, nowMs);
  const lastEnd = details['lastEnd'] as
    { readonly agent?: unknown; readonly cause?: unknown } | null | undefined;
  const isOwn = agent !== undefined && lastEnd?.agent === agent;
  const isLost = code === 'LOCK_NOT_HELD' && isOwn && !isOwnAct(lastEnd?.cause);
  return isLost ? [uncovered] : [];
}

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

const waitInLine: Advice = (wish) => [
  wish.waiting ?? rhema('lock', 'acquire', ...scopesOf(wish), ...asAgent(wish), '--wait'),
];
const joinAgain: Advice = (wish) => [rhema('agent', 'join', wish.agent ?? 'NAME')];
/** Somebody else has the name now, and a join would be refused. */
const seeAgent: Advice = (wish) => [rhema('agent', 'status', wish.agent ?? 'NAME')];
/** Of several scopes the one that was at fault. */
const seeWhy: Advice = (wish, facts) => [
  rhema('why', textOf(facts['scope']) ?? scopesOf(wish)[0] ?? 'SCOPE'),
];
const seeSync: Advice = () => [rhema('sync', 'status')];
const seeScopes: Advice = () => [rhema('scope', 'list'), rhema('scope', 'refresh')];

/** The next command for each refusal that has one; the message says the rest. */
const advice: { readonly [Code in RejectionCode]?: Advice } = {
  AGENT_NOT_FOUND: joinAgain,
  STALE_EPOCH: seeAgent,
  SESSION_MISMATCH: seeAgent,
  AGENT_LOST: joinAgain,
  AGENT_ALREADY_JOINED: seeAgent,
  AGENT_LIMIT_REACHED: () => [rhema('agent', 'list')],
  TRANSITION_NOT_ALLOWED: seeAgent,
  SCOPE_NOT_FOUND: seeScopes,
  SELF_DEPENDENCY: () => [rhema('safety', 'validate')],
  DEPENDENCY_UNKNOWN: () => [rhema('safety', 'validate')],
  DEPENDENCY_CYCLE: () => [rhema('safety', 'validate')],
  ALREADY_WAITING: (wish) => [rhema('lock', 'cancel', ...asAgent(wish))],
  AGENT_BLOCKED: (wish) => [rhema('agent', 'set', 'working', ...asAgent(wish))],
  AGENT_HOLDS_LOCK: (wish, facts) => [rhema('lock', 'release', ...textsOf(facts['held']), ...asAgent(wish))],
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
