/** Before a tool: what it is about to write is locked for its agent, or it does not run. */
import { relative } from 'node:path';
import {
  nameOf,
  shownNames,
  targetsOf,
  type FencingToken,
  type Grant,
  type Rejection,
  type Wish,
} from '../../core/index.ts';
import { claim, subjectsOf, type Claimed } from '../../guard/index.ts';
import { passes, type HookAnswer } from '../../hooks/index.ts';
import { formerHoldersOf, type AgentSession, type NotGranted } from '../../participant/index.ts';
import { formerHolderTexts } from '../../wording/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import { typingOf } from '../commands/named.ts';
import { whyNone } from '../commands/scope-lead.ts';
import { explainRefusal } from '../format/refusal.ts';
import { askFor } from './ask-for.ts';
import { digestOfFile } from './digest-of-file.ts';
import { asAgent } from './enrolment.ts';
import { handOver } from './hand-over.ts';
import type { HookWork } from './hook-work.ts';
import type { OwnClaim } from './memory.ts';
import { noteLeft } from './left-uncommitted.ts';
import { noteDone, touch } from './idle-claims.ts';
import { limitRefusal } from './limit-refusal.ts';
import { giveBackClean, keepClaims } from './own-claims.ts';
import { placed, type Named, type Placed } from './places.ts';
import { waitALittle, waitedFor } from './wait-a-little.ts';
import { sleepNoMore } from './wake.ts';

/** Before files are read: what is there now is what the agent knows of them. */
export function noteRead(work: HookWork, paths: readonly string[]): void {
  for (const { absolute } of placed(work, paths)) {
    if (absolute === null) continue;
    const digest = digestOfFile(absolute);
    const token = work.memory.seen(absolute)?.token ?? null;
    if (digest !== null) work.memory.keepSeen(absolute, { digest, token, readBy: toolUseOf(work) });
  }
}

/**
 * After files were read, for clients that tell of it only then. Where it was told of before, that stands: what somebody has written
 * since, the agent may not have read.
 */
export function noteReadAfter(work: HookWork, paths: readonly string[]): void {
  for (const { absolute } of placed(work, paths)) {
    const seen = absolute === null ? null : work.memory.seen(absolute);
    if (absolute === null || seen?.readBy === toolUseOf(work)) continue;
    const digest = digestOfFile(absolute);
    if (digest !== null) work.memory.keepSeen(absolute, { digest, token: seen?.token ?? null });
  }
}

const toolUseOf = ({ asked }: HookWork): string => asked.toolUse ?? '';

/** Before files are written: they are locked for the agent, unless somebody else has them. */
export async function beforeEdit(work: HookWork, paths: readonly Named[]): Promise<HookAnswer> {
  const places = placed(work, paths);
  const { outcome, session } = await claimed(work, places);
  if (outcome.kind === 'free') return unlessNoneAreKnown(work);
  if (session === null) return passes;
  if (outcome.kind === 'refused') return refusedClaim(work, session, outcome);
  keepClaims(work, outcome.locks);
  forgetWanted(work, outcome.locks);
  const answer = await staleOr(work, session, places, outcome.locks);
  if (answer.kind === 'pass') await noteLeft(work, session, outcome.locks);
  else noteDone(work);
  return answer;
}

/** Where files are broken, that nothing had to be locked is no answer: it is unguarded, and treated as that. */
async function unlessNoneAreKnown({ call }: HookWork): Promise<HookAnswer> {
  const coordinator = await call.coordinator();
  const { scopeCount, scopeProblems } = await coordinator.query({ kind: 'status', at: null });
  const why = scopeCount === 0 ? whyNone(scopeProblems) : null;
  if (why !== null) throw new CoordinatorError('REPOSITORY_UNREADABLE', why);
  return passes;
}

/** What it was refused, and has now; of other files it goes on, and wants that still. */
function forgetWanted({ memory }: HookWork, locks: readonly Grant[]): void {
  const wanted = memory.wanted();
  const granted = new Set<string>(locks.map(nameOf));
  if (wanted !== null && targetsOf(wanted).every((target) => granted.has(target))) memory.keepWanted(null);
}

interface Claiming {
  readonly outcome: Claimed;
  /** In whose name was asked; null: nobody's had to be. */
  readonly session: AgentSession | null;
}

type Asked = { readonly kind: 'granted'; readonly locks: readonly Grant[] } | Refused;
type Refused = Extract<NotGranted, { kind: 'refused' }>;

async function claimed(work: HookWork, places: readonly Placed[]): Promise<Claiming> {
  const { call, repository } = work;
  const asked: { session: AgentSession | null } = { session: null };
  const ask = (wish: Wish): Promise<Asked> =>
    asAgent(
      work,
      (session) => {
        asked.session = session;
        return askAtOnce(work, session, wish);
      },
      (done) => (done.kind === 'refused' ? done.reply.rejection : null),
    );
  const claims = work.memory.claims();
  touch(work, claims, places);
  const isKnown = knownToGit(work, claims, places);
  const ports = {
    coordinator: await call.coordinator(),
    ignoredAmong: async (paths: readonly string[]) => {
      const unknown = paths.filter((path) => !isKnown(path));
      return unknown.length === 0 ? none : call.world.inspection.ignoredAmong(repository, unknown);
    },
    acquire: async (wish: Wish) => {
      const once = await ask(wish);
      const isFreed =
        once.kind === 'refused' &&
        ((isWaiting(once) && (await sleepNoMore(work))) ||
          (await handOver(work, wish, once.reply.rejection)));
      const first = isFreed ? await ask(wish) : once;
      if (first.kind !== 'refused' || asked.session === null) return first;
      const { rejection } = first.reply;
      if (await waitALittle(work, asked.session, wish, rejection)) return ask(wish);
      if (!tooMuch.has(rejection.code)) return first;
      // What it has committed by now it need not keep.
      return (await giveBackClean(work, asked.session)) > 0 ? ask(wish) : first;
    },
  };
  const outcome = await claim(ports, subjectsOf(places));
  return { outcome, session: asked.session };
}

/**
 * What it claimed, was refused or edited under a lock before is not ignored by Git, and to ask Git takes as long as all else.
 */
function knownToGit(
  { memory }: HookWork,
  claims: readonly OwnClaim[],
  places: readonly Placed[],
): (path: string) => boolean {
  const named = new Set<string>([
    ...claims.flatMap(({ file }) => file ?? []),
    ...(memory.wanted()?.files ?? []),
  ]);
  const wasLocked = (path: string): boolean =>
    places.some(
      ({ place, absolute }) =>
        absolute !== null &&
        'path' in place &&
        place.path === path &&
        (memory.seen(absolute)?.token ?? null) !== null,
    );
  return (path) => named.has(path) || wasLocked(path);
}

async function askAtOnce(work: HookWork, session: AgentSession, wish: Wish): Promise<Asked> {
  const acquired = await askFor(work, session, wish, { kind: 'none' });
  if (acquired.kind === 'granted' || acquired.kind === 'refused') return acquired;
  throw new Error(`nobody waits here, and yet it came to ${acquired.kind}`);
}

const isWaiting = (done: Asked): boolean =>
  done.kind === 'refused' && done.reply.rejection.code === 'ALREADY_WAITING';

const none: ReadonlySet<string> = new Set();

const tooMuch: ReadonlySet<Rejection['code']> = new Set([
  'AGENT_HOLDS_LOCK',
  'LOCK_LIMIT_REACHED',
  'FILE_LIMIT_REACHED',
]);

async function refusedClaim(
  { call, memory }: HookWork,
  session: AgentSession,
  { reply, wish }: Extract<Claimed, { kind: 'refused' }>,
): Promise<HookAnswer> {
  const { agent } = session;
  const limited = limitRefusal(reply.rejection, wish);
  if (limited !== null) return { kind: 'refuse', reason: limited.join('\n') };
  if (waitedFor.has(reply.rejection.code)) memory.keepWanted(wish);
  const about = { agent, scopes: shownNames(wish), typing: await typingOf(call) };
  const lines = explainRefusal(reply.rejection, about, call.nowMs);
  return {
    kind: 'refuse',
    reason: [
      `rhema: not written, ${lines[0] ?? reply.rejection.message}`,
      ...lines.slice(1).map((text) => `  ${text}`),
      ...(more[reply.rejection.code] ?? []).map((text) => `  ${text}`),
    ].join('\n'),
  };
}

const more: Readonly<Partial<Record<Rejection['code'], readonly string[]>>> = {
  LOCK_HELD: [
    'Do not write it in another way. Do other work first, or wait for your turn by that line; then read the file again.',
  ],
  CONCURRENCY_LIMIT: [
    'Wait by that line, or ask your user to raise that option: more agents are at work here.',
  ],
};

/** Content that somebody changed since the agent saw it is not written over by what it made of the former. */
async function staleOr(
  work: HookWork,
  session: AgentSession,
  places: readonly Placed[],
  locks: readonly Grant[],
): Promise<HookAnswer> {
  const stale = places.filter((place) => isStale(work, place, locks));
  if (stale.length === 0) return passes;
  const coordinator = await work.call.coordinator();
  const { call } = work;
  const former = await formerHoldersOf(coordinator, call.ports.clock, session, locks);
  const as = { agent: asIs, name: asIs, text: asIs };
  const told = formerHolderTexts(former, { nowMs: call.nowMs, as });
  const names = stale.map((place) => typedName(work, place)).join(', ');
  return {
    kind: 'refuse',
    reason: [
      `rhema: not written: ${names} changed since you read ${stale.length === 1 ? 'it' : 'them'}.`,
      ...told.map((text) => `  ${text}`),
      '  It is locked for you now: read it again, then make your edit anew.',
    ].join('\n'),
  };
}

const asIs = (text: string): string => text;

/** As it would be typed where the agent is: clients name files by their whole path. */
function typedName({ call }: HookWork, { name, absolute }: Placed): string {
  const typed = absolute === null ? name : relative(call.cwd, absolute);
  return typed.startsWith('..') ? name : typed;
}

/** Whether a file is another one than the agent knows. It is taken for known from then on: the agent is told once. */
function isStale({ memory }: HookWork, { absolute, place }: Placed, locks: readonly Grant[]): boolean {
  if (absolute === null) return false;
  const token = tokenOver(locks, 'path' in place ? place.path : null);
  const seen = memory.seen(absolute);
  // Under one and the same lock nobody else has changed it.
  if (seen !== null && seen.token === token) return false;
  const digest = digestOfFile(absolute);
  memory.keepSeen(absolute, { digest, token });
  return seen !== null && seen.digest !== digest;
}

/** Of the lock that covers a path: of the file, else of its scope. */
function tokenOver(locks: readonly Grant[], path: string | null): FencingToken | null {
  const own = locks.find(({ file }) => file !== undefined && (file as string) === path);
  const around = locks.find(({ scope, file }) => scope !== undefined && file === undefined);
  return (own ?? around)?.token ?? null;
}
