/** Shell commands of agents in a repository, as the hook of their client tells of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session, type Heard } from './hook-session.ts';

/** Before a command. */
export const run = (session: Session, command: string): Promise<Heard> =>
  session.say('PreToolUse', { tool_name: 'Bash', tool_input: { command } });

/** After it. */
export const ran = (session: Session, command: string): Promise<Heard> =>
  session.say('PostToolUse', { tool_name: 'Bash', tool_input: { command } });

/** Two agents, of which one has uncommitted work in api/a.ts. */
export async function begunIn(root: string) {
  const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
  await one.before('api/a.ts');
  writeFileSync(join(root, 'api/a.ts'), 'of one\n');
  return { root, one, two };
}
