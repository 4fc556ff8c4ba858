/**
 * Changes of single entries in the text of a context file. What is not changed stays byte for byte: comments, order and
 * layout of everything else.
 */
import { quote } from '../core/index.ts';
import { Draft } from './draft.ts';
import type { ContextEntry } from './entries.ts';
import type { ContextKind } from './kinds.ts';
import { readContext } from './read.ts';
import type { Fields } from './written.ts';

/** A file before a change. */
export interface ContextText {
  /** Repository-relative, for messages. */
  readonly path: string;
  readonly kind: ContextKind;
  /** Null: there is no file yet. */
  readonly text: string | null;
}

export type Changed =
  | { readonly kind: 'changed'; readonly text: string }
  /** It says so already. */
  | { readonly kind: 'unchanged' }
  | ChangeRefused;

export interface ChangeRefused {
  readonly kind: 'refused';
  readonly code: 'CONTEXT_UNREADABLE' | 'ENTRY_EXISTS' | 'ENTRY_NOT_FOUND' | 'ENTRY_NOT_EDITABLE';
  readonly message: string;
}

export interface NewEntry {
  readonly id: string;
  /** Beside its id. */
  readonly fields: Fields;
  /** The key at the top under which it goes; null: where most entries of the file are. */
  readonly collection: string | null;
}

export interface EntryEdit {
  readonly id: string;
  /** Keys with their new values. */
  readonly set: Fields;
  /** Keys to be taken out. */
  readonly unset: readonly string[];
}

/** Appends an entry. */
export function addEntry(file: ContextText, { id, fields, collection }: NewEntry): Changed {
  return changing(file, (draft) => {
    if (draft.find(id) !== null)
      return refused(
        'ENTRY_EXISTS',
        `${file.path} has an entry ${quote(id)}: change that one, or give another id`,
      );
    const place = collection === null ? draft.usualPlace : draft.placeIn(collection);
    if (place === null)
      return refused('ENTRY_NOT_EDITABLE', `${file.kind} keep no entries under ${quote(collection ?? '')}`);
    return draft.with(place, id, fields);
  });
}

/** Sets and takes out keys of one entry. */
export function setFields(file: ContextText, { id, set, unset }: EntryEdit): Changed {
  return changing(file, (draft) => {
    if (draft.find(id) === null) return notFound(file, draft, id);
    if (isTwice(draft, id)) return twice(file, id);
    const wishes = [...Object.entries(set), ...unset.map((key) => [key, undefined] as const)];
    let now: Draft | null = draft;
    for (const [key, value] of wishes) {
      const entry: ContextEntry | null = now?.find(id) ?? null;
      now = entry === null ? null : (now?.withField(entry, key, value) ?? null);
    }
    return now;
  });
}

/** Takes an entry out. */
export function removeEntry(file: ContextText, id: string): Changed {
  return changing(file, (draft) => {
    const entry = draft.find(id);
    if (isTwice(draft, id)) return twice(file, id);
    return entry === null ? notFound(file, draft, id) : draft.without(entry);
  });
}

function changing(file: ContextText, change: (draft: Draft) => Draft | ChangeRefused | null): Changed {
  const text = file.text ?? '';
  const read = readContext(file.path, Buffer.from(text));
  if (!read.ok) {
    const [{ line, message } = { line: null, message: 'cannot be read' }] = read.problems;
    const place = line === null ? file.path : `${file.path}:${line}`;
    return refused('CONTEXT_UNREADABLE', `${place} ${message}: mend it first`);
  }
  const changed = change(Draft.of(file.kind, text));
  if (changed === null)
    return refused(
      'ENTRY_NOT_EDITABLE',
      `${file.path} has a form in which this cannot be changed for certain (anchors, aliases or remarks in brackets): edit it by hand under its lock, and record it`,
    );
  if (!(changed instanceof Draft)) return changed;
  return changed.text === file.text ? { kind: 'unchanged' } : { kind: 'changed', text: changed.text };
}

function refused(code: ChangeRefused['code'], message: string): ChangeRefused {
  return { kind: 'refused', code, message };
}

/** Ids that are named where one was not found. */
const idsShownMax = 10;

/** Two entries of one id are not told apart. */
function isTwice(draft: Draft, id: string): boolean {
  return draft.entries.filter((entry) => entry.id === id).length > 1;
}

const twice = ({ path }: ContextText, id: string): ChangeRefused =>
  refused('ENTRY_NOT_EDITABLE', `${path} has several entries ${quote(id)}: give each an id of its own first`);

function notFound({ path }: ContextText, draft: Draft, id: string): ChangeRefused {
  const ids = draft.entries.flatMap((entry) => (entry.id === null ? [] : [entry.id]));
  const shown = ids.slice(0, idsShownMax).join(', ');
  const more = ids.length > idsShownMax ? ` and ${ids.length - idsShownMax} more` : '';
  const has = ids.length === 0 ? 'it has no entries' : `it has ${shown}${more}`;
  return refused('ENTRY_NOT_FOUND', `${path} has no entry ${quote(id)}: ${has}`);
}
