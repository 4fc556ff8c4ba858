import type { AgentId } from '../../core/index.ts';
import { goOn, type AgentSession, type Occupant, type WentOn } from '../../participant/index.ts';
import type { Call } from '../call.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { line } from '../format/text.ts';
import { clockTime, relative } from '../format/time.ts';
import { agentLead } from './agent-lead.ts';
import { besideUnspokenFor } from './without-session.ts';
import { agentPorts } from './speak.ts';

/** Who is to act, as it was said on the command line. */
export interface Acting {
  /** Else RHEMA_AGENT. */
  readonly agent?: string;
  /** The person says that a living process may be refused from now on. */
  readonly takeOver?: boolean;
}

/**
 * The session of the agent that a command acts as. An agent that lives in a client acts there only: what a shell did in
 * its name would be done behind its back. Fails with NOT_JOINED, or AGENT_KEPT unless it is to be taken over.
 */
export async function actAs(call: Call, acting: Acting): Promise<AgentSession> {
  const agent = call.agentName(acting.agent);
  const session = await call.world.sessions.read(await call.repository(), agent);
  if (session === null) throw await notJoined(call, agent);
  call.acting = (await asKept(call, session, acting.takeOver ?? false)) ?? session;
  return call.acting;
}

async function notJoined(call: Call, agent: AgentId): Promise<CommandError> {
  // Where coordination is disabled nobody can join, and nobody needs to: connecting tells.
  const beside = await besideUnspokenFor(call, agent);
  if (beside !== null) {
    const message =
      line`${agent} takes part, but not by this account: ` +
      [...beside.story, `run ${beside.next.join(', or ')}`].join('; ');
    return new CommandError('NOT_JOINED', exitCodes.refused, message, { agent });
  }
  const lead = await agentLead(call, agent);
  const join = `run ${call.rhema('agent', 'join', agent)}`;
  const next = lead === null ? join : `${lead} Else ${join}`;
  const message = `${agent} has not joined in this repository on this account: ${next}${await begunAnew(call)}`;
  return new CommandError('NOT_JOINED', exitCodes.refused, message, { agent });
}

/** Where the log began anew a short time ago, what is missing here may have been of the one before. */
async function begunAnew(call: Call): Promise<string> {
  const { scopeProblems } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const problem = scopeProblems.find(({ code }) => code === 'LOG_BEGUN_ANEW');
  return problem === undefined ? '' : ` (${problem.message})`;
}

/** The session with which a kept agent goes on here, once it is taken over; null: nobody keeps it. */
async function asKept(call: Call, session: AgentSession, takeOver: boolean): Promise<AgentSession | null> {
  const occupant = await call.world.sessions.occupant(await call.repository(), session.agent);
  if (occupant === null) return null;
  if (!takeOver) throw await occupiedElsewhere(call, session.agent, occupant);
  const taken = await takeOverFrom(call, session, occupant);
  if (taken.kind === 'wentOn') return taken.session;
  const { code, message, details } = taken.reply.rejection;
  throw new CommandError(code, exitCodes.refused, message, details);
}

/** Before a join: fails with AGENT_KEPT when a living process keeps the name. */
export async function refuseKept(call: Call, agent: AgentId): Promise<void> {
  const occupant = await call.world.sessions.occupant(await call.repository(), agent);
  if (occupant !== null) throw await occupiedElsewhere(call, agent, occupant);
}

async function occupiedElsewhere(
  call: Call,
  agent: AgentId,
  { pid, sinceMs }: Occupant,
): Promise<CommandError> {
  const { agents } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const said = agents.find((view) => view.agent === agent)?.metadata['program'];
  const program = typeof said === 'string' ? said : null;
  const where = line`${program === null ? 'a client' : program} (pid ${pid}, since ${clockTime(sinceMs, call.nowMs)}, ${relative(sinceMs, call.nowMs)})`;
  const message = `${agent} lives in ${where}, and acts there only: ask it there, or join under another name; with --take-over you act as it here: that process is refused from then on, and the log says so`;
  return new CommandError('AGENT_KEPT', exitCodes.refused, message, { agent, program, pid, sinceMs });
}

/** Goes on as an agent that another process keeps: from then on, that process is refused. */
export async function takeOverFrom(call: Call, session: AgentSession, occupant: Occupant): Promise<WentOn> {
  const how = { way: 'takeOver', from: call.world.operator() } as const;
  const taken = await goOn(await agentPorts(call), session, how);
  if (taken.kind === 'refused') return taken;
  await call.world.sessions.dismissOccupant(await call.repository(), session.agent);
  call.note(
    line`rhema: ${session.agent} was taken over from process ${occupant.pid}, which is refused from now on`,
  );
  return taken;
}
