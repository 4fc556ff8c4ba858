/** Entries of context files are added, changed and removed. */
import {
  addWithDefaults,
  removeEntry,
  setTyped,
  typedEdit,
  type Changed,
  type ContextText,
  type EntryChanged,
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
import { revisionOfWrite, writeFile, type WritingInput } from './context-write.ts';

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
  const edit = typedEdit({}, { set: assignments(input.fields), unset: [] });
  if (typeof edit === 'string') throw usageError(edit);
  const said = edit.set;
  if (Object.keys(said).every((key) => key === 'id'))
    throw usageError(`say what the entry is, such as title='Rename the session'; see rhema help context add`);
  const collection = input.under ?? null;
  return change(call, input, 'add to', (file) =>
    addWithDefaults(file, said, { collection, nowMs: call.nowMs }),
  );
}

/** Sets keys of an entry, and takes others out. */
export async function setInContext(call: Call, input: SetInput): Promise<Outcome> {
  const set = assignments(input.fields);
  const { id, unset = [] } = input;
  const swallowed = unset.find((key) => key.includes('='));
  if (swallowed !== undefined)
    throw usageError(
      `--unset takes keys, and ${JSON.stringify(swallowed)} is none: write what is set before --unset`,
    );
  if (Object.keys(set).length + unset.length === 0)
    throw usageError(`say what to set, such as status=completed; see rhema help context set`);
  return change(call, input, 'change', (file) => setTyped(file, { id, set, unset }, call.nowMs));
}

export async function removeFromContext(call: Call, input: RemoveInput): Promise<Outcome> {
  const { id } = input;
  return change(call, input, 'remove from', (file) => ({ id, changed: removeEntry(file, id) }));
}

async function change(
  call: Call,
  input: FileInput & WritingInput,
  verb: string,
  make: (file: ContextText) => EntryChanged,
): Promise<Outcome> {
  const file = await fileWithEntries(call, input);
  let id = '';
  const ended = await writeFile(call, input, file, verb, {
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
  return done(await revisionOfWrite(call), data, () =>
    isWritten ? line`${path}: ${pastOf[verb] ?? 'changed'} ${id}` : line`${path}: ${id} says so already`,
  );
}

const pastOf: Readonly<Record<string, string>> = { 'add to': 'added', 'remove from': 'removed' };

function refused({ code, message }: Extract<Changed, { kind: 'refused' }>, file: ScopePath): CommandError {
  const exitCode = code === 'ENTRY_NOT_FOUND' ? exitCodes.failure : exitCodes.refused;
  return new CommandError(code, exitCode, message, { file });
}
