import { isPlugin, jsonHookClients, opencodeFile, withoutHooks } from '../../../hooks/install/index.ts';
import { clientNames, clients } from '../client-config-clients.ts';
import { withoutServer } from '../client-config-edit.ts';
import { agentsMdFile, withoutBlock } from './agents-md.ts';

/**
 * What is left of a client's file without all that this program writes into it, changed or not. Null: nothing. Undefined: that
 * cannot be told for certain. All other files have nothing of it.
 */
export function withoutOurs(file: string, text: string): string | null | undefined {
  if (file === opencodeFile) return isPlugin(text) ? null : text;
  if (file === agentsMdFile) return withoutBlock(text);
  let left: string | null | undefined = text;
  for (const client of jsonHookClients) {
    if (client.file !== file || typeof left !== 'string') continue;
    const removal = withoutHooks(client, left, { text: null, isCertain: false });
    if (removal.kind === 'removed') left = removal.text;
    if (removal.kind === 'unreadable') left = undefined;
  }
  for (const name of clientNames)
    if (clients[name].file === file && typeof left === 'string') left = withoutServer(clients[name], left);
  return left;
}
