import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  commandLine,
  kindIn,
  lookAt,
  newFile,
  withHooks,
  withoutHooks,
  type HandlerKind,
  type JsonHookClient,
} from '../../../hooks/install/index.ts';
import type { Call } from '../../call.ts';
import { line } from '../../format/text.ts';
import { hookLaunch } from '../client-config-launch.ts';
import { notesOn } from './client-notes.ts';
import { notWritten, type Draft } from './draft.ts';
import { commandStatus } from './runnable.ts';
import type { HookTarget, TargetPlan, TargetStatus } from './target.ts';
import { checkToolHandler, toolHandlerAdvice, toolHandlerNotes } from './tool-handler.ts';

/** A client that reads its hooks from a JSON file of the project. */
export function jsonTarget(client: JsonHookClient): HookTarget {
  const { name, title, file } = client;
  return {
    name,
    title,
    files: [file],
    isEvident: (draft) => draft.read(file) !== null || isFolder(join(draft.root, dirname(file))),
    print: (call, worktree, handler) => {
      const launch = hookLaunch(call, worktree);
      return { file, content: newFile(client, commandLine(client, launch), handler) };
    },
    ...(client.toolEvents === undefined ? {} : { hasToolHandler: true }),
    install: (call, draft, handler) => install(call, draft, client, handler),
    uninstall: (call, draft) => uninstall(call, draft, client),
    status: async (call, draft) => status(call, draft, client),
  };
}

async function install(
  call: Call,
  draft: Draft,
  client: JsonHookClient,
  handler: HandlerKind | undefined,
): Promise<TargetPlan> {
  const { name, file, title, approval } = client;
  const launch = hookLaunch(call, draft.root);
  const wanted = commandLine(client, launch);
  const before = lookAt(client, draft.read(file));
  if (handler === 'mcp') await checkToolHandler(call, draft);
  const kind = handler ?? (before.ok ? kindIn(client, before) : null) ?? 'command';
  const base = await baseFor(call, draft, client, kind);
  const edit = withHooks(client, base, wanted, kind);
  if (edit.kind === 'unreadable') throw unreadable(file, edit.problem);
  const others = before.ok ? before.commands.filter((command) => command !== wanted) : [];
  const left = [
    ...edit.changed.map((event) => line`${file}: the entry of ${event} was changed, and is left as it is`),
    ...others.map((command) => line`${file} starts ${command}, which is left as it is; ${anew(name)}`),
  ];
  if (edit.kind === 'unchanged') return { left, told: [] };
  draft.write(file, edit.text);
  const told = [
    line`${title} ${approval}`,
    line`rhema is started ${launch.reason}`,
    ...(kind === 'mcp' ? [toolHandlerAdvice] : []),
  ];
  return { left, told };
}

/** What hooks of the wished kind are put into: without those of the other kind, unless somebody has changed some of them. */
async function baseFor(
  call: Call,
  draft: Draft,
  client: JsonHookClient,
  kind: HandlerKind,
): Promise<string | null> {
  const text = draft.read(client.file);
  const look = lookAt(client, text);
  if (text === null || !look.ok || !look.isAny || kindIn(client, look) === kind) return text;
  if (look.changed.length > 0)
    throw notWritten(
      client.file,
      line`asks in another way at ${look.changed.join(', ')}, as somebody has written by hand; ${anew(client.name)}`,
    );
  const removal = await removalFrom(call, draft, client, text);
  return removal.kind === 'removed' ? removal.text : text;
}

const anew = (name: string): string => `to have it written anew: rhema hooks uninstall ${name}, then install`;

async function uninstall(call: Call, draft: Draft, client: JsonHookClient): Promise<TargetPlan> {
  const { file } = client;
  const text = draft.read(file);
  if (text === null) return { left: [], told: [] };
  const removal = await removalFrom(call, draft, client, text);
  if (removal.kind === 'removed') draft.write(file, removal.text);
  return { left: [], told: [] };
}

/** @throws CommandError NOT_WRITTEN */
async function removalFrom(call: Call, draft: Draft, client: JsonHookClient, text: string) {
  const { file } = client;
  const { commonDir } = await call.repository();
  const origin = await call.world.scopeFiles.origin({ commonDir, root: draft.root }, file, text);
  const removal = withoutHooks(client, text, origin);
  if (removal.kind === 'unreadable') throw unreadable(file, removal.problem);
  return removal;
}

function unreadable(file: string, problem: string): Error {
  return notWritten(file, `cannot be changed: ${problem}; correct it, then run the command again`);
}

function status(call: Call, draft: Draft, client: JsonHookClient): TargetStatus {
  const { name, file } = client;
  const none = { name, file, missing: [], changed: [], commands: [], notes: [] };
  const look = lookAt(client, draft.read(file));
  if (!look.ok) return { ...none, state: 'unreadable', notes: [`${look.problem}; correct it`] };
  const { installed, missing, changed, commands, byTool } = look;
  if (installed.length + changed.length === 0) return { ...none, state: 'absent' };
  return {
    ...none,
    state: missing.length > 0 ? 'partly' : changed.length > 0 ? 'changed' : 'installed',
    missing,
    changed,
    ...(byTool.length === 0 ? {} : { byTool }),
    commands: commands.map((one) => commandStatus(call, draft.root, one)),
    notes: [...(byTool.length === 0 ? [] : toolHandlerNotes(draft)), ...notesOn(client, draft)],
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
