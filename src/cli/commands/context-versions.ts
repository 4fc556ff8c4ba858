/** What context files were, and putting that back. */
import { differences, type Difference } from '../../context/index.ts';
import { fileIn, type AgentId, type Revision, type ScopePath } from '../../core/index.ts';
import type { HistoryAnswer } from '../../protocol/index.ts';
import { CommandError, invalidInput } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { isDisabled } from '../answer/output.ts';
import type { Call } from '../call.ts';
import { contextTyping } from './context-named.ts';
import { line } from '../format/text.ts';
import { table } from '../format/table.ts';
import { clockTime } from '../format/time.ts';
import { fileToWrite, type FileInput } from './context-target.ts';
import { differencesText, digestOf, told } from './context-whole.ts';
import { writeFile, type WritingInput, type WrittenFile } from './context-write.ts';

export interface HistoryInput extends FileInput {
  readonly digest?: string;
}

/** When a content was recorded, and by whom. */
interface Recording {
  readonly revision: Revision;
  readonly atMs: number;
  readonly agent: AgentId;
}

interface Version {
  readonly digest: string;
  /** Null: nobody recorded it, or nobody knows any more. */
  readonly recorded: Recording | null;
  /** Whether the file says so now. */
  readonly isPresent: boolean;
  /** Whether it never was in the file: somebody wanted to write it, and was refused. */
  readonly isRefused: boolean;
  /** What differs from what the file was before; null: that cannot be told. */
  readonly changes: readonly Difference[] | null;
}

/** Contents that a file had and that are kept, the newest first; or one of them in full. */
export async function contextHistory(call: Call, input: HistoryInput): Promise<Outcome> {
  const file = await fileToWrite(call, input);
  const files = call.world.workingFiles(await call.repository());
  if (input.digest !== undefined) {
    const { digest, text } = await versionNamed(call, file, input.digest);
    return done(null, { file: file.path, digest, text }, () => text.replace(/\n$/, ''));
  }
  const present = await files.read(file.path);
  const { recordings, revision } = await recordingsOf(call, file).catch(noneWhereDisabled);
  const told = await versionsOf(files, file, { present, recordings });
  const { rhema, name } = await contextTyping(call);
  return done(revision, { file: file.path, versions: told }, (style) => {
    if (told.length === 0)
      return line`nothing is kept of ${file.path}: contents are kept from the first write under a lock on`;
    const rows = told.map(({ digest, recorded, isPresent, isRefused, changes }) => [
      { text: digest.slice(0, digestShown), emphasis: isPresent ? ('bold' as const) : ('plain' as const) },
      recorded === null ? null : clockTime(recorded.atMs, call.nowMs),
      recorded?.agent ?? null,
      changes === null ? null : differencesText(changes),
      isPresent ? 'now' : isRefused ? 'refused' : '',
    ]);
    const foot =
      present !== null && told.some(({ isPresent }) => isPresent) ? [] : [foreignText(file, present)];
    const next = line`put one back with ${rhema('context', 'restore', name(file.path), '--digest', 'DIGEST')}`;
    return [table(style, ['DIGEST', 'RECORDED', 'BY', 'CHANGES', ''], rows), ...foot, next].join('\n');
  });
}

interface Knowledge {
  readonly present: string | null;
  /** By digest, the newest first. */
  readonly recordings: ReadonlyMap<string, readonly Recording[]>;
}

/** Each with its own recording: a content that came back was recorded more than once. */
async function versionsOf(
  files: Files,
  { path, kind }: WrittenFile,
  { present, recordings }: Knowledge,
): Promise<readonly Version[]> {
  const left = new Map([...recordings].map(([digest, times]) => [digest, [...times]]));
  const kept = await files.list(path);
  const texts = new Map<string, string>();
  for (const { digest } of kept) texts.set(digest, (await files.kept(path, digest)) ?? '');
  const newest = kept.find(({ isRefused }) => !isRefused)?.digest;
  const now = present !== null && digestOf(present) === newest ? newest : null;
  const current = kept.findIndex(({ digest, isRefused }) => !isRefused && digest === now);
  return kept.map(({ digest, isRefused }, index) => {
    const before = kept.slice(index + 1).find((one) => !one.isRefused)?.digest ?? '';
    const after = texts.get(digest) ?? '';
    return {
      digest,
      recorded: isRefused ? null : (left.get(digest)?.shift() ?? null),
      isPresent: index === current,
      isRefused,
      changes: kind === null ? null : differences(kind, texts.get(before) ?? '', after),
    };
  });
}

function foreignText({ path }: WrittenFile, present: string | null): string {
  return present === null
    ? line`${path} is not there now`
    : line`what ${path} says now was written without being recorded`;
}

/** Digits of a digest that people are shown. */
const digestShown = 12;

export interface RestoreInput extends FileInput, WritingInput {
  /** A digest of the history; else what was recorded last, or where the file says that, what it was before. */
  readonly digest?: string;
}

/** Puts a content back that a file had. What it replaces is kept, too. */
export async function restoreContext(call: Call, input: RestoreInput): Promise<Outcome> {
  const file = await fileToWrite(call, input);
  const chosen = input.digest === undefined ? null : (await versionNamed(call, file, input.digest)).text;
  if (chosen === null && !(await mayBePutBack(call, file))) throw nothingKept(file);
  let repaired: string | null = null;
  const ended = await writeFile(call, input, file, 'restore', {
    overForeign: true,
    make: async ({ text, recorded, isForeign, wasRepaired, kept }, files) => {
      // It has just been put back, since whoever recorded it was killed.
      if (chosen === null && wasRepaired) repaired = recorded;
      if (chosen === null && wasRepaired) return null;
      const back = chosen ?? (isForeign && recorded !== null ? await kept(recorded) : null);
      const wanted = back ?? (isForeign ? null : await beforeThat(files, file.path, text));
      if (wanted === null) throw nothingKept(file);
      return wanted === text && !isForeign ? null : wanted;
    },
  });
  if (repaired === null || ended.kind !== 'unchanged') return told(call, file, ended, 'restored');
  return told(call, file, { kind: 'written', digest: repaired }, 'restored');
}

type Files = ReturnType<Call['world']['workingFiles']>;

/** Whether it is worth to wait for the lock: nobody else's writing makes a content come back that is kept nowhere. */
async function mayBePutBack(call: Call, file: WrittenFile): Promise<boolean> {
  const files = call.world.workingFiles(await call.repository());
  const path = await files.realPath(file.path);
  if ((await files.marks(path)).length > 0) return true;
  const text = await files.read(path);
  const present = text === null ? null : digestOf(text);
  return (await files.list(path)).some(({ digest }) => digest !== present);
}

/** The newest content that is another one than the present, and was in the file. */
async function beforeThat(files: Files, path: ScopePath, text: string | null): Promise<string | null> {
  const present = text === null ? null : digestOf(text);
  const kept = (await files.list(path)).filter(({ isRefused }) => !isRefused);
  const at = kept.findIndex(({ digest }) => digest === present);
  const earlier = kept.slice(at + 1).find(({ digest }) => digest !== present);
  return earlier === undefined ? null : files.kept(path, earlier.digest);
}

function nothingKept({ path }: WrittenFile): CommandError {
  const message = line`nothing is kept of ${path} that could be put back: see rhema context history`;
  return new CommandError('CONTEXT_NOT_KEPT', exitCodes.failure, message, { file: path });
}

async function versionNamed(
  call: Call,
  { path }: WrittenFile,
  text: string,
): Promise<{ readonly digest: string; readonly text: string }> {
  if (!/^[0-9a-f]{4,64}$/.test(text))
    throw invalidInput(`${JSON.stringify(text)} is no digest: rhema context history shows those of a file`);
  const files = call.world.workingFiles(await call.repository());
  const found = new Set(
    (await files.list(path)).map(({ digest }) => digest).filter((one) => one.startsWith(text)),
  );
  const [digest, ...others] = found;
  if (others.length > 0) throw invalidInput(`${text} begins several digests: give more of it`);
  const kept = digest === undefined ? null : await files.kept(path, digest);
  if (digest !== undefined && kept !== null) return { digest, text: kept };
  const message = line`no content ${text} of ${path} is kept: see rhema context history`;
  throw new CommandError('CONTEXT_NOT_KEPT', exitCodes.failure, message, { file: path, digest: text });
}

/** Where coordination is disabled nobody recorded anything. */
function noneWhereDisabled(error: unknown): {
  readonly recordings: ReadonlyMap<string, readonly Recording[]>;
  readonly revision: null;
} {
  if (isDisabled(error)) return { recordings: new Map(), revision: null };
  throw error;
}

/** Entries of the log that are looked through at once, and pages of them at most. */
const pageEntries = 500;
const pagesMax = 4;

/** By digest, when each was recorded, the newest first. */
async function recordingsOf(
  call: Call,
  { path }: WrittenFile,
): Promise<{ readonly recordings: ReadonlyMap<string, readonly Recording[]>; readonly revision: Revision }> {
  const coordinator = await call.coordinator();
  const { scopes, revision } = await coordinator.query({ kind: 'scopesOf', paths: [path] });
  const scope = scopes[0] ?? null;
  const recordings = new Map<string, Recording[]>();
  let before: Revision | null = null;
  for (let page = 0; scope !== null && page < pagesMax; page += 1) {
    const filter = { scope, events: ['context.modified'] };
    const answer: HistoryAnswer = await coordinator.query({
      kind: 'history',
      filter,
      limit: pageEntries,
      before,
    });
    for (const entry of answer.entries)
      for (const event of entry.events)
        if (event.kind === 'context.modified' && event.file === fileIn(scope, path)) {
          const times = recordings.get(event.digest) ?? [];
          recordings.set(event.digest, times);
          times.push({ revision: entry.revision, atMs: entry.atMs, agent: event.agent });
        }
    if (answer.nextBefore === null) break;
    before = answer.nextBefore;
  }
  return { recordings, revision };
}
