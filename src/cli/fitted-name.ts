import { fittedName as nameThatFits, forbidden } from '../access/index.ts';
import type { AgentId } from '../core/index.ts';
import type { CoordinatorError, Principal } from '../protocol/index.ts';
import type { Call } from './call.ts';

/** A name that is made up here, as whoever's token is kept for the server may have it; without a server, as it is. */
export async function madeUpName(call: Call, name: AgentId): Promise<AgentId> {
  const principal = await call.principal();
  return principal === null ? name : fittedName(principal, name);
}

/**
 * A name that was made up for an agent, as a principal may have it. Throws `FORBIDDEN` where it fits nowhere. One that takes part under
 * no name at all is told so when it joins.
 */
export function fittedName(principal: Principal, name: AgentId): AgentId {
  if (principal.role !== 'agent') return name;
  const fits = nameThatFits(principal, name);
  if (fits === null) throw noneFits(principal);
  return fits;
}

function noneFits(principal: Principal): CoordinatorError {
  const names = principal.agents.join(', ') || 'nobody';
  return forbidden(
    principal,
    `may act only as ${names}, and no name can be made up that fits: set RHEMA_AGENT to one that does, or have a token made with --agents 'NAME-*'`,
  );
}
