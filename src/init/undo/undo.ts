/** What to take out of the working trees of a repository so that they are as they were before init, migrate and the like. */
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { PathRefused } from '../../files/index.ts';
import { InitError } from '../errors.ts';
import { findRepository, isDefinitionName } from '../../repository/index.ts';
import { hasBlock } from '../files/block.ts';
import { excludedFiles, type ExistingScope } from '../files/existing.ts';
import { applyChanges } from '../files/apply.ts';
import { textAt, type FileChange } from '../files/file-change.ts';
import { leftBeside } from '../files/left-files.ts';
import { baseName, byText, folderOf, top } from '../paths.ts';
import type { ScopePath } from '../../core/index.ts';
import { scanTree, type InitRequest, type Scanned } from '../prepare.ts';
import { removeIfEmpty } from './apply-noted.ts';
import { isBelieved, isMadeWhole, leftOf, oursBy, withoutConfiguration, type TakeOut } from './ours.ts';
import { whyBehindLink, whyUntrusted } from './trusted.ts';
import { undo, type Written } from './written.ts';
import { readWritten } from './written-file.ts';

export interface UndoRequest extends Pick<InitRequest, 'repository' | 'env'> {
  /** Also what somebody has changed since. */
  readonly force: boolean;
  /** Files besides those of scopes that are ever written. */
  readonly clientFiles: readonly string[];
  readonly takeOut: TakeOut;
}

/** A file that stays although it has something of ours. */
export interface StayingFile {
  readonly root: string;
  readonly file: string;
  /** With what to do about it. */
  readonly why: string;
}

export interface UndoneTree {
  readonly root: string;
  readonly changes: readonly FileChange[];
  /** Removed where they are empty then. */
  readonly folders: readonly string[];
}

export interface Undoing {
  readonly trees: readonly UndoneTree[];
  readonly staying: readonly StayingFile[];
  /** Of the working tree that is worked in, as they are now. */
  readonly scopes: readonly { readonly path: ScopePath; readonly name: string }[];
  /** Files of scopes there that people have written; they stay. */
  readonly byHand: readonly string[];
}

/** @throws RepositoryError when Git or the working tree cannot be read; InitError PLACE_TAKEN where what was noted cannot be. */
export async function prepareUndo(request: UndoRequest): Promise<Undoing> {
  const { repository, env, clientFiles } = request;
  const { commonDir, worktree } = repository;
  const { written, untrusted } = sorted(notedIn(commonDir), clientFiles);
  const roots = [...new Set(written.map(({ root }) => root))].filter((root) => root !== worktree);
  const others = await Promise.all(
    roots.map(async (root) => ((await isOurs(root, commonDir)) ? [root] : [])),
  );
  const trees = others.flat().map((root) => {
    const tree = new UndoPlan(root, request);
    tree.addNoted(written.filter((one) => one.root === root));
    return tree;
  });
  const scanned = worktree === null ? null : await scanTree(repository, env);
  if (scanned !== null) {
    const here = new UndoPlan(scanned.root, request);
    // What was written in another working tree has come here by a commit.
    here.addNoted([...written].sort((a, b) => Number(b.root === worktree) - Number(a.root === worktree)));
    here.addFound(scanned);
    trees.unshift(here);
  }
  const names = new Map(scanned?.scan.definitions.map(({ path, name }) => [path, name]));
  return {
    trees: trees.map((tree) => tree.result()).filter(hasSomething),
    staying: [...untrusted, ...trees.flatMap(({ staying }) => staying)],
    scopes: [...(scanned?.existing.keys() ?? [])].map((path) => ({ path, name: names.get(path) ?? path })),
    byHand: scanned === null ? [] : byHandIn(scanned, trees[0]?.result().changes ?? []),
  };
}

function byHandIn({ existing }: Scanned, changes: readonly FileChange[]): string[] {
  const gone = new Set(changes.flatMap(({ file, after }) => (after === null ? [file] : [])));
  const files = [...existing.values()]
    .filter(({ home, origin, file }) => home === 'file' && origin === 'hand' && !gone.has(file))
    .map(({ file }) => file);
  return files.sort(byText);
}

function notedIn(commonDir: string): readonly Written[] {
  try {
    return readWritten(commonDir);
  } catch (error) {
    if (!(error instanceof PathRefused)) throw error;
    throw new InitError('PLACE_TAKEN', error.message, { cause: error });
  }
}

interface Sorted {
  readonly written: readonly Written[];
  readonly untrusted: readonly StayingFile[];
}

function sorted(noted: readonly Written[], clientFiles: readonly string[]): Sorted {
  const written: Written[] = [];
  const untrusted: StayingFile[] = [];
  for (const one of noted) {
    const why = whyUntrusted(one, clientFiles);
    if (why === null) written.push(one);
    else untrusted.push({ root: one.root, file: one.file, why });
  }
  return { written, untrusted };
}

/** A run that was killed may have left the folders. */
function hasSomething({ root, changes, folders }: UndoneTree): boolean {
  return changes.length > 0 || folders.some((folder) => isEmpty(join(root, folder)));
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

/** Whether a folder still is a working tree of this repository. */
async function isOurs(root: string, commonDir: string): Promise<boolean> {
  try {
    const found = await findRepository({ cwd: root, env: {} });
    return realpathSync(found.commonDir) === realpathSync(commonDir) && found.worktree === root;
  } catch {
    return false;
  }
}

const removesIt = 'removes it all the same';
const takesOut = 'takes out what is ours, and removes it where nothing else is in it';

const isForeign =
  'was noted in another Git folder (of a copy, an archive) or by an older version, so no text is put back: take out by hand what is ours, or with --force';

/** What is to be done in one working tree. */
class UndoPlan {
  readonly #root: string;
  readonly #force: boolean;
  readonly #takeOut: TakeOut;
  readonly #changes = new Map<string, FileChange>();
  readonly #folders = new Set<string>();
  readonly #staying = new Map<string, StayingFile>();
  /** Files of which it is known what they were. */
  readonly #settled = new Set<string>();

  constructor(root: string, { force, takeOut }: Pick<UndoRequest, 'force' | 'takeOut'>) {
    this.#root = root;
    this.#force = force;
    this.#takeOut = takeOut;
  }

  get staying(): readonly StayingFile[] {
    return [...this.#staying.values()];
  }

  result(): UndoneTree {
    const changes = [...this.#changes.values()];
    return { root: this.#root, changes, folders: [...this.#folders] };
  }

  /** The first of several that know a file counts. */
  addNoted(written: readonly Written[]): void {
    for (const one of written) {
      if (this.#settled.has(one.file)) continue;
      const link = whyBehindLink(this.#root, one.file);
      if (link !== null) {
        this.#stay(one.file, link);
        continue;
      }
      const now = textAt(join(this.#root, one.file));
      const undone = undo(one, now);
      if (undone.kind === 'done' && one.root !== this.#root) continue;
      this.#settled.add(one.file);
      for (const folder of one.folders) this.#folders.add(folder);
      if (!isBelieved(one, now, this.#takeOut)) this.#addForeign(one.file, now);
      else if (undone.kind === 'undone') this.#change(one.file, now, undone.text);
      else if (undone.kind === 'changed') this.#addChanged(one, now ?? '');
    }
  }

  #addForeign(file: string, now: string | null): void {
    const left = now === null || !this.#force ? undefined : leftOf(file, now, this.#takeOut);
    if (left === undefined || left === now) this.#stay(file, isForeign);
    else this.#change(file, now, left);
  }

  #addChanged({ file, before, span }: Written, now: string): void {
    // Somebody has put another file in its place.
    if (!oursBy(this.#takeOut)(file, now)) return;
    if (before === null) return this.#addMade(file, now);
    // Whose lines those were that were changed, nobody knows.
    const isAdded =
      span !== null &&
      /^agent_coordination:/m.test(span.added) &&
      !/^agent_coordination:/m.test(span.removed);
    if (isAdded) this.#takeConfigurationOut(file, now);
    else this.#stay(file, 'has something that was written by us and changed since: take it out by hand');
  }

  /** A file that was made, and in which a person may have put something of his own. */
  #addMade(file: string, now: string): void {
    if (isDefinitionName(baseName(file)) && !isMadeWhole(now)) return this.#takeConfigurationOut(file, now);
    const isScope = isDefinitionName(baseName(file));
    if (!this.#force)
      return this.#stay(file, `was changed since it was made: --force ${isScope ? removesIt : takesOut}`);
    const left = isScope ? null : this.#takeOut(file, now);
    if (left === undefined)
      this.#stay(file, 'has something of ours that cannot be told apart: take it out by hand');
    else this.#change(file, now, left);
  }

  /** What an older version has written, of which nothing was noted. */
  addFound(scanned: Scanned): void {
    const { existing, scan } = scanned;
    for (const scope of existing.values()) if (!this.#settled.has(scope.file)) this.#addScope(scope);
    for (const { file, before } of excludedFiles(this.#root, scan)) this.#change(file, before, null);
    const folders = [...existing.values()].map(({ file }) => folderOf(file));
    for (const { file, before } of leftBeside(this.#root, new Set(['.', ...folders])))
      this.#change(file, before, null);
  }

  #addScope({ path, file, home, origin, text, generated, isCheckedOut }: ExistingScope): void {
    if (home !== 'file' || !isCheckedOut) return;
    if (path === top) return this.#addTop(file, text, generated !== null);
    if (origin === 'untouched') return this.#change(file, text, null);
    if (origin !== 'edited') return;
    if (this.#force) return this.#change(file, text, null);
    this.#stay(file, `was changed since it was made: --force ${removesIt}`);
  }

  /** Nobody knows what was there before: the file with its digest is one that was made whole. */
  #addTop(file: string, text: string, isGenerated: boolean): void {
    if (!isGenerated && !hasBlock(text)) return;
    const isWhole = isGenerated && isMadeWhole(text);
    if (!isWhole) return this.#takeConfigurationOut(file, text);
    if (this.#force) return this.#change(file, text, null);
    this.#stay(
      file,
      'was made by rhema init, and nobody knows whether it was changed since: --force removes it',
    );
  }

  /** The configuration, and the mark of init, from a file that was there before. */
  #takeConfigurationOut(file: string, text: string): void {
    if (!this.#force)
      return this.#stay(
        file,
        'has the configuration, which may have been changed since: --force takes it out',
      );
    const after = withoutConfiguration(text);
    if (after === null)
      this.#stay(
        file,
        'has the configuration in a form from which it cannot be taken out for certain: take it out by hand',
      );
    else this.#change(file, text, after);
  }

  #stay(file: string, why: string): void {
    this.#settled.add(file);
    this.#staying.set(file, { root: this.#root, file, why });
  }

  #change(file: string, before: string | null, after: string | null): void {
    if (before !== after && !this.#changes.has(file)) this.#changes.set(file, { file, before, after });
  }
}

/** Carries out what was planned for a working tree: all changes or none, and then the folders that were made for them. */
export function applyUndo({ root, changes, folders }: UndoneTree): void {
  applyChanges(root, changes);
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) removeIfEmpty(join(root, folder));
}
