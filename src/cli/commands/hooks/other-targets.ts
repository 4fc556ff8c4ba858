import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import {
  isPlugin,
  isTable,
  kimiCommand,
  kimiEvents,
  kimiFile,
  kimiLines,
  opencodeFile,
  oursIn,
  pluginCommand,
  pluginText,
} from '../../../hooks/install/index.ts';
import type { Call } from '../../call.ts';
import { line, shellCommand } from '../../format/text.ts';
import { hookLaunch } from '../client-config-launch.ts';
import { notWritten } from './draft.ts';
import { commandStatus } from './runnable.ts';
import type { HookTarget, TargetStatus } from './target.ts';

const nothing = { left: [], told: [] };

/** It runs a plugin, which is a file of its own. */
export const opencodeTarget: HookTarget = {
  name: 'opencode',
  title: 'opencode',
  files: [opencodeFile],
  isEvident: ({ root }) =>
    statSync(join(root, '.opencode'), { throwIfNoEntry: false })?.isDirectory() === true,
  print: (call, worktree) => ({ file: opencodeFile, content: wantedPlugin(call, worktree) }),
  install: async (call, draft) => {
    const [before, wanted] = [draft.read(opencodeFile), wantedPlugin(call, draft.root)];
    if (before === wanted) return nothing;
    if (before !== null && isPlugin(before))
      return {
        left: [line`${opencodeFile} has been changed, or is of another version, and is left as it is`],
        told: [],
      };
    if (before !== null)
      throw notWritten(opencodeFile, 'is there and was not written by rhema; move it away');
    draft.write(opencodeFile, wanted);
    const { reason } = hookLaunch(call, draft.root);
    return { left: [], told: ['opencode loads it when it starts', line`rhema is started ${reason}`] };
  },
  uninstall: async (call, draft) => {
    const text = draft.read(opencodeFile);
    if (text === null || !isPlugin(text)) return nothing;
    const { commonDir } = await call.repository();
    const origin = await call.world.scopeFiles.origin({ commonDir, root: draft.root }, opencodeFile, text);
    const words = pluginCommand(text)?.slice(0, -2) ?? [];
    const isAsWritten =
      (origin !== null && origin.isCertain) || text === pluginText({ words, inRepository: null });
    if (!isAsWritten)
      return { left: [line`${opencodeFile} was changed since it was written: remove it by hand`], told: [] };
    draft.write(opencodeFile, null);
    return nothing;
  },
  status: async (call, draft) => {
    const none: TargetStatus = {
      name: 'opencode',
      file: opencodeFile,
      state: 'absent',
      missing: [],
      changed: [],
      commands: [],
      notes: [],
    };
    const text = draft.read(opencodeFile);
    if (text === null || !isPlugin(text)) return none;
    const words = pluginCommand(text);
    const commands =
      words === null ? [] : [commandStatus(call, draft.root, shellCommand(...words.slice(0, -2)))];
    // The server that was named when it was written is named to nobody who only looks.
    const named = serverWordsIn(words ?? []);
    const { words: own, ...launch } = hookLaunch(call, draft.root);
    const more = serverWordsIn(own).length === 0 ? named : [];
    const isAsWritten = text === pluginText({ ...launch, words: [...own, ...more] });
    return {
      ...none,
      commands,
      state: isAsWritten ? 'installed' : 'changed',
      changed: isAsWritten ? [] : ['its plugin'],
    };
  },
};

/** What the plugin of opencode holds that this program writes. */
export function wantedPlugin(call: Call, worktree: string | null): string {
  return pluginText(hookLaunch(call, worktree));
}

/** `--server URL`, as it is written behind the program. */
function serverWordsIn(words: readonly string[]): readonly string[] {
  const at = words.indexOf('--server');
  return at === -1 ? [] : words.slice(at, at + 2);
}

/** It has one configuration for all that its user does: that is only looked at, and said what to add. */
export const kimiTarget: HookTarget = {
  name: 'kimi',
  title: 'Kimi',
  files: [],
  isEvident: () => false,
  print: (call, worktree) => ({
    file: `~/${kimiFile}`,
    content: kimiLines(hookLaunch(call, worktree).userWords),
  }),
  install: async () => {
    throw notWritten(
      `~/${kimiFile}`,
      'is yours and outside of the repository, so it is not written; add what rhema hooks install kimi --print prints',
    );
  },
  uninstall: async (call) =>
    usersHooks(call) === null
      ? nothing
      : {
          left: [line`~/${kimiFile} asks rhema and is not written: take its [[hooks]] out by hand`],
          told: [],
        },
  status: async (call, { root }) => {
    const hooks = usersHooks(call);
    const none: TargetStatus = {
      name: 'kimi',
      file: `~/${kimiFile}`,
      state: 'absent',
      missing: [],
      changed: [],
      commands: [],
      notes: [],
    };
    if (hooks === null) return none;
    const { command, missing } = hooks;
    const state = missing.length > 0 ? 'partly' : 'installed';
    return { ...none, state, missing, commands: [commandStatus(call, root, command)] };
  },
};

/** What stands in the configuration of Kimi's user. */
interface UsersHooks {
  /** As it is named to people. */
  readonly file: string;
  /** The first command line of ours. */
  readonly command: string;
  /** Events without one. */
  readonly missing: readonly string[];
}

/** Null: nothing of ours, or it cannot be read. */
export function usersHooks(call: Call): UsersHooks | null {
  const home = call.ports.env['HOME'] ?? '';
  try {
    const { hooks } = parseToml(home === '' ? '' : readFileSync(join(home, kimiFile), 'utf8'));
    const tables = Array.isArray(hooks) ? (hooks as readonly unknown[]).filter(isTable) : [];
    const ours = tables.filter((one) => oursIn('kimi', one['command']) !== null);
    const command = oursIn('kimi', ours[0]?.['command'])?.line ?? null;
    const asked = new Set(ours.map((one) => one['event']));
    const missing = kimiEvents.filter((event) => !asked.has(event));
    return command === null ? null : { file: `~/${kimiFile}`, command, missing };
  } catch {
    return null;
  }
}

/** The command line that would be written there. */
export const wantedUsersLine = (call: Call, worktree: string | null): string =>
  kimiCommand(hookLaunch(call, worktree).userWords);
