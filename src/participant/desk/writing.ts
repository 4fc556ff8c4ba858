import type { FencingToken, ScopePath } from '../../core/index.ts';
import type { CallerCommand, Coordinator } from '../../protocol/index.ts';
import type { AgentCommand } from '../agent-commands.ts';
import { writeContext, type ContextChange, type Files, type Written } from '../context-write.ts';
import type { Visit } from './visit.ts';

export interface WriteWish {
  readonly path: ScopePath;
  /** Of the lock that it writes under; null: of whichever it holds. */
  readonly token: FencingToken | null;
  readonly files: Files;
  readonly change: ContextChange;
}

/** Changes a context file under a lock that the agent holds; nothing is acquired for it. */
export async function write(
  coordinator: Pick<Coordinator, 'query'>,
  visit: Visit,
  { path, token, files, change }: WriteWish,
): Promise<Written> {
  const { agent } = visit;
  const { agent: name, epoch } = agent.session;
  const asked = { kind: 'mayWrite', agent: name, epoch, files: [path], token } as const;
  const scope = (await coordinator.query(asked)).scopes[0]?.path ?? null;
  await agent.settled();
  const under = token ?? (scope === null ? agent.tokenFor(path) : agent.tokenFor(path, scope));
  // That it covers the file is for the coordinator to say.
  const locks = scope === null || under === null ? [] : [{ scope, token: under }];
  if (scope !== null) visit.takeInterest({ scopes: [scope] });
  // It proves itself with each command that it says.
  const speaker = { submit: (command: CallerCommand) => agent.submit(command as AgentCommand) };
  const written = await writeContext({ coordinator, speaker, files }, agent.session, locks, path, change);
  if (written.kind === 'written') agent.seen.set(path, written.digest);
  return written;
}
