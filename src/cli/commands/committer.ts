/** Whose commit it is: an agent need not say so where its client's process has started all this. */
import { forbidden, mayBe } from '../../access/index.ts';
import { parseAgentIdForm, type AgentId } from '../../core/index.ts';
import { ancestorsOf, type AncestorProcess } from '../../client/index.ts';
import { startedBy } from '../../guard/index.ts';
import type { AgentView, StatusAnswer } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { nameNow } from '../hook/also-known.ts';

/**
 * The agent that `RHEMA_AGENT` names, also by a name that it had before; else the one that lives in a process around this one. Null:
 * nobody that takes part. A shell may outlive the agent that it was named after: then it is nobody's.
 */
export async function committer(
  call: Call,
  { agents }: Pick<StatusAnswer, 'agents'>,
  around: readonly AncestorProcess[] = ancestorsOf(),
): Promise<AgentId | null> {
  const parsed = parseAgentIdForm(call.ports.env['RHEMA_AGENT'] ?? '');
  if (parsed.ok) {
    const known = new Set(agents.map(({ agent }) => agent));
    if (known.has(parsed.value)) return allowed(call, parsed.value);
    const name = nameNow((await call.repository()).commonDir, parsed.value);
    if (name !== null && known.has(name)) return allowed(call, name);
  }
  return livingIn(agents, around);
}

/** Whose token is kept for the server commits under no name that the server would not let it act as. Throws `FORBIDDEN`. */
async function allowed(call: Call, agent: AgentId): Promise<AgentId> {
  const principal = await call.principal();
  if (principal === null || principal.role === 'operator' || mayBe(principal, agent)) return agent;
  const names = principal.agents.join(', ') || 'nobody';
  throw forbidden(
    principal,
    line`may act only as ${names}, and RHEMA_AGENT says ${agent}: unset it, or set it to an agent of yours`,
  );
}

/** Of several in one client the one that started the others; several that nobody started cannot be told apart. */
function livingIn(agents: readonly AgentView[], around: readonly AncestorProcess[]): AgentId | null {
  const processes = new Set(around.map(({ process }) => keyOf(process)));
  const found = agents.filter(
    ({ presence, process, metadata }) =>
      presence === 'present' &&
      process !== null &&
      process !== undefined &&
      processes.has(keyOf(process)) &&
      metadata[startedBy] === undefined,
  );
  const [first] = found;
  return found.length === 1 && first !== undefined ? first.agent : null;
}

const keyOf = ({ pid, start, namespace }: AncestorProcess['process']): string =>
  `${pid} ${start} ${namespace}`;
