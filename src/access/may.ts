import { parseAgentId, type AgentId } from '../core/index.ts';
import { CoordinatorError, type CallerCommand, type Principal } from '../protocol/index.ts';

/** Why a principal may not say a command; null: it may. The one rule of access for commands. */
export function refusalOf(principal: Principal, command: CallerCommand): CoordinatorError | null {
  if (principal.role === 'operator') return null;
  if (principal.role === 'observer')
    return forbidden(principal, `may only look, not ${command.kind}: that needs a token with another role`);
  if (!('agent' in command))
    return forbidden(principal, `may not ${command.kind}: that needs a token with the role operator`);
  return mayBe(principal, command.agent) ? null : forbiddenName(principal, command.agent);
}

/** `fits`: a name that is like the one that was asked for, and that the token lets in. */
function forbiddenName(principal: Principal, agent: AgentId): CoordinatorError {
  const { name, agents } = principal;
  const fits = fittedName(principal, agent);
  return new CoordinatorError(
    'FORBIDDEN',
    `the token ${name} may not act as ${agent}: only as ${agents.join(', ') || 'nobody'}`,
    { details: { token: name, ...(fits === null ? {} : { fits }) } },
  );
}

/** Whether a principal may take part under a name. */
export function mayBe({ role, agents }: Principal, name: string): boolean {
  if (role === 'operator') return true;
  return role === 'agent' && agents.some((pattern) => matches(pattern, name));
}

/** A name as a principal may have it: as it is, or in the place of the first star of a pattern of its own; null: it fits nowhere. */
export function fittedName(principal: Principal, name: AgentId): AgentId | null {
  if (mayBe(principal, name)) return name;
  for (const pattern of principal.agents.filter((one) => one.includes('*'))) {
    const parsed = parseAgentId(pattern.replace('*', () => name).replaceAll('*', ''));
    if (parsed.ok) return parsed.value;
  }
  return null;
}

/** That it was said which role or name it takes. */
export function forbidden({ name }: Principal, problem: string): CoordinatorError {
  return new CoordinatorError('FORBIDDEN', `the token ${name} ${problem}`, { details: { token: name } });
}

/** `*` stands for any letters, also none; all else for itself. Linear in the name for each star. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  // What the end is made of counts once.
  return from <= name.length - last.length;
}
