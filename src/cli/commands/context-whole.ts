/** Context files are written as a whole, recorded as they are, and put back. */
import { createHash } from 'node:crypto';
import { differences, mergeContext, type Clash, type Difference } from '../../context/index.ts';
import type { ContextBefore } from '../../participant/index.ts';
import { count } from '../../wording/index.ts';
import { CommandError, usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { contextTyping } from './context-named.ts';
import { line } from '../format/text.ts';
import type { WorkingFiles } from '../world/world.ts';
import { refuseNewErrors } from './context-soundness.ts';
import { fileToWrite, mustBeRead, type FileInput } from './context-target.ts';
import {
  revisionOfWrite,
  writeFile,
  type Ended,
  type Resolution,
  type WritingInput,
  type WrittenFile,
} from './context-write.ts';

export interface WriteInput extends FileInput, WritingInput {
  /** A file that has the text; else it comes from standard input. */
  readonly from?: string;
  /** The digest of what its writer began with, as `context history` and `context show` tell it. */
  readonly base?: string;
}

/** Replaces a context file. Where it is not what the writer began with, `conflict_resolution` says what becomes of both. */
export async function writeContextFile(call: Call, input: WriteInput): Promise<Outcome> {
  const { base, from = null } = input;
  if (base !== undefined && !/^[0-9a-f]{12,64}$/.test(base))
    throw usageError('--base takes a digest of 12 to 64 hex digits, as rhema context history shows it');
  const file = await fileToWrite(call, input);
  if (file.kind !== null) await mustBeRead(call, file.path, file.kind);
  const mine = await call.world.readInput(call.cwd, from);
  const ended = await writeFile(call, input, file, 'write', {
    make: async (before, files, resolution) => {
      const text = await resolved({ call, file, mine, base: base ?? null, before, files, resolution });
      if (text !== null) refuseNewErrors(call, file, before.text, text);
      return text;
    },
  });
  return told(call, file, ended, 'written');
}

/** Takes note of a context file as it is, whoever has changed it. */
export async function recordContextFile(call: Call, input: FileInput & WritingInput): Promise<Outcome> {
  const file = await fileToWrite(call, input);
  const ended = await writeFile(call, input, file, 'record', {
    overForeign: true,
    make: async ({ text, recorded }) => {
      if (text === null)
        throw new CommandError(
          'CONTEXT_FILE_NOT_FOUND',
          exitCodes.failure,
          line`there is no ${file.path} to record: rhema context restore puts back what it was`,
          { file: file.path },
        );
      return digestOf(text) === recorded ? null : text;
    },
  });
  return told(call, file, ended, 'recorded');
}

export async function told(
  call: Call,
  { path }: WrittenFile,
  ended: Ended,
  past: 'written' | 'recorded' | 'restored',
): Promise<Outcome> {
  if (ended.kind === 'ended') return ended.outcome;
  const isWritten = ended.kind === 'written';
  const digest = isWritten ? ended.digest : null;
  const isNoted = !(isWritten && ended.isFree === true);
  const unnoted = past === 'recorded' ? keptOnly : `${past}; ${notNoted}`;
  return done(await revisionOfWrite(call), { file: path, changed: isWritten, digest }, () =>
    isWritten ? line`${path}: ${isNoted ? past : unnoted}` : line`${path}: nothing to do, it is so already`,
  );
}

const notNoted = 'coordination is disabled, so no lock was taken, and no log notes it';
const keptOnly = 'kept, but not recorded: coordination is disabled, and no log notes it';

interface Meeting {
  readonly call: Call;
  readonly file: WrittenFile;
  readonly mine: string;
  readonly base: string | null;
  readonly before: ContextBefore;
  readonly files: WorkingFiles;
  readonly resolution: Resolution;
}

/** The text to be written; null where it is there already. */
async function resolved(meeting: Meeting): Promise<string | null> {
  const { mine, base, before, resolution } = meeting;
  const theirs = before.text;
  if (theirs === mine) return before.isForeign || before.recorded === null ? mine : null;
  const isAsBegun = theirs === null ? base === null : base !== null && digestOf(theirs).startsWith(base);
  if (isAsBegun || resolution === 'latest') return mine;
  return resolution === 'merge' ? merged(meeting) : Promise.reject(await conflict(meeting, null));
}

async function merged(meeting: Meeting): Promise<string> {
  const { file, mine, before } = meeting;
  const begun = await begunWith(meeting);
  const { kind } = file;
  if (kind === null || begun === null || before.text === null) throw await conflict(meeting, null);
  const result = mergeContext({ kind, base: begun, mine, theirs: before.text });
  if (result.kind === 'merged') return result.text;
  throw await conflict(meeting, result.kind === 'clash' ? result.clashes : null);
}

/** What its writer began with; null where that is not known. */
async function begunWith({ base, before, files, file }: Meeting): Promise<string | null> {
  if (base === null) return null;
  const version = (await files.list(file.path)).find(({ digest }) => digest.startsWith(base));
  return version === undefined ? null : before.kept(version.digest);
}

/** Both versions are kept, so that nobody has to write anything again. */
async function conflict(meeting: Meeting, clashes: readonly Clash[] | null): Promise<CommandError> {
  const { call, file, mine, base, before, files } = meeting;
  const { rhema, name } = await contextTyping(call);
  await files.keepRefused(file.path, mine);
  if (before.text !== null) await files.keep(file.path, [before.text]);
  const begun = await begunWith(meeting);
  const between =
    file.kind === null || begun === null || before.text === null
      ? null
      : differences(file.kind, begun, before.text);
  const digests = { mine: digestOf(mine), theirs: before.text === null ? null : digestOf(before.text) };
  const what =
    before.text === null
      ? 'is not there any more'
      : base === null
        ? 'is there already, and you did not say what you began with (--base)'
        : 'is not what you began with';
  const lines = [
    line`nothing was written: ${file.path} ${what}`,
    ...(between === null ? [] : [line`since then: ${differencesText(between)}`]),
    ...(clashes ?? []).map(clashText),
    `your text is kept as ${digests.mine.slice(0, 12)}, what is there as ${digests.theirs?.slice(0, 12) ?? 'nothing'}: ${rhema('context', 'history', name(file.path))}`,
  ];
  return new CommandError('CONTEXT_CONFLICT', exitCodes.refused, lines.join('; '), {
    file: file.path,
    ...digests,
    base,
    between,
    clashes,
  });
}

/** For people: which entries became what. */
export function differencesText(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'other layout or remarks only';
  const shown = differences.slice(0, differencesShownMax).map(({ id, change, keys }) => {
    const what = id === null ? `key ${keys.join(', ')}` : id;
    return change === 'changed' && id !== null ? `${what} changed (${keys.join(', ')})` : `${what} ${change}`;
  });
  const left = differences.length - shown.length;
  return [...shown, ...(left === 0 ? [] : [count(left, 'more change')])].join(', ');
}

const differencesShownMax = 8;

function clashText({ id, key }: Clash): string {
  const where = [id, key].filter((part) => part !== null).join('.');
  return line`both changed ${where}`;
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
