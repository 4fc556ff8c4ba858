/**
 * What was written into a file, and how to take it out again. Of a file that was there before, the lines in which it was changed
 * are kept: they are taken out wherever they stand, as long as they stand there as they were written. All else in the file
 * is a person's.
 */
import { createHash } from 'node:crypto';

/** Lines that were replaced by others; each ends as it does in the file. */
interface Span {
  readonly removed: string;
  readonly added: string;
}

export interface Written {
  /** The working tree, absolute. */
  readonly root: string;
  /** In it, as it is on disk. */
  readonly file: string;
  /** SHA-256 of what was there before the first change; null: nothing was. */
  readonly before: string | null;
  /** Of what was written last; null: it was removed. */
  readonly after: string | null;
  /** Null where that would be longer than is kept. */
  readonly span: Span | null;
  /** Somebody changed what had been written, and it was written again since. */
  readonly isEdited: boolean;
  /** Folders that were made for it, outermost first. */
  readonly folders: readonly string[];
  /** It was noted in this very Git folder, and has not come with a copy or an archive. */
  readonly isHere: boolean;
}

/** A change of a file that is about to be made. */
export interface Change {
  readonly root: string;
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly folders: readonly string[];
}

/** Whether something of ours stands, or may stand, in the text of a file. */
export type HasOurs = (file: string, text: string) => boolean;

/** A file is not read that is longer. */
const spanMax = 1024 * 1024;

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * What is known of a file once a change is made. Null: it is as it was before the first one. Where somebody has put another file
 * in the place of the one that was written, with nothing of ours in it, that is what was there before.
 */
export function noted(known: Written | null, change: Change, hasOurs: HasOurs): Written | null {
  if (known === null) return fresh(change, change.before);
  const origin = originOf(known, change.before);
  if (origin !== undefined) {
    const folders = [...new Set([...known.folders, ...change.folders])].sort((a, b) => a.length - b.length);
    return fresh({ ...change, folders }, origin);
  }
  if (change.before !== null && !hasOurs(change.file, change.before)) return fresh(change, change.before);
  return { ...known, after: change.after === null ? null : digestOf(change.after), isEdited: true };
}

function fresh({ root, file, after, folders }: Change, before: string | null): Written | null {
  if (before === after) return null;
  const span = before === null ? { removed: '', added: '' } : spanOf(before, after ?? '');
  return {
    root,
    file,
    before: before === null ? null : digestOf(before),
    after: after === null ? null : digestOf(after),
    span: span.removed.length + span.added.length > spanMax ? null : span,
    isEdited: false,
    folders,
    isHere: true,
  };
}

/** What the file would be now had nothing been written; undefined: that cannot be told. */
export function originOf(known: Written, now: string | null): string | null | undefined {
  const undone = undo(known, now);
  if (undone.kind === 'undone') return undone.text;
  return undone.kind === 'done' ? now : undefined;
}

/** `done`: there is nothing of it in the file. `changed`: what is there is a person's by now. */
export type Undone =
  | { readonly kind: 'done' }
  | { readonly kind: 'undone'; readonly text: string | null }
  | { readonly kind: 'changed' };

/** Takes out of what a file holds now what was written there. */
export function undo(written: Written, now: string | null): Undone {
  const { before, after, span, isEdited } = written;
  if (now === null) return undoRemoval(written);
  if (before !== null && isAlike(now, before)) return { kind: 'done' };
  if (isEdited || span === null || after === null) return { kind: 'changed' };
  if (before === null) return isAlike(now, after) ? { kind: 'undone', text: null } : { kind: 'changed' };
  const text = without(now, span) ?? without(now, inCrlf(span));
  // Lines put back into what was written whole give what was there before, or were never taken from it.
  const isOther = text !== null && digestOf(now) === after && digestOf(text) !== before;
  return text === null || isOther ? { kind: 'changed' } : { kind: 'undone', text };
}

/** Nothing is there: by us, or because somebody has removed it, which is his business. */
function undoRemoval({ before, after, span }: Written): Undone {
  const isOurs = after === null && before !== null && span !== null;
  return isOurs ? { kind: 'undone', text: span.removed } : { kind: 'done' };
}

/** Git may have given the lines other ends. */
function isAlike(text: string, digest: string): boolean {
  return digestOf(text) === digest || digestOf(text.replaceAll('\r\n', '\n')) === digest;
}

function inCrlf({ removed, added }: Span): Span {
  const crlf = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');
  return { removed: crlf(removed), added: crlf(added) };
}

/** The text with the lines as they were; null where they do not stand in it exactly once. */
function without(text: string, { removed, added }: Span): string | null {
  const places = added === '' ? [] : placesOf(text, added);
  const [at] = places;
  return places.length !== 1 || at === undefined
    ? null
    : text.slice(0, at) + removed + text.slice(at + added.length);
}

function placesOf(text: string, lines: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(lines); at !== -1 && places.length < 2; at = text.indexOf(lines, at + 1)) {
    const end = at + lines.length;
    const isWhole = (at === 0 || text[at - 1] === '\n') && (lines.endsWith('\n') || isLineEnd(text, end));
    if (isWhole) places.push(at);
  }
  return places;
}

const isLineEnd = (text: string, at: number): boolean => at === text.length || /^\r?\n/.test(text.slice(at));

/** The lines in which two texts differ. */
function spanOf(before: string, after: string): Span {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  start = before.lastIndexOf('\n', start - 1) + 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  // What is alike at the end begins behind a line end.
  const tail = before.slice(before.length - end);
  end = tail.indexOf('\n') === -1 ? 0 : tail.length - tail.indexOf('\n') - 1;
  return {
    removed: before.slice(start, before.length - end),
    added: after.slice(start, after.length - end),
  };
}
