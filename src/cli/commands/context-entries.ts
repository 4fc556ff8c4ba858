/** Entries of context files are added, changed and removed. */
import {
  addEntry,
  consequencesOf,
  defaultsOf,
  Draft,
  freeId,
  readContext,
  removeEntry,
  setFields,
  type Changed,
  type ContextKind,
  type ContextText,
  type Fields,
} from '../../context/index.ts';
import type { ScopePath } from '../../core/index.ts';
import { CommandError, usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { fileWithEntries, type FileInput } from './context-target.ts';
import { assignments } from './context-assignments.ts';
import { refuseNewErrors } from './context-soundness.ts';
import { writeFile, type WritingInput } from './context-write.ts';
import { revisionNow } from './speak.ts';

interface EntryInput extends FileInput, WritingInput {
  readonly fields: readonly string[];
}

export interface AddInput extends EntryInput {
  /** The key at the top of the file under which the entry goes. */
  readonly under?: string;
}

export interface SetInput extends EntryInput {
  readonly id: string;
  readonly unset?: readonly string[];
}

export interface RemoveInput extends FileInput, WritingInput {
  readonly id: string;
}

/** Appends an entry to the file, which is made where there is none. */
export async function addToContext(call: Call, input: AddInput): Promise<Outcome> {
  const { id: given, ...fields } = assignments(input.fields);
  if (Object.keys(fields).length === 0)
    throw usageError(`say what the entry is, such as title='Rename the session'; see rhema help context add`);
  let id = '';
  return change(call, input, 'add to', ({ path, kind, text }) => {
    const draft = draftOf(kind, text);
    const place = (input.under === undefined ? null : draft.placeIn(input.under)) ?? draft.usualPlace;
    id = typeof given === 'string' && given !== '' ? given : freeId(draft, place.form, nameIn(fields));
    const usual = {
      ...defaultsOf(kind, place.form, call.nowMs),
      ...(fields['status'] === undefined ? {} : consequencesOf(kind, place.form, fields, call.nowMs).set),
    };
    const said = { ...fields, ...without(usual, fields) };
    return {
      id,
      changed: addEntry({ path, kind, text }, { id, fields: said, collection: input.under ?? null }),
    };
  });
}

/** Sets keys of an entry, and takes others out. */
export async function setInContext(call: Call, input: SetInput): Promise<Outcome> {
  const set = assignments(input.fields);
  const { id, unset = [] } = input;
  if (Object.keys(set).length + unset.length === 0)
    throw usageError(`say what to set, such as status=completed; see rhema help context set`);
  return change(call, input, 'change', (file) => {
    const form = draftOf(file.kind, file.text).find(id)?.form ?? 'list';
    const more = consequencesOf(file.kind, form, set, call.nowMs);
    const edit = { id, set: { ...set, ...without(more.set, set) }, unset: [...unset, ...more.unset] };
    return { id, changed: setFields(file, edit) };
  });
}

export async function removeFromContext(call: Call, input: RemoveInput): Promise<Outcome> {
  const { id } = input;
  return change(call, input, 'remove from', (file) => ({ id, changed: removeEntry(file, id) }));
}

interface EntryChange {
  readonly id: string;
  readonly changed: Changed;
}

async function change(
  call: Call,
  input: FileInput & WritingInput,
  verb: string,
  make: (file: ContextText) => EntryChange,
): Promise<Outcome> {
  const file = await fileWithEntries(call, input);
  let id = '';
  const ended = await writeFile(call, input, file, `${verb}`, {
    make: async ({ text }) => {
      const made = make({ ...file, text });
      ({ id } = made);
      if (made.changed.kind === 'refused') throw refused(made.changed, file.path);
      if (made.changed.kind === 'unchanged') return null;
      refuseNewErrors(call, file, text, made.changed.text);
      return made.changed.text;
    },
  });
  if (ended.kind === 'ended') return ended.outcome;
  return toldOf(call, file.path, verb, { id, isWritten: ended.kind === 'written' });
}

async function toldOf(
  call: Call,
  path: ScopePath,
  verb: string,
  { id, isWritten }: { readonly id: string; readonly isWritten: boolean },
): Promise<Outcome> {
  const data = { file: path, id, changed: isWritten };
  return done(await revisionNow(call), data, () =>
    isWritten ? line`${path}: ${pastOf[verb] ?? 'changed'} ${id}` : line`${path}: ${id} says so already`,
  );
}

const pastOf: Readonly<Record<string, string>> = { 'add to': 'added', 'remove from': 'removed' };

function refused({ code, message }: Extract<Changed, { kind: 'refused' }>, file: ScopePath): CommandError {
  const exitCode = code === 'ENTRY_NOT_FOUND' ? exitCodes.failure : exitCodes.refused;
  return new CommandError(code, exitCode, message, { file });
}

/** A text that cannot be read has no entries; the change itself says why it cannot be read. */
function draftOf(kind: ContextKind, text: string | null): Draft {
  return Draft.of(kind, text !== null && readContext('', Buffer.from(text)).ok ? text : '');
}

function without(these: Fields, others: Fields): Fields {
  return Object.fromEntries(Object.entries(these).filter(([key]) => !(key in others)));
}

function nameIn({ title, name, description }: Fields): string {
  return [title, name, description].find((text) => typeof text === 'string') ?? '';
}
