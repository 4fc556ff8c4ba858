import { parseAgentId, type AgentId } from '../../core/index.ts';
import { hasJoined, join, type AgentSession } from '../../participant/index.ts';
import { valueOf } from '../answer/errors.ts';
import type { Outcome } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { madeUpName } from '../fitted-name.ts';
import { actAs, refuseKept, type Acting } from './acting.ts';
import { agentPorts, refusal } from './speak.ts';

/** Who takes part for one command only. */
export interface Passing {
  /** What others see of it. */
  readonly program: string;
  /** How the name begins that it has where none is given. */
  readonly name: string;
  /** What it has started has ended for certain so long after its own end, in milliseconds. */
  readonly lingersMs: number;
}

export type Part =
  | {
      readonly kind: 'taken';
      readonly session: AgentSession;
      /** Whether it has joined for this command, and leaves after it. */
      readonly joined: boolean;
    }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

/** Goes on under a session that exists, or joins for the time of the command. */
export async function takePart(call: Call, acting: Acting, passing: Passing): Promise<Part> {
  const named = acting.agent ?? call.ports.env['RHEMA_AGENT'] ?? '';
  const agent =
    named === '' ? await madeUpName(call, derivedName(call, passing)) : valueOf(parseAgentId(named));
  const kept = await call.world.sessions.read(await call.repository(), agent);
  if (kept !== null && hasJoined(kept))
    return { kind: 'taken', session: await actAs(call, { ...acting, agent }), joined: false };
  await refuseKept(call, agent);
  // Nobody else will ever go on under a name that this process has made up.
  return joinAs(call, agent, passing).catch(async (error: unknown) => {
    if (named === '') await call.world.sessions.remove(await call.repository(), agent);
    throw error;
  });
}

async function joinAs(call: Call, agent: AgentId, { program, lingersMs }: Passing): Promise<Part> {
  const metadata = { program, host: call.world.hostName(), pid: call.ports.pid };
  const process = call.world.boundProcess(lingersMs);
  const ports = { from: program, ...(await agentPorts(call)), ...(process === null ? {} : { process }) };
  const joined = await join(ports, agent, metadata);
  if (joined.kind === 'refused')
    return { kind: 'refused', outcome: await refusal(call, joined.reply, { agent }) };
  return { kind: 'taken', session: joined.session, joined: true };
}

function derivedName(call: Call, { name }: Passing): AgentId {
  const host = call.world
    .hostName()
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 64);
  return valueOf(parseAgentId(`${name}-${host}-${call.ports.pid}`));
}

/** Cleaning up must not hide how the command ended: the lease ends what could not be given back. */
export async function quietly(call: Call, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    call.note(`rhema: ${what} failed (${why}); the lease ends by itself`);
  }
}
