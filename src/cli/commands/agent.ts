import { createHash } from 'node:crypto';
import { agentStatuses, parseAgentId } from '../../core/index.ts';
import type { AgentId, AgentMetadata, AgentStatus, RejectionCode } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, valueOf } from '../errors.ts';
import { count, line, safe, shellCommand } from '../format/text.ts';
import { clockTime } from '../format/time.ts';
import { done } from '../outcome.ts';
import type { Outcome, Rejected } from '../outcome.ts';
import { proofOf, refusal, resultOf, submit, submitAnd } from './speak.ts';

export interface JoinInput {
  readonly name: string;
  readonly task?: string;
  readonly program?: string;
  readonly model?: string;
  readonly meta?: readonly string[];
}

/** Joins, and keeps the session's secret where only this user can read it. */
export async function join(call: Call, input: JoinInput): Promise<Outcome> {
  const agent = valueOf(parseAgentId(input.name));
  const secret = call.world.newSecret();
  const metadata = await metadataOf(call, input);
  const reply = await submit(call, { kind: 'AgentJoin', agent, metadata, secret });
  if (!reply.ok) return refusedJoin(call, reply, agent);
  const { epoch, sessionDeadlineMs } = resultOf(reply.result, 'joined');
  await call.world.sessions.write(await call.repository(), { agent, epoch, secret });
  const data = { agent, epoch, session: sessionIdOf(secret), sessionDeadlineMs };
  return done(reply.revision, data, () => joinedText(call, agent, epoch, sessionDeadlineMs));
}

/** Whoever has joined under this name already, and forgot, is told how to go on. */
async function refusedJoin(call: Call, reply: Rejected, agent: AgentId): Promise<Outcome> {
  const refused = refusal(call, reply, { agent });
  const session = await call.world.sessions.read(await call.repository(), agent);
  if (session === null || session.epoch !== reply.rejection.details['epoch']) return refused;
  const lines = [
    safe(reply.rejection.message),
    `it was joined from this account: go on with --agent ${agent}`,
    `or end it: ${shellCommand('rhema', 'agent', 'leave', agent)}`,
  ];
  return { ...refused, lines };
}

/** The session as the log names it: the digest of its secret, which is safe to show. */
function sessionIdOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function joinedText(call: Call, agent: AgentId, epoch: number, deadlineMs: number): string {
  const until = clockTime(deadlineMs, call.nowMs);
  return [
    line`${agent} has joined (epoch ${epoch}); each command renews its session, now until ${until}`,
    `use --agent ${agent}, or: export RHEMA_AGENT=${agent}`,
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

export interface AgentInput {
  readonly name?: string;
  readonly agent?: string;
}

/** Leaves; the session file goes with it, also when the coordinator knows the agent no more. */
export async function leave(call: Call, input: AgentInput): Promise<Outcome> {
  const session = await call.session(input.name ?? input.agent);
  const { agent } = session;
  const reply = await submit(call, { kind: 'AgentLeave', ...proofOf(session) });
  if (reply.ok || isGone(reply.rejection.code))
    await call.world.sessions.remove(await call.repository(), agent);
  if (!reply.ok) return refusal(call, reply, { agent });
  const { released, waited } = resultOf(reply.result, 'left');
  return done(
    reply.revision,
    { agent, released, waited },
    () => line`${agent} has left${releasedText(released)}`,
  );
}

/** The session will never be of use again. */
function isGone(code: RejectionCode): boolean {
  return code === 'AGENT_NOT_FOUND' || code === 'STALE_EPOCH' || code === 'AGENT_LOST';
}

const releasedText = (scopes: readonly string[]): string =>
  scopes.length === 0 ? '' : `; released ${scopes.join(', ')}`;

/** Renews the session and every lease of the agent. */
export async function heartbeat(call: Call, input: AgentInput): Promise<Outcome> {
  const session = await call.session(input.name ?? input.agent);
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

export interface SetInput {
  readonly status: string;
  readonly reason?: string;
  readonly agent?: string;
}

/** Declares what the agent does. Blocked needs a reason, for whoever is asked to help. */
export async function setStatus(call: Call, input: SetInput): Promise<Outcome> {
  const status = statusOf(input.status);
  const reason = input.reason ?? null;
  if (status === 'blocked' && reason === null)
    throw invalidInput('an agent that is blocked says why: add --reason TEXT');
  const session = await call.session(input.agent);
  const command = { kind: 'SetAgentStatus', ...proofOf(session), status, reason } as const;
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
  const { agents, revision } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const { agentTable } = await import('../format/views.ts');
  return done(revision, { agents }, (style) =>
    agents.length === 0
      ? `no agent has joined: ${shellCommand('rhema', 'agent', 'join', 'NAME')}`
      : agentTable(style, agents, call.nowMs),
  );
}

/** One agent: what it does, holds and waits for. */
export async function status(call: Call, input: AgentInput): Promise<Outcome> {
  const name = call.agentName(input.name ?? input.agent);
  const answer = await (await call.coordinator()).query({ kind: 'status', at: null });
  const agent = answer.agents.find((view) => view.agent === name);
  if (agent === undefined)
    throw invalidInput(`no agent ${name} is known here: see ${shellCommand('rhema', 'agent', 'list')}`, {
      agent: name,
    });
  const locks = answer.locks.filter((lock) => lock.agent === name);
  const waiter = answer.waiters.find((view) => view.agent === name) ?? null;
  const { agentText } = await import('../format/views.ts');
  return done(answer.revision, { agent, locks, waiter }, (style) =>
    agentText(style, { agent, locks, waiter }, call.nowMs),
  );
}
