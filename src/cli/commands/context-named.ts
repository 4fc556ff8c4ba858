import { contextKinds, kindOf, placesOf, type ContextKind } from '../../context/index.ts';
import { named, quote, type ScopeDefinition, type ScopePath } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { CommandError, invalidInput, usageError, valueOf } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { line, type Typing } from '../format/text.ts';
import { whileTelling } from '../process/live-line.ts';
import { contextFilesOf, mustHaveFiles, type ContextFile, type ContextFiles } from './context-files.ts';
import { scopeNotFound } from './scope.ts';
import { typingOf } from './named.ts';
import { noScopes, scopeOf } from './scopes-of.ts';

/** The context files of the scopes that the scope files have; no coordinator is asked. */
export async function filesOnDisk(call: Call): Promise<ContextFiles> {
  return contextFilesOf(call, await scopesOnDisk(call));
}

/**
 * The scopes that the scope files have.
 *
 * @throws CommandError SCOPES_UNSOUND where nobody can read which ones the root scope's file lists: what is in those would be
 * passed over.
 */
export async function scopesOnDisk(call: Call): Promise<readonly ScopeDefinition[]> {
  const repository = await call.repository();
  mustHaveFiles(repository);
  const { definitions, unreadRoot } = await whileTelling(call, 'reading the scope files', () =>
    call.world.inspection.scan(repository),
  );
  const [first] = unreadRoot;
  if (first === undefined) return definitions;
  const place = [first.file ?? 'rhema.yaml', ...(first.line === null ? [] : [first.line])].join(':');
  throw new CommandError(
    'SCOPES_UNSOUND',
    exitCodes.refused,
    line`${place}: ${first.message}: mend it first, since it says which scopes there are`,
    { problems: unreadRoot },
  );
}

/** Every file of each kind of the scopes that are there; of all scopes where none is given. */
export function filesIn(files: ContextFiles, scopes: readonly ScopePath[]): ContextFile[] {
  return scopes.flatMap((scope) => contextKinds.flatMap((kind) => files.find(scope, kind) ?? []));
}

export interface Wish {
  /** A path seen from the working folder, or a kind; for more than one file also a scope. */
  readonly text: string;
  /** Of a kind; else of the scope of the working folder. */
  readonly scope: string | undefined;
}

/** The one file that is named, which is there. */
export async function fileNamed(call: Call, files: ContextFiles, wish: Wish): Promise<ContextFile> {
  const { text, scope } = wish;
  const kind = kindIn(text);
  if (kind !== null) return ofKind(call, files, kind, scope);
  mustBeAKind(wish);
  const path = await pathOf(call, text);
  const lies = await call.world.inspection.liesAt(await call.repository(), path);
  if (lies === 'nothing') throw await nothingNamed(call, files, text);
  if (lies === 'folder')
    throw invalidInput(`${named(path)} is a folder: name a context file, or a kind of them`);
  return fileAt(files, text, path);
}

/** As {@link fileNamed}; a scope means all files of it. */
export async function filesNamed(call: Call, files: ContextFiles, wish: Wish): Promise<ContextFile[]> {
  const { text, scope } = wish;
  const kind = kindIn(text);
  if (kind !== null) return [await ofKind(call, files, kind, scope)];
  mustBeAKind(wish);
  const path = await pathOf(call, text);
  const lies = await call.world.inspection.liesAt(await call.repository(), path);
  if (lies === 'file') return [fileAt(files, text, path)];
  const asScope = await scopeOf(call, text);
  if (files.hasScope(asScope)) return filesIn(files, [asScope]);
  throw lies === 'nothing'
    ? await nothingNamed(call, files, text)
    : await scopeNotFound(call, asScope, files.scopes);
}

/** Null: it is no kind of context files. */
export const kindIn = (text: string): ContextKind | null =>
  contextKinds.find((kind) => kind === text) ?? null;

export function mustBeAKind({ text, scope }: Wish): void {
  if (scope === undefined) return;
  const kinds = contextKinds.join(', ');
  throw usageError(`--scope goes with a kind of files (${kinds}), and ${quote(text)} is none: leave it out`);
}

export async function pathOf(call: Call, text: string): Promise<ScopePath> {
  return valueOf(await call.world.inspection.filePath(await call.repository(), call.cwd, text));
}

/** By the name that was typed, or where a link leads. */
function fileAt(files: ContextFiles, text: string, path: ScopePath): ContextFile {
  const kind = kindOf(path) ?? kindOf(text);
  if (kind === null)
    throw invalidInput(
      `${named(path)} is no context file: those are called ${contextKinds.join('.yaml, ')}.yaml`,
    );
  return { scope: files.scopeAround(path), kind, path };
}

async function ofKind(
  call: Call,
  files: ContextFiles,
  kind: ContextKind,
  text: string | undefined,
): Promise<ContextFile> {
  const scope = await scopeMeant(call, files, text);
  const file = files.find(scope, kind);
  if (file !== null) return file;
  const message = `scope ${named(scope)} has no ${kind}: there is none of ${named(...placesOf(scope, kind))}`;
  throw new CommandError('CONTEXT_FILE_NOT_FOUND', exitCodes.failure, message, { scope, kind });
}

/** The scope that is named, else the one of the working folder. */
export async function scopeMeant(
  call: Call,
  files: ContextFiles,
  text: string | undefined,
): Promise<ScopePath> {
  return text === undefined ? scopeHere(call, files) : scopeNamed(call, files, text);
}

async function scopeNamed(call: Call, files: ContextFiles, text: string): Promise<ScopePath> {
  const scope = await scopeOf(call, text);
  if (files.hasScope(scope)) return scope;
  throw await scopeNotFound(call, scope, files.scopes);
}

/** Where somebody works who names a kind. */
async function scopeHere(call: Call, files: ContextFiles): Promise<ScopePath> {
  if (files.scopes.length === 0) throw noScopes();
  const folder = await pathOf(call, '.');
  const scope = files.scopeAround(folder);
  if (scope !== null) return scope;
  throw invalidInput(`this folder, ${named(folder)}, is in no scope: say which is meant with --scope`);
}

export async function nothingNamed(call: Call, files: ContextFiles, text: string): Promise<CommandError> {
  const { nearest, nearestPath } = await import('../../config/index.ts');
  const repository = await call.repository();
  const paths = filesIn(
    files,
    files.scopes.map(({ path }) => path),
  ).map(({ path }) => call.world.inspection.pathTyped(repository, call.cwd, path));
  const near =
    nearest(text, contextKinds) ?? nearestPath(text, [...paths, ...files.scopes.map(({ path }) => path)]);
  const hint = near === null ? 'see rhema context list' : `did you mean ${named(near)}?`;
  const message = `there is no file ${quote(text)}, and no kind of context files is called so: ${hint}`;
  return new CommandError('CONTEXT_FILE_NOT_FOUND', exitCodes.failure, message, { path: text });
}

/** How context files are typed in the folder where one was asked for: files are seen from there, and need no `./` before them. */
export async function contextTyping(call: Call): Promise<Typing> {
  const { rhema, name } = await typingOf(call);
  return { rhema, name: (path) => name(path).replace(/^\.\/(?!-)/, '') };
}

export const inNoScope = (path: ScopePath): string =>
  `${named(path)} is in no scope, and so no context file of one: rhema scope list shows which scopes there are`;
