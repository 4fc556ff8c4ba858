import { hookClients, type HookClient } from '../../hooks/index.ts';

/** In the place of an event: not an answer to the client, but whoever waits to wake its agent. */
export const wakeEvent = 'wake';

export interface HookWords {
  readonly client: HookClient;
  /** As the client calls it; null: what it sends says it. */
  readonly event: string | null;
}

/** Whether a command line is that of a client's hook in its plainest words: then the tree of all commands is not loaded. */
export function quickHook(args: readonly string[]): HookWords | null {
  const [first, name, event = null, ...more] = args;
  const client = hookClients.find((known) => known === name);
  if (first !== 'hook' || client === undefined || more.length > 0 || event?.startsWith('-') === true)
    return null;
  return { client, event };
}
