import { mayBe } from '../../access/index.ts';
import type { AgentId } from '../../core/index.ts';
import { fittedName } from '../fitted-name.ts';
import { ok, problem, warning, type Finding } from './finding.ts';
import type { ServerAbout, ServerFacts } from './server-facts.ts';

const subject = 'names';
const remedy = "set RHEMA_AGENT to a name that fits, or have a token made with --agents 'NAME-*'";
const example = 'claude-6fa890' as AgentId;

/** Whether the token lets agents take part under the names that they have here: hooks pass what it refuses. */
export function checkNames({ token }: ServerAbout, { agent }: Pick<ServerFacts, 'agent'>): Finding {
  const { name, role, agents } = token;
  const names = agents.join(', ') || 'nobody';
  if (role === 'observer')
    return warning(
      subject,
      `no agent may take part by the token ${name}, so that hooks let every edit pass`,
      'for agents have a token made with --role agent',
    );
  if (agent !== '' && !mayBe(token, agent))
    return problem(
      subject,
      `RHEMA_AGENT is ${agent}, and ${name} lets agents act only as ${names}: hooks let every edit pass`,
      remedy,
    );
  if (agent !== '') return ok(subject, `RHEMA_AGENT is ${agent}, which the token ${name} lets act`);
  try {
    return ok(
      subject,
      `who is given none has one that the token lets in, such as ${fittedName(token, example)}`,
    );
  } catch {
    return problem(
      subject,
      `${name} lets agents act only as ${names}, and no name can be made up that fits: hooks let every edit pass`,
      remedy,
    );
  }
}
