import { contextKinds, kindOf, placesOf, type ContextKind } from '../../context/index.ts';
import { named, type ScopePath } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { line } from '../format/text.ts';
import {
  filesOnDisk,
  inNoScope,
  kindIn,
  mustBeAKind,
  nothingNamed,
  pathOf,
  scopeMeant,
} from './context-named.ts';
import type { WrittenFile } from './context-write.ts';

/** A context file as it is named: by its path, or by its kind. */
export interface FileInput {
  readonly 'context-file': string;
  readonly scope?: string;
}

/** The file that is to be written, be it there or not: a kind's is made at its usual place. */
export async function fileToWrite(
  call: Call,
  { 'context-file': text, scope }: FileInput,
): Promise<WrittenFile> {
  const kind = kindIn(text);
  const files = await filesOnDisk(call);
  if (kind === null) {
    mustBeAKind({ text, scope });
    const path = await pathOf(call, text);
    if (await isMisspelt(call, path)) throw await nothingNamed(call, files, text);
    if (files.scopes.length > 0 && files.scopeAround(path) === null) throw invalidInput(inNoScope(path));
    return { path, kind: kindOf(path) };
  }
  const meant = await scopeMeant(call, files, scope);
  const [usual] = placesOf(meant, kind);
  const path = files.find(meant, kind)?.path ?? usual;
  if (path === undefined) throw new Error(`${kind} has no place`);
  return { path, kind };
}

/** A word that is no file: a new file has an ending. */
async function isMisspelt(call: Call, path: ScopePath): Promise<boolean> {
  if (/\.[^/]+$/.test(path)) return false;
  return (await call.world.inspection.liesAt(await call.repository(), path)) === 'nothing';
}

/** The same, where entries are changed: other files have none. */
export async function fileWithEntries(
  call: Call,
  input: FileInput,
): Promise<WrittenFile & { readonly kind: ContextKind }> {
  const { path, kind } = await fileToWrite(call, input);
  if (kind !== null) {
    await mustBeRead(call, path, kind);
    return { path, kind };
  }
  throw invalidInput(
    line`${path} has no entries: name a file that is called ${contextKinds.join('.yaml, ')}.yaml, or replace it as a whole with rhema context write`,
  );
}

/** Refuses a file of which nobody would read what it says. */
export async function mustBeRead(call: Call, path: ScopePath, kind: ContextKind): Promise<void> {
  const trouble = await placeTrouble(call, path, kind);
  if (trouble !== null) throw invalidInput(trouble);
}

/** Why nobody would read what a file says: the entries of a scope are looked for in its own folder. Null: it is read. */
export async function placeTrouble(call: Call, path: ScopePath, kind: ContextKind): Promise<string | null> {
  const files = await filesOnDisk(call);
  const scope = files.scopeAround(path);
  if (files.isRead({ scope, kind, path })) return null;
  if (scope === null) return inNoScope(path);
  const [usual = ''] = placesOf(scope, kind);
  return `${named(path)} would not be read: scope ${named(scope)} has its ${kind} in ${named(usual)}`;
}
