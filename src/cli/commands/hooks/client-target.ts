import { realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  commandLine,
  lookAt,
  withHooks,
  withoutHooks,
  type JsonHookClient,
} from '../../../hooks/install/index.ts';
import type { Call } from '../../call.ts';
import { entryFile } from '../../entry-files.ts';
import { line } from '../../format/text.ts';
import { chooseLaunch, programLocation } from '../client-config-launch.ts';
import { notWritten, type Draft } from './draft.ts';
import { whyNotRun } from './runnable.ts';
import type { HookTarget, TargetPlan, TargetStatus } from './target.ts';

/** A client that reads its hooks from a JSON file of the project. */
export function jsonTarget(client: JsonHookClient): HookTarget {
  const { name, title, file } = client;
  return {
    name,
    title,
    files: [file],
    isEvident: (draft) => draft.read(file) !== null || isFolder(join(draft.root, dirname(file))),
    install: async (call, draft) => install(call, draft, client),
    uninstall: (call, draft) => uninstall(call, draft, client),
    status: async (call, draft) => status(call, draft, client),
  };
}

function install(call: Call, draft: Draft, client: JsonHookClient): TargetPlan {
  const { file, title, approval } = client;
  const launch = chooseLaunch(programLocation(call.ports.env, draft.root));
  const edit = withHooks(client, draft.read(file), commandLine(client, launch));
  if (edit.kind === 'unreadable') throw unreadable(file, edit.problem);
  const left = edit.changed.map(
    (event) => line`${file}: ${event} asks rhema in another way, which is left as it is`,
  );
  if (edit.kind === 'unchanged') return { left, told: [] };
  draft.write(file, edit.text);
  return { left, told: [line`${title} ${approval}`, line`${title} starts rhema ${launch.reason}`] };
}

async function uninstall(call: Call, draft: Draft, client: JsonHookClient): Promise<TargetPlan> {
  const { file } = client;
  const text = draft.read(file);
  if (text === null) return { left: [], told: [] };
  const { commonDir } = await call.repository();
  const origin = await call.world.scopeFiles.origin({ commonDir, root: draft.root }, file, text);
  const removal = withoutHooks(client, text, origin);
  if (removal.kind === 'unreadable') throw unreadable(file, removal.problem);
  if (removal.kind === 'removed') draft.write(file, removal.text);
  return { left: [], told: [] };
}

function unreadable(file: string, problem: string): Error {
  return notWritten(file, `cannot be changed: ${problem}; correct it, then run the command again`);
}

function status(call: Call, draft: Draft, client: JsonHookClient): TargetStatus {
  const { name, file } = client;
  const none = { name, file, missing: [], changed: [], commands: [], notes: [] };
  const command = commandLine(client, chooseLaunch(programLocation(call.ports.env, draft.root)));
  const look = lookAt(client, draft.read(file), command);
  if (!look.ok) return { ...none, state: 'unreadable', notes: [look.problem] };
  const { installed, missing, changed, commands } = look;
  const isAbsent = installed.length + changed.length === 0;
  const state = isAbsent
    ? 'absent'
    : missing.length > 0
      ? 'partly'
      : changed.length > 0
        ? 'changed'
        : 'installed';
  const own = entryFile('main');
  const from = {
    worktree: draft.root,
    env: call.ports.env,
    main: realPath(own) ?? own,
    version: call.ports.version(),
  };
  return {
    ...none,
    state,
    missing: isAbsent ? [] : missing,
    changed,
    commands: commands.map((one) => ({ command: one, problem: whyNotRun(one, from) })),
  };
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
