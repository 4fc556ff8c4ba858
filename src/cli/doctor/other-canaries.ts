/** The same for clients whose hooks are no list in a file of the project: the plugin of opencode, and the configuration of Kimi's user. */
import { isPlugin, opencodeFile, pluginCommand } from '../../hooks/install/index.ts';
import type { Call } from '../call.ts';
import {
  kimiTarget,
  opencodeTarget,
  usersHooks,
  wantedPlugin,
  wantedUsersLine,
} from '../commands/hooks/other-targets.ts';
import { shellCommand } from '../format/text.ts';
import { fireThrough } from './fire-hook.ts';
import { goneFrom } from './gone-hooks.ts';
import { readIn, type Place, type Tried } from './tried.ts';

export async function tryOthers(call: Call, place: Place): Promise<readonly Tried[]> {
  const tried = [await tryOpencode(call, place), await tryKimi(call, place)];
  return tried.filter((one) => one !== null);
}

async function tryOpencode(call: Call, place: Place): Promise<Tried | null> {
  const { name, title } = opencodeTarget;
  const of = { title, client: name, file: opencodeFile, failing: 'open', missing: [], doubt: null } as const;
  const text = readIn(place.draft, opencodeFile);
  if (text === null || !isPlugin(text)) {
    const words = `rhema hooks install ${name}`;
    const outcome = await goneFrom(call, place, { name, file: opencodeFile, words });
    return outcome === null ? null : { ...of, outcome };
  }
  const command = shellCommand(...(pluginCommand(text) ?? []));
  if (text !== wantedPlugin(call, place.draft.root)) return { ...of, outcome: { kind: 'notTried', command } };
  return { ...of, outcome: await fireThrough(call, 'opencode', place.draft.root, command) };
}

const kimiBefore = 'PreToolUse';

async function tryKimi(call: Call, { draft }: Place): Promise<Tried | null> {
  const { name, title } = kimiTarget;
  const hooks = usersHooks(call);
  if (hooks === null) return null;
  const { command, file, missing } = hooks;
  const of = { title, client: name, file, failing: 'open', missing, doubt: null } as const;
  if (command !== wantedUsersLine(call, draft.root)) return { ...of, outcome: { kind: 'notTried', command } };
  if (missing.includes(kimiBefore)) return { ...of, outcome: { kind: 'notAsked', event: kimiBefore } };
  return { ...of, outcome: await fireThrough(call, 'kimi', draft.root, command) };
}
