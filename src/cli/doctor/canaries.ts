/** Fires an edit that has to be refused through each hook of a client that is installed, by the very words of its file. */
import { hookClients } from '../../hooks/index.ts';
import {
  commandLine,
  jsonHookClients,
  lookAt,
  toolHandlerAt,
  type JsonHookClient,
} from '../../hooks/install/index.ts';
import type { Repository } from '../../repository/index.ts';
import type { Call } from '../call.ts';
import { chooseLaunch, programLocation } from '../commands/client-config-launch.ts';
import { readBesides, switchingOff } from '../commands/hooks/client-notes.ts';
import { Draft } from '../commands/hooks/draft.ts';
import { whyUnreliable } from '../commands/hooks/tool-handler.ts';
import { canaryFor, fire } from './fire-hook.ts';
import { goneFrom } from './gone-hooks.ts';
import { tryOthers } from './other-canaries.ts';
import { fireThroughServer } from './tool-canary.ts';
import { readIn, type Place, type Tried } from './tried.ts';

/**
 * One for each client with hooks of ours in its file, or from which they are gone. Nothing of the repository is run: only this
 * program, as it would be written.
 */
export async function tryHooks(call: Call, repository: Repository): Promise<readonly Tried[]> {
  if (repository.worktree === null) return [];
  const place = { repository, draft: new Draft(repository.worktree) };
  const tried: Tried[] = [];
  for (const client of jsonHookClients) tried.push(...(await triedOf(call, client, place)));
  return [...tried, ...(await tryOthers(call, place))];
}

/** Empty: it has no hooks of ours, and nothing says that it had. */
async function triedOf(call: Call, client: JsonHookClient, place: Place): Promise<readonly Tried[]> {
  const { draft } = place;
  const { title, name, file, failing } = client;
  const text = readIn(draft, file);
  const look = lookAt(client, text);
  if (!look.ok) return [];
  const asked = { title, client: name, file, failing, missing: look.missing, doubt: null };
  if (!look.isAny) {
    const isAskedElsewhere = readBesides(name, draft).length > 0;
    const outcome = isAskedElsewhere
      ? null
      : await goneFrom(call, place, { name, file, words: `hook ${name}` });
    return outcome === null ? [] : [{ ...asked, missing: [], outcome }];
  }
  const [by] = switchingOff(name, file, draft);
  if (by !== undefined) return [{ ...asked, outcome: { kind: 'switchedOff', by } }];
  const handler = toolHandlerAt(client, text ?? '', 'PreToolUse');
  if (handler === null) return [{ ...asked, outcome: await outcomeOf(call, client, draft.root, look) }];
  return [
    {
      ...asked,
      failing: handler['onFailure'] === 'block' ? 'closed' : 'open',
      doubt: await whyUnreliable(call.ports.env, draft.root),
      outcome: await fireThroughServer(call, draft.root, handler, canaryFor(call, 'claude', draft.root)),
    },
  ];
}

async function outcomeOf(
  call: Call,
  client: JsonHookClient,
  worktree: string,
  { commands, missing }: { readonly commands: readonly string[]; readonly missing: readonly string[] },
): Promise<Tried['outcome']> {
  const name = hookClients.find((known) => known === client.name);
  const ours = commandLine(client, chooseLaunch(programLocation(call.ports.env, worktree)));
  const other = commands.find((command) => command !== ours);
  if (name === undefined || other !== undefined) return { kind: 'notTried', command: other ?? ours };
  const canary = canaryFor(call, name, worktree);
  if (missing.includes(canary.event)) return { kind: 'notAsked', event: canary.event };
  return fire(call, canary, worktree, client.namesEvent === undefined ? ours : `${ours} ${canary.event}`);
}
