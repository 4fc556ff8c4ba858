/**
 * Agents: who takes part, and what each is doing.
 *
 * An agent is a name and an epoch. It is `present` from its join until it leaves or is silent for the session's length,
 * or for a shorter grace once its process is seen to have ended, which makes it `lost`: its locks are released, its wait ends, its running syncs fail, all in the revision that records
 * the loss. It stays listed; joining again gives the name a higher epoch and an empty hand.
 *
 * Its status is what it does: `working` exactly while it holds a lock and can go on; `blocked` while it waits in the
 * queue, or while it holds a lock and has said why it cannot go on; `completed` when it has said so; else `idle`.
 *
 *     idle, completed --(lock granted)--> working --(last lock ends)--> idle
 *     idle, completed --(queued)--> blocked --(ticket granted)--> working
 *     blocked --(wait ends in vain)--> idle
 *     working --(says it cannot go on)--> blocked --(says it can)--> working
 *     working, idle --(says it is done; locks are released)--> completed --(says so)--> idle
 *
 * What it says with its status, or about its progress while that stays the same, is kept for the others to read; no
 * decision depends on it.
 */
import { must } from './assert.ts';
import type { AgentJoin, AgentLeave, AgentResume, Heartbeat, SeeDead, SetAgentStatus } from './commands.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import { ago } from './length.ts';
import type { Event, EventOf, LeaseRenewal, Stamp } from './events.ts';
import { presentAgent } from './gate.ts';
import { addMs, type AgentId, type Revision, type TimeMs } from './ids.ts';
import { renewedDeadline, setLease, toGrant } from './leases.ts';
import { agentsMax, lostAgentsMax } from './limits.ts';
import { dropInbox, emptyInbox, neverRead } from './inbox.ts';
import { skeletonOf } from './names.ts';
import { byText } from './order.ts';
import { heldInOrder } from './overlap.ts';
import { settleQueue } from './queue.ts';
import { reject } from './rejections.ts';
import type { Grant } from './results.ts';
import type { Agent, State } from './state.ts';
import type { AgentStatus } from './statuses.ts';
import { setStatus } from './status.ts';
import { failRunningSyncs } from './syncs.ts';
import { nameWith, partsOf, targetOf } from './targets.ts';

/**
 * A new incarnation of an agent. A lost one of the same name is replaced; a present one is not.
 * Rejects: AGENT_ALREADY_JOINED, NAME_TOO_SIMILAR, AGENT_LIMIT_REACHED.
 */
export function decideAgentJoin(state: State, command: AgentJoin): Decision {
  const { agent: id, session, metadata, process, atMs } = command;
  const known = state.agents.get(id);
  if (known?.presence === 'present')
    return reject(
      'AGENT_ALREADY_JOINED',
      `${id} has joined and was seen ${ago(known.seenAtMs, atMs)}: choose another name, or wait until it leaves or is lost`,
      { agent: id, epoch: known.epoch, seenAtMs: known.seenAtMs, sessionDeadlineMs: known.sessionDeadlineMs },
    );
  const refused = known === undefined ? refusedStranger(state, id) : null;
  if (refused !== null) return refused;
  return {
    kind: 'committed',
    events: [{ kind: 'agent.joined', agent: id, session, metadata, ...(process && { process }) }],
    result: {
      kind: 'joined',
      agent: id,
      epoch: (state.revision + 1) as Revision,
      sessionDeadlineMs: addMs(atMs, state.settings.sessionTtlMs),
    },
  };
}

function refusedStranger(state: State, id: AgentId): Decision | null {
  const [similar] = [...(state.index.names.get(skeletonOf(id)) ?? [])].sort(byText);
  if (similar !== undefined)
    return reject(
      'NAME_TOO_SIMILAR',
      `the name ${id} differs from that of ${similar}, an agent that is known, only in what is easily misread: choose a name that nobody takes for it`,
      { agent: id, similar, presence: state.agents.get(similar)?.presence },
    );
  if (state.agents.size < agentsMax) return null;
  return reject('AGENT_LIMIT_REACHED', `${agentsMax} agents are known already: let some leave`, {
    agentsMax,
  });
}

/**
 * Another process goes on as an agent that is present: from now on its session proves who speaks, and that of the process
 * before is refused. Nothing else changes. With the session that is in force already there is nothing to do.
 * Rejects: only the gate.
 */
export function decideAgentResume(state: State, command: AgentResume): Decision {
  const agent = presentAgent(state, command.agent);
  const { newSession: session, way, from, process } = command;
  const isSame = session === agent.session;
  return {
    kind: 'committed',
    events: isSame
      ? []
      : [{ kind: 'agent.resumed', agent: agent.id, session, way, from, ...(process && { process }) }],
    result: {
      kind: 'resumed',
      agent: agent.id,
      epoch: agent.epoch,
      sessionDeadlineMs: isSame ? agent.sessionDeadlineMs : addMs(command.atMs, state.settings.sessionTtlMs),
      locks: heldInOrder(agent).map((target) =>
        toGrant(state, must(state.locks.get(target), `${target} is held`)),
      ),
      ticket: agent.ticket,
    },
  };
}

/**
 * The process behind the agent has ended. What the agent has is kept for the grace, so that a client that starts again can
 * go on as it. An agent that would be lost sooner is given no more time. Rejects: only the gate, which tells a process that
 * speaks for the agent no longer from the one that does.
 */
export function decideSeeDead(state: State, command: SeeDead): Decision {
  const agent = presentAgent(state, command.agent);
  const deadlineMs = addMs(command.atMs, state.settings.deadGraceMs);
  const isSooner = deadlineMs < agent.sessionDeadlineMs;
  return {
    kind: 'committed',
    events: isSooner ? [{ kind: 'agent.seenDead', agent: agent.id, deadlineMs }] : [],
    result: { kind: 'done' },
  };
}

/** Gives up everything and takes no part any more. Rejects: only the gate. */
export function decideAgentLeave(state: State, command: AgentLeave): Decision {
  const agent = presentAgent(state, command.agent);
  const draft = new Draft(state, command.atMs);
  const waited = agent.ticket;
  endWait(draft, agent, 'left');
  failRunningSyncs(draft, agent, 'its agent left');
  const released = draft.releaseAll(agent, 'left', command.changed);
  draft.emit({ kind: 'agent.left', agent: agent.id, ...neverRead(agent) });
  settleQueue(draft);
  return { kind: 'committed', events: draft.events, result: { kind: 'left', released, waited } };
}

/** Renews the session and every lease. Rejects: only the gate. */
export function decideHeartbeat(state: State, command: Heartbeat): Decision {
  const agent = presentAgent(state, command.agent);
  const renewals: LeaseRenewal[] = [];
  const grants: Grant[] = [];
  for (const target of heldInOrder(agent)) {
    const lock = must(state.locks.get(target), `${target} is held`);
    const deadlineMs = renewedDeadline(state, lock, lock.ttlMs, command.atMs);
    renewals.push(nameWith(partsOf(lock), { deadlineMs }));
    grants.push(toGrant(state, lock, deadlineMs));
  }
  return {
    kind: 'committed',
    events: [{ kind: 'agent.renewed', agent: agent.id, leases: renewals }],
    result: {
      kind: 'renewed',
      sessionDeadlineMs: addMs(command.atMs, state.settings.sessionTtlMs),
      leases: grants,
    },
  };
}

/** What an agent may say about itself: from each status, the ones it may declare. The rest follows from locks. */
const declarable: { readonly [From in AgentStatus]: readonly AgentStatus[] } = {
  idle: ['completed'],
  working: ['blocked', 'completed'],
  blocked: ['working'],
  completed: ['idle'],
};

/**
 * An agent declares its status. Saying what is already so changes nothing, but a reason given with it is a report of how
 * it goes, and is kept for the others. Rejects: TRANSITION_NOT_ALLOWED.
 */
export function decideSetAgentStatus(state: State, command: SetAgentStatus): Decision {
  const agent = presentAgent(state, command.agent);
  const { status: to, reason } = command;
  const from = agent.status;
  if (from === to) return decideReport(agent, reason);
  const waiting = agent.ticket !== null;
  if (waiting || !declarable[from].includes(to))
    return reject('TRANSITION_NOT_ALLOWED', transitionAdvice(agent, to), {
      from,
      to,
      allowed: waiting ? [] : declarable[from],
      ticket: agent.ticket,
    });
  const draft = new Draft(state, command.atMs);
  if (to === 'completed') failRunningSyncs(draft, agent, 'its agent completed');
  const released = to === 'completed' ? draft.releaseAll(agent, 'completed', command.changed) : [];
  draft.emit({ kind: 'agent.statusChanged', agent: agent.id, from, to, reason });
  settleQueue(draft);
  return { kind: 'committed', events: draft.events, result: { kind: 'statusSet', status: to, released } };
}

function decideReport({ id, status }: Agent, report: string | null): Decision {
  const events: readonly Event[] = report === null ? [] : [{ kind: 'agent.reported', agent: id, report }];
  return { kind: 'committed', events, result: { kind: 'statusSet', status, released: [] } };
}

function transitionAdvice(agent: Agent, to: AgentStatus): string {
  const what = `${agent.id} is ${agent.status} and cannot become ${to}`;
  if (agent.ticket !== null) return `${what} while it waits in the queue: cancel the wait first`;
  if (to === 'working') return `${what}: it becomes working by being granted a lock`;
  if (to === 'blocked')
    return `${what}: without a lock it keeps nobody waiting; from here it may say ${declarable[agent.status].join(' or ')}`;
  if (to === 'idle' && agent.status === 'working') return `${what}: release its locks instead`;
  return `${what}: from here it may say ${declarable[agent.status].join(' or ')}`;
}

/** An agent whose session has run out: everything it had goes back, and it is lost. */
export function loseAgent(draft: Draft, agent: Agent): void {
  endWait(draft, agent, 'lost');
  failRunningSyncs(draft, agent, 'its agent was lost');
  const held = draft.releaseAll(agent, 'lost');
  const seenDead = agent.seenDeadAtMs === null ? {} : ({ seenDead: true } as const);
  draft.emit({ kind: 'agent.lost', agent: agent.id, held, ...seenDead, ...neverRead(agent) });
}

function endWait(draft: Draft, agent: Agent, cause: 'left' | 'lost'): void {
  const waiter = agent.ticket === null ? undefined : draft.state.tickets.get(agent.ticket);
  if (waiter !== undefined) draft.endTicket(waiter, cause);
}

// What happens to agents.

export function evolveAgentJoined(state: State, event: EventOf<'agent.joined'>, stamp: Stamp): void {
  forget(state, event.agent);
  const agent: Agent = {
    id: event.agent,
    epoch: stamp.revision,
    session: event.session,
    metadata: event.metadata,
    joinedAtMs: stamp.atMs,
    status: 'idle',
    presence: 'present',
    seenAtMs: stamp.atMs,
    sessionDeadlineMs: stamp.atMs,
    process: event.process ?? null,
    seenDeadAtMs: null,
    blockedSinceMs: null,
    blockedReason: null,
    lastReport: null,
    retryCount: 0,
    inbox: emptyInbox(),
    sent: null,
    lostAtMs: null,
    heldWhenLost: [],
    held: new Set(),
    heldIn: new Map(),
    files: 0,
    resources: 0,
    ticket: null,
  };
  putAgent(state, agent);
  noteSeen(state, agent.id, stamp.atMs);
}

/** Puts an agent into the state and under its name; also how a snapshot is read. */
export function putAgent(state: State, agent: Agent): void {
  state.agents.set(agent.id, agent);
  noteBound(state, agent);
  const skeleton = skeletonOf(agent.id);
  const similar = state.index.names.get(skeleton);
  if (similar === undefined) state.index.names.set(skeleton, new Set([agent.id]));
  else similar.add(agent.id);
}

export function evolveAgentResumed(state: State, event: EventOf<'agent.resumed'>): void {
  const agent = presentAgent(state, event.agent);
  agent.session = event.session;
  agent.process = event.process ?? null;
  noteBound(state, agent);
}

export function evolveAgentSeenDead(state: State, event: EventOf<'agent.seenDead'>, stamp: Stamp): void {
  const agent = presentAgent(state, event.agent);
  agent.seenDeadAtMs = stamp.atMs;
  noteBound(state, agent);
  agent.sessionDeadlineMs = event.deadlineMs;
  state.index.sessionDeadlines.set(agent.id, event.deadlineMs);
}

export function evolveAgentRenewed(state: State, event: EventOf<'agent.renewed'>): void {
  for (const lease of event.leases) setLease(state, targetOf(lease), lease.deadlineMs);
}

export function evolveAgentStatusChanged(
  state: State,
  event: EventOf<'agent.statusChanged'>,
  stamp: Stamp,
): void {
  const agent = presentAgent(state, event.agent);
  setStatus(state, agent, event.to, stamp.atMs);
  if (event.to === 'blocked') agent.blockedReason = event.reason ?? '';
  if (event.reason !== null) agent.lastReport = { text: event.reason, atMs: stamp.atMs };
  // What it said before of what it is done with by now says nothing any more.
  else if (event.to === 'completed') agent.lastReport = null;
}

/** Who has said that it is blocked, and says so again, says why anew; it is not blocked for longer by that. */
export function evolveAgentReported(
  state: State,
  { agent: id, report }: EventOf<'agent.reported'>,
  { atMs }: Stamp,
): void {
  const agent = presentAgent(state, id);
  agent.lastReport = { text: report, atMs };
  if (agent.blockedReason !== null) agent.blockedReason = report;
}

export function evolveAgentLeft(state: State, event: EventOf<'agent.left'>): void {
  forget(state, event.agent);
}

export function evolveAgentLost(state: State, event: EventOf<'agent.lost'>, stamp: Stamp): void {
  const agent = presentAgent(state, event.agent);
  setStatus(state, agent, 'idle', stamp.atMs);
  agent.presence = 'lost';
  agent.lostAtMs = stamp.atMs;
  agent.heldWhenLost = event.held;
  dropInbox(agent);
  state.index.sessionDeadlines.delete(agent.id);
  state.index.bound.delete(agent.id);
  state.index.lostAgents.add(agent.id);
  if (state.index.lostAgents.size <= lostAgentsMax) return;
  for (const longestLost of state.index.lostAgents) return forget(state, longestLost);
}

/** Every committed command of an agent shows that it is there. */
export function noteSeen(state: State, id: AgentId, atMs: TimeMs): void {
  const agent = state.agents.get(id);
  if (agent === undefined) return;
  agent.seenAtMs = atMs;
  if (agent.seenDeadAtMs !== null) heardAgain(state, agent);
  agent.sessionDeadlineMs = addMs(atMs, state.settings.sessionTtlMs);
  state.index.sessionDeadlines.set(id, agent.sessionDeadlineMs);
}

/** Whatever its process was, it is not known to have ended any more. */
export function heardAgain(state: State, agent: Agent): void {
  agent.seenDeadAtMs = null;
  noteBound(state, agent);
}

function noteBound({ index }: State, { id, process, presence, seenDeadAtMs }: Agent): void {
  if (process !== null && presence === 'present' && seenDeadAtMs === null) index.bound.add(id);
  else index.bound.delete(id);
}

function forget(state: State, id: AgentId): void {
  const skeleton = skeletonOf(id);
  const similar = state.index.names.get(skeleton);
  if (similar?.delete(id) === true && similar.size === 0) state.index.names.delete(skeleton);
  state.agents.delete(id);
  state.index.bound.delete(id);
  state.index.sessionDeadlines.delete(id);
  state.index.blockDeadlines.delete(id);
  state.index.lostAgents.delete(id);
}
