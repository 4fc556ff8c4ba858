/** Changes of entries as people and agents ask for them: what goes without saying is added. */
import { addEntry, setFields, type Changed, type ContextText, type EntryEdit } from './change.ts';
import { Draft } from './draft.ts';
import { consequencesOf, defaultsOf, freeId } from './new-entry.ts';
import { readContext } from './read.ts';
import { examineContext, type ContextProblem } from './rules/index.ts';
import { typedEdit } from './typed.ts';
import type { Fields } from './written.ts';

/** A change, and the entry that it is of. */
export interface EntryChanged {
  readonly id: string;
  readonly changed: Changed;
}

/** Appends an entry; without an `id` it gets one that is made of what it is called. */
export function addWithDefaults(
  file: ContextText,
  { id: given, ...fields }: Fields,
  { collection, nowMs }: { readonly collection: string | null; readonly nowMs: number },
): EntryChanged {
  const draft = draftOf(file);
  const { form } = (collection === null ? null : draft.placeIn(collection)) ?? draft.usualPlace;
  const id = typeof given === 'string' && given !== '' ? given : freeId(draft, form, nameIn(fields));
  const usual = {
    ...defaultsOf(file.kind, form, nowMs),
    ...(fields['status'] === undefined ? {} : consequencesOf(file.kind, form, fields, nowMs).set),
  };
  const said = { ...fields, ...without(usual, fields) };
  return { id, changed: addEntry(file, { id, fields: said, collection }) };
}

/** Sets keys of an entry, and takes others out. */
export function setWithConsequences(
  file: ContextText,
  { id, set, unset }: EntryEdit,
  nowMs: number,
): EntryChanged {
  const form = draftOf(file).find(id)?.form ?? 'list';
  const more = consequencesOf(file.kind, form, set, nowMs);
  const edit = { id, set: { ...set, ...without(more.set, set) }, unset: [...unset, ...more.unset] };
  return { id, changed: setFields(file, edit) };
}

/** As {@link setWithConsequences}, of keys as they are typed; see {@link typedEdit}. */
export function setTyped(file: ContextText, { id, ...typed }: EntryEdit, nowMs: number): EntryChanged {
  const draft = draftOf(file);
  const entry = draft.find(id);
  const edit = typedEdit(entry === null ? {} : draft.valueOf(entry), typed);
  if (typeof edit !== 'string') return setWithConsequences(file, { id, ...edit }, nowMs);
  return { id, changed: { kind: 'refused', code: 'ENTRY_NOT_EDITABLE', message: edit } };
}

/** Changes the entry of that `id`, or appends it where there is none. A key that is null is taken out. */
export function putEntry(file: ContextText, fields: Fields, nowMs: number): EntryChanged {
  const { id, ...others } = fields;
  if (typeof id !== 'string' || draftOf(file).find(id) === null)
    return addWithDefaults(file, fields, { collection: null, nowMs });
  const unset = Object.keys(others).filter((key) => others[key] === null);
  const set = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== null));
  return setWithConsequences(file, { id, set, unset }, nowMs);
}

/** What would be wrong with a text that was not wrong before: what is broken already hinders nobody from changing more. */
export function newProblems({ path, kind, text }: ContextText, after: string): readonly ContextProblem[] {
  const problemsOf = (one: string): readonly ContextProblem[] =>
    examineContext(path, kind, Buffer.from(one)).problems;
  // Lines move with every change.
  const markOf = ({ rule, entry, message }: ContextProblem): string => JSON.stringify([rule, entry, message]);
  const known = new Set(text === null ? [] : problemsOf(text).map(markOf));
  return problemsOf(after).filter((problem) => !known.has(markOf(problem)));
}

/** A text that cannot be read has no entries; the change itself says why it cannot be read. */
function draftOf({ kind, text }: ContextText): Draft {
  return Draft.of(kind, text !== null && readContext('', Buffer.from(text)).ok ? text : '');
}

function without(these: Fields, others: Fields): Fields {
  return Object.fromEntries(Object.entries(these).filter(([key]) => !(key in others)));
}

function nameIn({ title, name, description }: Fields): string {
  return [title, name, description].find((text) => typeof text === 'string') ?? '';
}
