/** Whose commit it is: an agent need not say so where its client's process has started all this. */
import { parseAgentIdForm, type AgentId } from '../../core/index.ts';
import { ancestorsOf, type AncestorProcess } from '../../client/index.ts';
import { startedBy } from '../../guard/index.ts';
import type { AgentView, StatusAnswer } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
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
    if (agents.some(({ agent }) => agent === parsed.value)) return parsed.value;
    const name = nameNow((await call.repository()).commonDir, parsed.value);
    if (agents.some(({ agent }) => agent === name)) return name;
  }
  return livingIn(agents, around);
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
