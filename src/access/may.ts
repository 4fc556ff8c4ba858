import { CoordinatorError, type CallerCommand, type Principal } from '../protocol/index.ts';

/** Why a principal may not say a command; null: it may. The one rule of access for commands. */
export function refusalOf(principal: Principal, command: CallerCommand): CoordinatorError | null {
  if (principal.role === 'operator') return null;
  if (principal.role === 'observer')
    return forbidden(principal, `may only look, not ${command.kind}: that needs a token with another role`);
  if (!('agent' in command))
    return forbidden(principal, `may not ${command.kind}: that needs a token with the role operator`);
  if (mayBe(principal, command.agent)) return null;
  return forbidden(
    principal,
    `may not act as ${command.agent}: only as ${principal.agents.join(', ') || 'nobody'}`,
  );
}

/** Whether a principal may take part under a name. */
export function mayBe({ role, agents }: Principal, name: string): boolean {
  if (role === 'operator') return true;
  return role === 'agent' && agents.some((pattern) => matches(pattern, name));
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
