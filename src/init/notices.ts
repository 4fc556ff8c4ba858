import type { Repository } from '../repository/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';

/** What may be noteworthy when scopes are derived. An error stops the whole; a warning names what was left out. */
export type NoticeCode =
  /** A manifest cannot be parsed, or does not hold what its tool asks for. */
  | 'MANIFEST_BROKEN'
  /** A manifest is a program, or leads to another file: what it says there is not known. */
  | 'MANIFEST_COMPUTED'
  | 'FILE_UNREADABLE'
  | 'SYMLINK_SKIPPED'
  | 'INVALID_PATH'
  | 'DUPLICATE_NAME'
  /** A workspace lists something that is not there. */
  | 'MEMBER_MISSING'
  | 'SOURCE_BROKEN'
  /** A file that may be meant as a scope's, but has another suffix. */
  | 'NOT_READ'
  /** Folders of installed packages or of a build that Git does not ignore. */
  | 'NOT_IGNORED'
  | 'SUBMODULE_SKIPPED'
  | 'REPOSITORY_SKIPPED'
  | 'SPARSE_CHECKOUT'
  /** A file that would be changed is one that a sparse checkout leaves out. */
  | 'NOT_CHECKED_OUT'
  | 'LINKED_WORKTREE'
  | 'CYCLE_BY_HAND'
  /** The top scope's file has no certain meaning. */
  | 'TOP_UNREADABLE'
  /** `generated.depth` is no depth. */
  | 'INVALID_DEPTH'
  /** A bound that a person has written is too tight for the graph. */
  | 'LIMIT_BY_HAND'
  /** A bound that no configuration can raise so far. */
  | 'BEYOND_BOUNDS'
  /** Somebody changed what would have to be changed: it stays. */
  | 'KEPT_BY_HAND'
  /** What a person wrote has no place in the other layout. */
  | 'NOT_CARRIED_OVER'
  /** All scopes in one file would be more than the coordinator reads. */
  | 'TOO_LONG'
  /** A stage was asked for, and nothing acts on it. */
  /** A stage was asked for where the configuration is there already: that stays. */
  | 'BLOCK_KEPT'
  /** A package would be published with the files that are written. */
  | 'PUBLISHED'
  /** A file that would be written is one that Git ignores, so nobody would see it. */
  | 'IGNORED_BY_GIT';

/** Has the shape of all problems with scope files, so that one printer serves all. */
export type Notice = ScopeProblem & { readonly code: NoticeCode };

export interface Position {
  /** Repository-relative. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

export function warning(code: NoticeCode, position: Position | null, message: string): Notice {
  return notice('warning', code, position, message);
}

export function failure(code: NoticeCode, position: Position | null, message: string): Notice {
  return notice('error', code, position, message);
}

function notice(
  severity: 'warning' | 'error',
  code: NoticeCode,
  position: Position | null,
  message: string,
): Notice {
  const { file = null, line = null, column = null } = position ?? {};
  return { code, severity, file, line, column, message };
}

interface Noted {
  readonly notice: Notice;
  /** `gap`: somebody has to repair it. `absence`: nothing is wrong with it. Both: what was derived may lack a part. */
  readonly kind: 'said' | 'gap' | 'absence';
}

/** Collects what there is to say, and whether everything could be read. */
export class Notices {
  #noted: Noted[] = [];

  /** Something was found that changes nothing about what was derived. */
  add(notice: Notice): void {
    this.#note({ notice, kind: 'said' });
  }

  /** Something could not be read, so what was derived may lack a part. */
  addGap(notice: Notice): void {
    this.#note({ notice, kind: 'gap' });
  }

  /** Something is not here, though nothing is wrong with it: what was derived may lack a part all the same. */
  addAbsence(notice: Notice): void {
    this.#note({ notice, kind: 'absence' });
  }

  #note(one: Noted): void {
    this.#noted.push(one);
  }

  /** Takes out what was said of some files: nothing that is derived goes by them. */
  forget(isMeant: (file: string) => boolean): void {
    this.#noted = this.#noted.filter(({ notice: { file } }) => file === null || !isMeant(file));
  }

  get list(): readonly Notice[] {
    return this.#noted.map(({ notice }) => notice);
  }

  /** Those of the list that somebody has to repair, before anybody can tell whether scopes are in step with the code. */
  get gaps(): readonly Notice[] {
    return this.#noted.filter(({ kind }) => kind === 'gap').map(({ notice }) => notice);
  }

  /** False when there may be more than was derived: then nothing must be taken away. */
  get complete(): boolean {
    return this.#noted.every(({ kind }) => kind === 'said');
  }
}

/** Line and column, from 1, of an offset in a text. */
export function positionAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** Null: the working tree is the one that scopes are read from. */
export function linkedWorktreeText({
  worktree,
  mainWorktree,
}: Pick<Repository, 'worktree' | 'mainWorktree'>): string | null {
  if (mainWorktree === null || mainWorktree === worktree) return null;
  return `this is a linked worktree: scopes are read from ${mainWorktree}, so what is written here counts once it is merged there`;
}
