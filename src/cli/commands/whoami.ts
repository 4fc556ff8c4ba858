import type { Admitted, Role } from '../../protocol/index.ts';
import { timeLeft } from '../../wording/index.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { noTokenKept } from '../server-address.ts';
import { roleText } from './login.ts';

interface WhoAmI {
  /** Null: what is asked is on this machine. */
  readonly server: string | null;
  /** Whether `rhema login` noted the server in this clone; else `--server` or RHEMA_SERVER names it. */
  readonly isNoted: boolean;
  /** The name of the token, or of the user. */
  readonly principal: string;
  readonly role: Role;
  readonly agents: readonly string[];
  readonly expiresAtMs: number | null;
}

/** By whose token one asks, and what that may do; on this machine its user may do everything. */
export async function whoami(call: Call): Promise<Outcome> {
  const { server, isNoted = false } = await call.server();
  const who =
    server === undefined ? await userOf(call) : { ...letInBy(server, await call.principal()), isNoted };
  return done(null, { ...who }, () => whoText(call, who));
}

async function userOf(call: Call): Promise<WhoAmI> {
  await call.repository();
  const principal = call.world.operator();
  return { server: null, isNoted: false, principal, role: 'operator', agents: ['*'], expiresAtMs: null };
}

function letInBy(server: string, admitted: Admitted | null): Omit<WhoAmI, 'isNoted'> {
  if (admitted === null) throw noTokenKept(server);
  const { name, role, agents, expiresAtMs = null } = admitted;
  return { server, principal: name, role, agents, expiresAtMs };
}

function whoText(call: Call, { server, isNoted, principal, role, agents, expiresAtMs }: WhoAmI): string {
  const what = roleText(role, agents);
  if (server === null) return line`${principal} on this machine: ${what}`;
  const end = expiresAtMs === null ? 'without an end' : `good for ${timeLeft(expiresAtMs - call.nowMs)} more`;
  const noted = isNoted ? '; noted in this clone by rhema login' : '';
  return line`${principal} by a token of ${server}: ${what}; ${end}${noted}`;
}
