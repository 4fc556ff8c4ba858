import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  commandLine,
  lookAt,
  newFile,
  withHooks,
  withoutHooks,
  type JsonHookClient,
} from '../../../hooks/install/index.ts';
import type { Call } from '../../call.ts';
import { line } from '../../format/text.ts';
import { chooseLaunch, programLocation } from '../client-config-launch.ts';
import { notesOn } from './client-notes.ts';
import { notWritten, type Draft } from './draft.ts';
import { commandStatus } from './runnable.ts';
import type { HookTarget, TargetPlan, TargetStatus } from './target.ts';

/** A client that reads its hooks from a JSON file of the project. */
export function jsonTarget(client: JsonHookClient): HookTarget {
  const { name, title, file } = client;
  return {
    name,
    title,
    files: [file],
    isEvident: (draft) => draft.read(file) !== null || isFolder(join(draft.root, dirname(file))),
    print: (call, worktree) => {
      const launch = chooseLaunch(programLocation(call.ports.env, worktree));
      return { file, content: newFile(client, commandLine(client, launch)) };
    },
    install: async (call, draft) => install(call, draft, client),
    uninstall: (call, draft) => uninstall(call, draft, client),
    status: async (call, draft) => status(call, draft, client),
  };
}

function install(call: Call, draft: Draft, client: JsonHookClient): TargetPlan {
  const { name, file, title, approval } = client;
  const launch = chooseLaunch(programLocation(call.ports.env, draft.root));
  const wanted = commandLine(client, launch);
  const before = lookAt(client, draft.read(file));
  const edit = withHooks(client, draft.read(file), wanted);
  if (edit.kind === 'unreadable') throw unreadable(file, edit.problem);
  const others = before.ok ? before.commands.filter((command) => command !== wanted) : [];
  const left = [
    ...edit.changed.map((event) => line`${file}: the entry of ${event} was changed, and is left as it is`),
    ...others.map((command) => line`${file} starts ${command}, which is left as it is; ${anew(name)}`),
  ];
  if (edit.kind === 'unchanged') return { left, told: [] };
  draft.write(file, edit.text);
  return { left, told: [line`${title} ${approval}`, line`rhema is started ${launch.reason}`] };
}

const anew = (name: string): string => `to have it written anew: rhema hooks uninstall ${name}, then install`;

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
  const look = lookAt(client, draft.read(file));
  if (!look.ok) return { ...none, state: 'unreadable', notes: [`${look.problem}; correct it`] };
  const { installed, missing, changed, commands } = look;
  if (installed.length + changed.length === 0) return { ...none, state: 'absent' };
  return {
    ...none,
    state: missing.length > 0 ? 'partly' : changed.length > 0 ? 'changed' : 'installed',
    missing,
    changed,
    commands: commands.map((one) => commandStatus(call, draft.root, one)),
    notes: notesOn(client, draft),
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
