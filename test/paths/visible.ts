/**
 * The state as a public interface shows it, in the canonical form of `spec/ABSTRACTION.md`. There is no second canonical
 * form here: what is shown is put into the shape of the core's state, and `test/spec/canonical.ts` writes it down.
 */
import {
  asSessionId,
  asTimeMs,
  initialState,
  type Agent,
  type Message,
  type State,
  type Waiter,
  targetOf,
  targetsOf,
} from '../../src/core/index.ts';
import type { AgentView, LockView, SyncView, WaiterView } from '../../src/protocol/index.ts';
import type { Constants } from '../spec/slice.ts';
import type { Client, World } from '../spec/world.ts';
import type { Shown } from './face.ts';
import { shownUnitMs } from './route.ts';

/** The clients are part of the environment, and so is the time: no interface shows them, the walk knows them. */
export interface Environment {
  readonly clients: World['clients'];
  readonly nowMs: number;
}

/** The session of an agent that speaks for itself; the interface has the secret that belongs to it. */
export const ownSession = asSessionId('own');

export function worldOf(constants: Constants, shown: Shown, environment: Environment): World {
  const { status, scopes, requests } = shown;
  const state = initialState(status.settings);
  state.revision = status.revision;
  for (const view of status.agents) state.agents.set(view.agent, toAgent(view));
  for (const view of status.locks) state.locks.set(targetOf(view), toLock(view));
  for (const view of status.waiters) state.tickets.set(view.ticket, toWaiter(view, state, constants));
  for (const view of status.syncs) state.syncs.set(view.scope, toSync(view));
  for (const { contexts, ...scope } of scopes.scopes)
    state.scopes.set(scope.path, { ...scope, lastEnd: null, contexts: new Map(Object.entries(contexts)) });
  for (const { requestId, kind, agent, revision, result } of requests)
    if (requestId !== null) state.recentRequests.remember(requestId, { kind, agent, revision, result });
  return { state, unitMs: shownUnitMs, ...environment };
}

/** That there is one is shown, and not what it says. */
const someMessage = { from: null, messageKind: 'info' } as Message;

function toAgent({ agent, held, unread = 0, ...view }: AgentView): Agent {
  return {
    ...view,
    id: agent,
    session: ownSession,
    process: null,
    seenDeadAtMs: null,
    inbox: { unread: Array.from({ length: unread }, () => someMessage), gaveWay: 0 },
    sent: null,
    held: new Set(held),
    heldIn: new Map(),
    files: 0,
    resources: 0,
  };
}

type Lock = Parameters<State['locks']['set']>[1];
type Sync = Parameters<State['syncs']['set']>[1];

/** Since when it is contended is shown, but not for what; see {@link asShown}. */
function toLock({ queueLength: _queueLength, ...view }: LockView): Lock {
  return {
    ...view,
    target: targetOf(view),
    ticket: null,
    ttlMs: (view.deadlineMs - view.grantedAtMs) as Lock['ttlMs'],
  };
}

/** What is shown is the earlier end, of the wait or of the block. A block that has no end in the model is none. */
function toWaiter(view: WaiterView, { agents, settings }: State, { maxBlock }: Constants): Waiter {
  const { position: _position, waitsFor: _waitsFor, ...shown } = view;
  const endOfBlockMs = asTimeMs((agents.get(view.agent)?.blockedSinceMs ?? 0) + settings.maxBlockMs);
  const isEndless = maxBlock === 0 && view.deadlineMs === endOfBlockMs;
  return {
    ...shown,
    targets: targetsOf(view),
    deadlineMs: isEndless ? null : view.deadlineMs,
    waitMs: null,
    ttlMs: settings.lockTtlMs,
  };
}

function toSync({ retriesLeft: _retriesLeft, ...view }: SyncView): Sync {
  return { ...view, epoch: null, syncedAgainst: {} };
}

/**
 * A canonical text as far as it is shown. Three things are not: whether a contended hold ends because of the scope or because
 * of a place (the earlier end is shown), the own end of a wait that the end of the block precedes, and which messages are
 * unread (how many is shown).
 */
export function asShown(canonical: string, { agents }: Constants): string {
  const parts = canonical.split('|');
  const [agentPart = '', clients = '', locks = '', queue = ''] = parts;
  const blocks = new Map(
    agentPart.split(';').map((text, index) => [agents[index], text.split('.')[2] ?? off]),
  );
  const shownLocks = locks.split(';').map(shownLock);
  const shownQueue = queue.split(';').map((ticket) => shownTicket(ticket, blocks));
  const others = [...parts.slice(4, -1), parts.slice(-1).map(shownInboxes)];
  return [agentPart, clients, shownLocks.join(';'), shownQueue.join(';'), ...others].join('|');
}

const off = '~';

/** `a1<a2:info+~:stop.1` as `a1<2`. */
function shownInboxes(rest: string): string {
  return rest.replaceAll(
    /<([^;]*)\.\d+(?=;|$)/g,
    (_inbox, messages: string) => `<${messages.split('+').length}`,
  );
}

function shownLock(text: string): string {
  const [agent, lease, scopeHold = off, placeHold = off] = text.split('.');
  return lease === undefined ? text : [agent, lease, earlier(scopeHold, placeHold), off].join('.');
}

function shownTicket(text: string, blocks: ReadonlyMap<string | undefined, string>): string {
  const [asked = '', wait] = text.split('.');
  const [agent] = asked.split(':');
  return wait === undefined ? text : `${asked}.${earlier(wait, blocks.get(agent) ?? off)}`;
}

function earlier(first: string, second: string): string {
  if (first === off) return second;
  return second === off || Number(first) <= Number(second) ? first : second;
}

/** The clients in a canonical text. */
export function clientsIn(canonical: string, { agents }: Constants): World['clients'] {
  const letters = (canonical.split('|')[1] ?? '').split(';');
  return Object.fromEntries(agents.map((agent, index) => [agent, letters[index] as Client]));
}
