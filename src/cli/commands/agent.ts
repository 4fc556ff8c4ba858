import { agentStatuses, parseAgentId, shownTarget } from '../../core/index.ts';
import type { AgentId, AgentMetadata, AgentStatus, Target } from '../../core/index.ts';
import { join as joinAs, overCodes, proofOf, resultOf } from '../../participant/index.ts';
import { sessionIdOf } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, usageError, valueOf } from '../answer/errors.ts';
import { line, safe } from '../format/text.ts';
import { clockTime, relative } from '../format/time.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome, Rejected } from '../answer/outcome.ts';
import { actAs, refuseKept, takeOverFrom } from './acting.ts';
import { besideUnspokenFor } from './without-session.ts';
import { agentLead } from './agent-lead.ts';
import type { Acting } from './acting.ts';
import { agentPorts, changedBy, refusal, submit, submitAnd } from './speak.ts';
import { count } from '../../wording/index.ts';

export interface JoinInput {
  readonly name: string;
  readonly task?: string;
  readonly program?: string;
  readonly model?: string;
  readonly meta?: readonly string[];
  readonly takeOver?: boolean;
}

/** Joins, and keeps the session's secret where only this user can read it. */
export async function join(call: Call, input: JoinInput): Promise<Outcome> {
  const agent = valueOf(parseAgentId(input.name));
  if (input.takeOver === true) {
    const taken = await joinByTakingOver(call, agent);
    if (taken !== null) return taken;
  } else await refuseKept(call, agent);
  const joined = await joinAs(
    { from: call.world.operator(), ...(await agentPorts(call)) },
    agent,
    await metadataOf(call, input),
  );
  if (joined.kind === 'refused') return refusedJoin(call, joined.reply, agent);
  const { session, sessionDeadlineMs, revision } = joined;
  const { epoch, secret } = session;
  const data = { agent, epoch, session: sessionIdOf(secret), sessionDeadlineMs };
  return done(revision, data, () => joinedText(call, agent, epoch, sessionDeadlineMs));
}

/** Null: nobody keeps the name, or the coordinator does not know its agent any more; then it is free to be joined. */
async function joinByTakingOver(call: Call, agent: AgentId): Promise<Outcome | null> {
  const repository = await call.repository();
  const { sessions } = call.world;
  const occupant = await sessions.occupant(repository, agent);
  if (occupant === null) return null;
  const session = await sessions.read(repository, agent);
  const taken = session === null ? null : await takeOverFrom(call, session, occupant);
  if (taken?.kind === 'refused' && !overCodes.has(taken.reply.rejection.code))
    return refusal(call, taken.reply, { agent });
  if (taken?.kind !== 'wentOn') {
    await sessions.dismissOccupant(repository, agent);
    return null;
  }
  const { epoch, sessionDeadlineMs, locks } = taken.result;
  const data = {
    agent,
    epoch,
    session: sessionIdOf(taken.session.secret),
    sessionDeadlineMs,
    takenOver: true,
    locks,
  };
  const held = locks.length === 0 ? '' : line`; it holds ${locks.map((lock) => lock.scope).join(', ')}`;
  return done(taken.reply.revision, data, () =>
    [line`${agent} is taken over (epoch ${epoch})` + held, goOnText(agent)].join('\n'),
  );
}

const goOnText = (agent: AgentId): string => `use --agent ${agent}, or: export RHEMA_AGENT=${agent}`;

/** Whoever has joined under this name already, and forgot, is told how to go on. */
async function refusedJoin(call: Call, reply: Rejected, agent: AgentId): Promise<Outcome> {
  const refused = await refusal(call, reply, { agent });
  const session = await call.world.sessions.read(await call.repository(), agent);
  const { rejection } = reply;
  if (rejection.code !== 'AGENT_ALREADY_JOINED') return refused;
  if (session === null || session.epoch !== rejection.details.epoch) {
    const beside = await besideUnspokenFor(call, agent);
    if (beside === null) return refused;
    const tries = beside.next.map((command) => `try: ${command}`);
    return { ...refused, lines: [safe(rejection.message), ...beside.story, ...tries] };
  }
  const lines = [
    safe(rejection.message),
    `it was joined from this account: go on with --agent ${agent}`,
    `or end it: ${call.rhema('agent', 'leave', agent)}`,
  ];
  return { ...refused, lines };
}

function joinedText(call: Call, agent: AgentId, epoch: number, deadlineMs: number): string {
  const until = clockTime(deadlineMs, call.nowMs);
  return [
    line`${agent} has joined (epoch ${epoch}); each command renews its session, now until ${until}`,
    goOnText(agent),
  ].join('\n');
}

async function metadataOf(call: Call, input: JoinInput): Promise<AgentMetadata> {
  const { worktree } = await call.repository();
  return {
    host: call.world.hostName(),
    ...(worktree === null ? {} : { worktree }),
    ...(input.task === undefined ? {} : { task: input.task }),
    ...(input.program === undefined ? {} : { program: input.program }),
    ...(input.model === undefined ? {} : { model: input.model }),
    ...Object.fromEntries((input.meta ?? []).map(keyAndValue)),
  };
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw invalidInput(`--meta ${text}: write KEY=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

export interface AgentInput extends Acting {
  readonly name?: string;
}

/** Two names for one agent: nobody can tell which was meant. */
function nameIn({ name, agent }: AgentInput): string | undefined {
  if (name !== undefined && agent !== undefined && name !== agent)
    throw usageError(`${name} or --agent ${agent}: name one agent`);
  return name ?? agent;
}

const named = (input: AgentInput): Acting => {
  const { takeOver } = input;
  const who = nameIn(input);
  return { ...(who === undefined ? {} : { agent: who }), ...(takeOver === undefined ? {} : { takeOver }) };
};

/** Leaves; the session file goes with it, also when the coordinator knows the agent no more. */
export async function leave(call: Call, input: AgentInput): Promise<Outcome> {
  const session = await actAs(call, named(input));
  const { agent } = session;
  const changed = await changedBy(call, session, null);
  const reply = await submit(call, { kind: 'AgentLeave', ...proofOf(session), ...changed });
  if (reply.ok || overCodes.has(reply.rejection.code))
    await call.world.sessions.remove(await call.repository(), agent);
  if (!reply.ok)
    return overCodes.has(reply.rejection.code)
      ? goneBefore(call, reply, agent)
      : refusal(call, reply, { agent });
  const { released, waited } = resultOf(reply.result, 'left');
  return done(
    reply.revision,
    { agent, released, waited },
    () => line`${agent} has left${releasedText(released)}`,
  );
}

/** What was asked for is so: it takes no part. How that came about, and that its session is no more, is told. */
function goneBefore({ nowMs }: Call, { rejection, revision }: Rejected, agent: AgentId): Outcome {
  const { code } = rejection;
  const lostAtMs = rejection.code === 'AGENT_LOST' ? rejection.details.lostAtMs : null;
  const lost = lostAtMs === null ? 'lost' : `lost ${relative(lostAtMs, nowMs)}`;
  const what = code === 'AGENT_LOST' ? `was ${lost}, with all that it held` : 'had left, or was lost, before';
  const data = { agent, released: [], waited: null, gone: code };
  return done(revision, data, () => line`${agent} ${what}; its session is removed`);
}

const releasedText = (released: readonly Target[]): string =>
  released.length === 0 ? '' : `; released ${released.map(shownTarget).join(', ')}`;

/** Renews the session and every lease of the agent. */
export async function heartbeat(call: Call, input: AgentInput): Promise<Outcome> {
  const session = await actAs(call, named(input));
  return submitAnd(call, { kind: 'Heartbeat', ...proofOf(session) }, 'renewed', (result, revision) => {
    const { sessionDeadlineMs, leases } = result;
    const data = { agent: session.agent, sessionDeadlineMs, leases };
    const until = clockTime(sessionDeadlineMs, call.nowMs);
    return done(
      revision,
      data,
      () => line`${session.agent} is present until ${until}; renewed ${count(leases.length, 'lease')}`,
    );
  });
}

export interface SetInput extends Acting {
  readonly status: string;
  readonly reason?: string;
}

/** Declares what the agent does. Blocked needs a reason, for whoever is asked to help. */
export async function setStatus(call: Call, input: SetInput): Promise<Outcome> {
  const status = statusOf(input.status);
  const reason = input.reason ?? null;
  if (status === 'blocked' && reason === null)
    throw invalidInput('an agent that is blocked says why: add --reason TEXT');
  const session = await actAs(call, input);
  const changed = status === 'completed' ? await changedBy(call, session, null) : {};
  const command = { kind: 'SetAgentStatus', ...proofOf(session), status, reason, ...changed } as const;
  return submitAnd(call, command, 'statusSet', (result, revision) => {
    const data = { agent: session.agent, status: result.status, released: result.released };
    return done(
      revision,
      data,
      () => line`${session.agent} is ${result.status}${releasedText(result.released)}`,
    );
  });
}

function statusOf(text: string): AgentStatus {
  const status = agentStatuses.find((known) => known === text);
  if (status !== undefined) return status;
  throw invalidInput(`status ${JSON.stringify(text)}: use one of ${agentStatuses.join(', ')}`);
}

/** Everyone who takes part, or is lost. */
export async function list(call: Call): Promise<Outcome> {
  const answer = await (await call.coordinator()).query({ kind: 'status', at: null });
  const { agents, revision } = answer;
  const { agentTable } = await import('../format/views.ts');
  return done(revision, { agents }, (style) =>
    agents.length === 0
      ? `no agent has joined: ${call.rhema('agent', 'join', 'NAME')}`
      : agentTable(style, answer, call.nowMs),
  );
}

/** One agent: what it does, holds and waits for. */
export async function status(call: Call, input: AgentInput): Promise<Outcome> {
  const name = call.agentName(nameIn(input));
  const answer = await (await call.coordinator()).query({ kind: 'status', at: null });
  const agent = answer.agents.find((view) => view.agent === name);
  if (agent === undefined) {
    const lead = (await agentLead(call, name)) ?? `see ${call.rhema('agent', 'list')}`;
    throw invalidInput(`no agent ${name} is known here: ${lead}`, { agent: name });
  }
  const locks = answer.locks.filter((lock) => lock.agent === name);
  const waiter = answer.waiters.find((view) => view.agent === name) ?? null;
  const syncs = answer.syncs.filter((view) => view.agent === name && view.status === 'syncing');
  const { agentText } = await import('../format/views.ts');
  const facts = { agent, locks, waiter, syncs };
  return done(answer.revision, facts, (style) => agentText(style, facts, call.nowMs));
}
