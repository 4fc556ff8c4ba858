/**
 * The hooks of a repository on disk: where Git looks for them, what lies there, and what is written or taken out. A hook of others is
 * never moved or replaced: ours are a few lines in it, or the whole of a file that was not there.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { hooksFolder, isInside, type Repository } from '../../repository/index.ts';
import type { Environment } from '../world/environment.ts';
import {
  hookNames,
  lookAtHook,
  newHook,
  scriptName,
  withCall,
  withoutCall,
  type HookLook,
  type HookName,
  type HookPlace,
} from './hook-text.ts';
import { installedNote } from './noted.ts';
import { isOfLefthook, lefthookAsks, lefthookJob } from './lefthook.ts';

export interface HookFile {
  readonly name: HookName;
  readonly path: string;
  readonly place: HookPlace;
  /** Null: there is none. */
  readonly text: string | null;
  readonly look: HookLook;
  /** Whether Git would run it. */
  readonly isRun: boolean;
  /** Why nothing can be added to it, and what to do instead; null where it can be. */
  readonly obstacle: string | null;
  /** Of lefthook alone: whether its own configuration has the hook ask. */
  readonly lefthookAsks?: boolean;
}

export interface HooksHere {
  /** The file that the hooks call. */
  readonly script: string;
  readonly scriptNow: string | null;
  readonly hooks: readonly HookFile[];
  /** Those of the Git folder, where Git looks elsewhere, and those that others have moved aside for hooks of theirs. */
  readonly unused: readonly HookFile[];
  /** The folder in which Git looks, where it is none of the repository's: nothing is written there. */
  readonly foreignFolder: string | null;
  /** A note that hooks were installed; absent: there is none. */
  readonly note?: string;
}

/** What will be at a path; null: nothing. */
export interface HookChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Git may not run it as it is, and may then. */
  readonly makesRun?: true;
}

/** Looks, and changes nothing. */
export async function hooksHere(repository: Repository, env: Environment): Promise<HooksHere> {
  const { commonDir, worktree } = repository;
  const own = join(commonDir, 'hooks');
  const asked = await hooksFolder(repository, env);
  // A link in its place may lead anywhere.
  const isOwn = realPath(asked) === join(realPath(commonDir), 'hooks');
  const isHere = isOwn || (worktree !== null && isInside(realPath(worktree), realPath(asked)));
  const script = join(own, scriptName);
  const note = installedNote(commonDir);
  const hooksIn = (folder: string, place: HookPlace): HookFile[] =>
    hookNames.map((name) => hookAt(name, folder, { place, worktree }));
  return {
    script,
    scriptNow: textAt(script),
    hooks: isHere ? hooksIn(isOwn ? own : asked, isOwn ? 'beside' : 'shared') : [],
    unused: [...(isOwn ? [] : hooksIn(own, 'beside')), ...movedAside(own)],
    foreignFolder: isHere ? null : asked,
    ...(note === null ? {} : { note }),
  };
}

/** Whether Git comes to ask at it, by whichever file. */
export const asks = ({ look, lefthookAsks: isAsked = false }: HookFile): boolean =>
  look === 'ours' || look === 'changed' || isAsked;

/** What its owner has to write where nothing can be added to it; null: nothing. */
export function toWrite(script: string, hook: HookFile): string | null {
  if (hook.obstacle === null || hook.lefthookAsks === true) return null;
  if (hook.obstacle === writtenByLefthook) return `what lefthook.yml needs is: ${lefthookJob(hook.name)}`;
  return `what it should run is: ${script} ${hook.name} "$@"`;
}

/** What makes each hook ask that can. */
export function installing(
  { script, scriptNow, hooks, unused }: HooksHere,
  text: string,
): readonly HookChange[] {
  const changes = hooks.flatMap(({ name, path, place, text: before, obstacle, isRun }): HookChange[] => {
    const rest = before === null ? null : withoutCall(before);
    const after = rest === null ? newHook(name, place) : withCall(name, place, rest);
    if (obstacle !== null || after === null || (after === before && isRun)) return [];
    return [{ path, before, after, ...(isRun ? {} : { makesRun: true }) }];
  });
  const moved = hooks.flatMap(({ name, obstacle }) =>
    obstacle === null ? unused.filter(isAside(name)) : [],
  );
  changes.push(...moved.flatMap(takenOut));
  return scriptNow === text ? changes : [{ path: script, before: scriptNow, after: text }, ...changes];
}

/** What takes ours out of all hooks, and nothing else. */
export function removing({ script, scriptNow, hooks, unused, note }: HooksHere): readonly HookChange[] {
  const changes = [...hooks, ...unused].flatMap(takenOut);
  if (note !== undefined) changes.push({ path: note, before: textAt(note), after: null });
  return scriptNow === null ? changes : [...changes, { path: script, before: scriptNow, after: null }];
}

function takenOut({ path, text: before }: HookFile): HookChange[] {
  const after = before === null ? null : withoutCall(before);
  return after === before ? [] : [{ path, before, after }];
}

/**
 * Carries out changes, those of whoever else changed a file since it was looked at not: hooks before the file that they call are taken
 * out, and written after it.
 */
export function applyHooks(changes: readonly HookChange[]): void {
  for (const { path, before, after, makesRun = false } of changes) {
    if (textAt(path) !== before) throw new Error(`${path} was changed meanwhile: run the command again`);
    if (after === null) rmSync(path);
    else put(path, after, makesRun);
  }
}

/** Git runs only what may be run. */
function put(path: string, text: string, makesRun: boolean): void {
  mkdirSync(dirname(path), { recursive: true });
  const now = existsSync(path) ? lstatSync(path).mode & 0o777 : 0o755;
  // Whoever may read it may run it then.
  const mode = makesRun ? now | ((now & 0o444) >> 2) : now;
  const temporary = `${path}.rhema-${process.pid}`;
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    chmodSync(temporary, mode);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** pre-commit goes on running what it has moved aside, lefthook puts it back when it goes. */
const asideEndings = ['.legacy', '.old'];

function movedAside(folder: string): HookFile[] {
  return hookNames.flatMap((name) =>
    asideEndings.flatMap((ending): HookFile[] => {
      const path = join(folder, `${name}${ending}`);
      const text = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? textAt(path) : null;
      const look = lookAtHook(name, 'beside', text);
      const isOurs = look === 'ours' || look === 'changed';
      return isOurs ? [{ name, path, place: 'beside', text, look, isRun: true, obstacle: null }] : [];
    }),
  );
}

const isAside =
  (name: HookName) =>
  (hook: HookFile): boolean =>
    hook.name === name && asideEndings.some((ending) => hook.path.endsWith(ending));

interface Around {
  readonly place: HookPlace;
  readonly worktree: string | null;
}

function hookAt(name: HookName, folder: string, { place, worktree }: Around): HookFile {
  const path = fileOf(name, folder);
  const found = lstatSync(path, { throwIfNoEntry: false });
  const text = found?.isFile() === true ? textAt(path) : null;
  const look = lookAtHook(name, place, text);
  const mode = found?.mode ?? 0o111;
  const runs = isRun(path, folder, mode);
  const obstacle =
    found !== undefined && text === null
      ? 'is no file of its own, or no text in UTF-8'
      : obstacleAt(name, { place, text, isRun: runs || look === 'ours' || look === 'changed' });
  const isAsked = obstacle === writtenByLefthook && worktree !== null && lefthookAsks(worktree, name);
  const asked = isAsked ? { lefthookAsks: true } : {};
  return { name, path, place, text, look, isRun: runs, obstacle, ...asked };
}

/** husky runs the hooks in the folder above, each as a script for sh, whatever its mode is; those that it has a file for. */
function fileOf(name: HookName, folder: string): string {
  const path = join(folder, name);
  const text = isHusky(folder) ? textAt(path) : null;
  return text === null || withoutCall(text) === null ? path : join(dirname(folder), name);
}

/** Whether it is the folder that husky has Git look in. */
export const isHusky = (folder: string): boolean => existsSync(join(folder, 'h'));
const isRun = (path: string, folder: string, mode: number): boolean =>
  (mode & 0o111) !== 0 || (isHusky(folder) && dirname(path) !== folder);

const writtenByLefthook = 'is written anew by lefthook: let lefthook.yml run it';

interface Found {
  readonly place: HookPlace;
  readonly text: string | null;
  readonly isRun: boolean;
}

function obstacleAt(name: HookName, { text, place, isRun }: Found): string | null {
  const rest = text === null ? null : withoutCall(text);
  if (rest === null) return null;
  if (isOfLefthook(rest)) return writtenByLefthook;
  if (!isRun) return 'is not run by Git, as it may not be executed: chmod +x, or remove it';
  return withCall(name, place, rest) === null ? 'is no script for a shell' : null;
}

/** Null: there is none, nobody may read it, or it would not be written as it was. */
function textAt(path: string): string | null {
  try {
    const bytes = readFileSync(path);
    const text = bytes.toString('utf8');
    return Buffer.from(text).equals(bytes) ? text : null;
  } catch {
    return null;
  }
}

/** Of what is not there yet as it would be. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realPath(dirname(path)), path.slice(dirname(path).length));
  }
}
