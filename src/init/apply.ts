import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { InitError } from './errors.ts';
import type { FileChange } from './file-change.ts';

/**
 * Writes all changes or none. Every new text is first written beside its file and flushed; only when all are there do they
 * take their files' places by renaming, so that no file is ever seen in part. Should a renaming fail, those before it
 * are undone. If the process is killed in between, some files are new and some old; running the same command
 * again completes it.
 *
 * @throws InitError CHANGED_MEANWHILE when a file is not as it was when the plan was made, OUTSIDE_REPOSITORY when a
 * symlink leads out, PLACE_TAKEN where something other than a file lies, WRITE_FAILED with what the system said.
 */
export function applyChanges(root: string, changes: readonly FileChange[]): void {
  const staged = new Staging(root);
  try {
    for (const change of changes) checkUnchanged(root, change);
    for (const change of changes) staged.prepare(change);
    for (const change of changes) staged.commit(change);
  } catch (error) {
    staged.undo();
    if (error instanceof InitError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InitError('WRITE_FAILED', `nothing was written: ${reason}`, { cause: error });
  } finally {
    staged.clear();
  }
}

function checkUnchanged(root: string, { file, before }: FileChange): void {
  const path = join(root, file);
  const inside = relative(realpathSync(root), realpathSync(dirname(path)));
  if (inside === '..' || inside.startsWith(`..${sep}`))
    throw new InitError('OUTSIDE_REPOSITORY', `${file} leads out of the repository: nothing was written`);
  if (before === null) checkFree(path, file);
  if (textOf(path) === before) return;
  const what =
    before === null ? 'is there already, made meanwhile or ignored by Git' : 'has been changed meanwhile';
  throw new InitError('CHANGED_MEANWHILE', `${file} ${what}: nothing was written, run the command again`);
}

/** Only a regular file is expected where a scope's file goes. */
function checkFree(path: string, file: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile()) return;
  const what = stat.isSymbolicLink() ? 'a symlink that leads nowhere' : 'no file';
  throw new InitError('PLACE_TAKEN', `${file} is ${what}: nothing was written, remove it first`);
}

function textOf(path: string): string | null {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

class Staging {
  readonly #root: string;
  readonly #temporary = new Map<string, string>();
  readonly #done: FileChange[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  prepare({ file, before, after }: FileChange): void {
    if (after === null) return;
    const path = join(this.#root, file);
    mkdirSync(dirname(path), { recursive: true });
    sweep(path);
    this.#write(file, after, before === null ? 0o666 : statSync(path).mode & 0o777);
  }

  commit(change: FileChange): void {
    const path = join(this.#root, change.file);
    const temporary = this.#temporary.get(change.file);
    if (temporary === undefined) unlinkSync(path);
    else renameSync(temporary, realFile(path));
    this.#temporary.delete(change.file);
    this.#done.push(change);
  }

  undo(): void {
    for (const { file, before, after } of this.#done.splice(0).reverse())
      if (before === null) rmSync(join(this.#root, file), { force: true });
      else if (after === null || textOf(join(this.#root, file)) === after) this.#restore(file, before);
  }

  clear(): void {
    for (const temporary of this.#temporary.values()) rmSync(temporary, { force: true });
  }

  #restore(file: string, text: string): void {
    this.#write(file, text, 0o666);
    renameSync(this.#temporary.get(file) ?? '', realFile(join(this.#root, file)));
    this.#temporary.delete(file);
  }

  #write(file: string, text: string, mode: number): void {
    const temporary = `${join(this.#root, file)}.${process.pid}.tmp`;
    const handle = openSync(temporary, 'wx', mode);
    this.#temporary.set(file, temporary);
    try {
      // Not `writeSync`: on a full disk that writes a part, and says so only by its result.
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

/** Removes what a process that was killed in the middle has left beside a file. */
function sweep(path: string): void {
  const [folder, name] = [dirname(path), `${basename(path)}.`];
  for (const left of readdirSync(folder)) {
    const pid = left.startsWith(name) ? /^(\d+)\.tmp$/.exec(left.slice(name.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, left), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A scope's file may be a symlink to another file of the repository: that one is replaced, not the link. */
function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
