import { Argument, type Command } from 'commander';
import { hookClients, type HookClient } from '../../hooks/index.ts';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

interface HookInput {
  readonly client: HookClient;
  readonly event?: string;
}

/** `rhema hook`: what the clients of agents run at each of their steps. */
export function addHookCommand(program: Command, host: Host): void {
  const hook = program
    .command('hook')
    .description("answer a hook of an agent's client, which runs this; what it sends is on standard input")
    .addArgument(new Argument('<client>', 'in whose words').choices(hookClients))
    .argument(
      '[event]',
      'which hook, as the client calls it, else what it sends says so; wake: wait for what the agent was refused, and wake it',
    );
  notes(hook, hookNotes);
  examples(hook, 'rhema hook claude', 'rhema hook copilot preToolUse');
  implement<HookInput>(hook, host, async () => {
    const [{ runHook }, { ended }] = await Promise.all([
      import('../hook/run-hook.ts'),
      import('../answer/outcome.ts'),
    ]);
    return async ({ options: { server } }, { client, event }) => {
      const named = server === undefined ? {} : { server };
      return ended((await runHook({ client, event: event ?? null }, named)) as 0 | 1 | 2);
    };
  });
}

const hookNotes = `Before an edit its files are locked for the agent, and what another agent holds is refused: exit code 2, with the reason on standard
error and, in the client's own form, on standard output. Outside of a repository where agents are coordinated it does nothing.
What cannot be judged is done and said, or with strict_mode not done. docs/enforcement.md says what is refused.`;
