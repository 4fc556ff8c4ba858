import type { RejectionOf, ResultKind, ResultOf, Revision, ScopePath, Wish } from '../../core/index.ts';
import {
  changedByHolder,
  resultOf,
  Speaker,
  type AcquirePorts,
  type AgentSession,
  type ChangedSince,
  type JoinPorts,
} from '../../participant/index.ts';
import type { CallerCommand, Reply } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { explainRefusal } from '../format/refusal.ts';
import type { RefusedWish, ScopeLead } from '../format/refusal.ts';
import { typingOf } from './named.ts';
import { leadTo } from './scope-lead.ts';
import { refusedBy } from '../answer/outcome.ts';
import type { Outcome, Refused, Rejected } from '../answer/outcome.ts';

/** Sends one command, under a new request id. */
export async function submit(call: Call, command: CallerCommand): Promise<Reply> {
  return (await speakerOf(call)).submit(command);
}

async function speakerOf(call: Call): Promise<Speaker> {
  const { clock, world } = call.ports;
  const coordinator = await call.coordinator();
  return new Speaker({ coordinator, time: clock, newRequestId: () => world.newRequestId() });
}

/** What taking part stands on here. */
export async function agentPorts(call: Call): Promise<AcquirePorts & JoinPorts> {
  const { world } = call;
  const repository = await call.repository();
  return {
    coordinator: await call.coordinator(),
    speaker: await speakerOf(call),
    time: call.ports.clock,
    newSecret: () => world.newSecret(),
    sessions: {
      read: (agent) => world.sessions.read(repository, agent),
      write: (session) => world.sessions.write(repository, session),
      forget: (agent) => world.sessions.remove(repository, agent),
    },
  };
}

/** What an agent has changed under what it gives back, as a part of the command; null: under all that it holds. */
export async function changedBy(
  call: Call,
  session: AgentSession,
  wish: Wish | null,
): ReturnType<typeof changedByHolder> {
  const repository = await call.repository();
  const ports = {
    coordinator: await call.coordinator(),
    wallMs: () => call.nowMs,
    time: call.ports.clock,
    changedSince: (...asked: Parameters<ChangedSince>) =>
      call.world.inspection.changedSince(repository, ...asked),
  };
  return changedByHolder(ports, session, wish);
}

/** Of an answer for which nothing had to be asked. */
export async function revisionNow(call: Call): Promise<Revision> {
  const coordinator = await call.coordinator();
  return (await coordinator.query({ kind: 'scopesOf', paths: ['.' as ScopePath] })).revision;
}

/** Sends one command; what it answers goes to `told`, a refusal becomes an outcome that teaches. */
export async function submitAnd<Kind extends ResultKind>(
  call: Call,
  command: CallerCommand,
  kind: Kind,
  told: (result: ResultOf<Kind>, revision: Revision) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const reply = await submit(call, command);
  if (!reply.ok) return refusal(call, reply, wishOf(command));
  return told(resultOf(reply.result, kind), reply.revision);
}

export async function refusal(call: Call, reply: Rejected, wish: RefusedWish): Promise<Refused> {
  const { rejection } = reply;
  const lead = rejection.code === 'SCOPE_NOT_FOUND' ? await leadOf(call, rejection) : null;
  const told = { typing: await typingOf(call), ...wish, ...(lead === null ? {} : { lead }) };
  return refusedBy(reply, explainRefusal(rejection, told, call.nowMs));
}

/** Null where the refusal itself says what was meant. */
async function leadOf(
  call: Call,
  { details: { scope, near } }: RejectionOf<'SCOPE_NOT_FOUND'>,
): Promise<ScopeLead | null> {
  if (near.length > 0) return null;
  return leadTo(call, await (await call.coordinator()).query({ kind: 'scopes' }), scope);
}

function wishOf(command: CallerCommand): RefusedWish {
  return {
    ...('agent' in command ? { agent: command.agent } : {}),
    ...('scope' in command && typeof command.scope === 'string' ? { scopes: [command.scope] } : {}),
    ...('scopes' in command && command.scopes !== null ? { scopes: command.scopes.map(String) } : {}),
  };
}
