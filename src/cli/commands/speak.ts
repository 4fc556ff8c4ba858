import type { Result, ResultKind, ResultOf, Revision } from '../../core/index.ts';
import type { CallerCommand, Reply } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { explainRefusal } from '../format/refusal.ts';
import type { RefusedWish, ScopeLead } from '../format/refusal.ts';
import { scopeLead } from './scope-lead.ts';
import { refusedBy } from '../outcome.ts';
import type { Outcome, Refused, Rejected } from '../outcome.ts';
import type { Session } from '../world.ts';

/** Sends one command, under a new request id. */
export async function submit(call: Call, command: CallerCommand): Promise<Reply> {
  const coordinator = await call.coordinator();
  return coordinator.submit({ requestId: call.world.newRequestId(), command });
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
  const lead = reply.rejection.code === 'SCOPE_NOT_FOUND' ? await leadOf(call, reply) : null;
  return refusedBy(
    reply,
    explainRefusal(reply.rejection, { ...wish, ...(lead === null ? {} : { lead }) }, call.nowMs),
  );
}

/** Null where the refusal itself says what was meant. */
async function leadOf(call: Call, { rejection: { details } }: Rejected): Promise<ScopeLead | null> {
  const { scope, near } = details;
  if (typeof scope !== 'string' || (Array.isArray(near) && near.length > 0)) return null;
  const { scopes } = await (await call.coordinator()).query({ kind: 'scopes' });
  return scopeLead(
    scopes.map(({ path }) => path),
    scope,
  );
}

function wishOf(command: CallerCommand): RefusedWish {
  return {
    ...('agent' in command ? { agent: command.agent } : {}),
    ...('scope' in command && typeof command.scope === 'string' ? { scopes: [command.scope] } : {}),
    ...('scopes' in command && command.scopes !== null ? { scopes: command.scopes.map(String) } : {}),
  };
}

/** The result as the kind that the command has; another one is a bug on the other side. */
export function resultOf<Kind extends ResultKind>(result: Result, kind: Kind): ResultOf<Kind> {
  if (result.kind !== kind) throw new Error(`the coordinator answered ${result.kind} where ${kind} was due`);
  return result as ResultOf<Kind>;
}

/** The proof of who speaks, as part of a command. */
export function proofOf(session: Session): Pick<Session, 'agent' | 'epoch' | 'secret'> {
  return { agent: session.agent, epoch: session.epoch, secret: session.secret };
}
