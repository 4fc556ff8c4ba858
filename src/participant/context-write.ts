import { createHash } from 'node:crypto';
import { fileIn, type FilePath, type Grant, type ScopePath } from '../core/index.ts';
import type { Coordinator, Reply } from '../protocol/index.ts';
import { mayHaveCounted } from './joining.ts';
import { proofOf, type AgentSession } from './session.ts';
import type { Speaks } from './speaker.ts';
import { markMadeFrom, markOf, outlivedMarks } from './staged-marks.ts';

/** The files of a working tree, by their paths in the repository. */
export interface Files {
  /**
   * The path of what a path leads to, where folders or the file itself are links. Throws `INVALID_INPUT` when it leads out
   * of the working tree.
   */
  realPath(path: ScopePath): Promise<ScopePath>;
  /** The text of a file; null when there is none. */
  read(path: ScopePath): Promise<string | null>;
  /** Keeps a text beside a file, under a mark, durably. */
  stage(path: ScopePath, mark: string, text: string): Promise<void>;
  /** What is kept under a mark; null when nothing is. */
  staged(path: ScopePath, mark: string): Promise<string | null>;
  /** The marks under which texts are kept beside the file, others as well as {@link writeContext}'s. */
  marks(path: ScopePath): Promise<readonly string[]>;
  /** Puts it in the place of the file: all or nothing, also when the process is killed. */
  finish(path: ScopePath, mark: string): Promise<void>;
  discard(path: ScopePath, mark: string): Promise<void>;
  /** Keeps contents of the file, so that each can be had again; the last one as the newest. */
  keep(path: ScopePath, texts: readonly string[]): Promise<void>;
  /** A content by its SHA-256 (hex); null when it is not kept. */
  kept(path: ScopePath, digest: string): Promise<string | null>;
}

/** What of a lock says whether a file may be written under it: of a scope, or of a file of one. */
export type WritingLock = Pick<Grant, 'token'> & {
  readonly scope?: ScopePath | undefined;
  readonly file?: FilePath | undefined;
};

export interface ContextPorts {
  readonly coordinator: Pick<Coordinator, 'query'>;
  readonly speaker: Speaks;
  readonly files: Files;
}

/** What a context file is before it is written. */
export interface ContextBefore {
  /** Null: there is no file. */
  readonly text: string | null;
  /** The digest that the coordinator has of it; null: it knows of none. */
  readonly recorded: string | null;
  /** Whether it is not what was recorded: somebody has changed it, and told nobody. */
  readonly isForeign: boolean;
  /** Whether a writer was killed before what it had recorded was in its place, where it is now. */
  readonly wasRepaired: boolean;
  /** A content that it had, by its digest; null when it is not kept. */
  readonly kept: (digest: string) => Promise<string | null>;
}

export interface ContextChange {
  /** The new text; null: nothing is to be written. */
  make(before: ContextBefore): Promise<string | null> | string | null;
  /** Whether a foreign content may be written over, since `make` has taken account of it. */
  readonly overForeign: boolean;
}

export type Written =
  | { readonly kind: 'written'; readonly digest: string }
  /** There was nothing to write. */
  | { readonly kind: 'unchanged' }
  /** Another scope than those of the lock has the file, by its real path; `scope`: null when none has. */
  | { readonly kind: 'elsewhere'; readonly path: ScopePath; readonly scope: ScopePath | null }
  | { readonly kind: 'refused'; readonly reply: Extract<Reply, { ok: false }> };

/**
 * Changes a context file under a lock: the coordinator is asked first, under the lock's token, and notes what the file is
 * from now on. The text lies beside the file by then: who is killed between the two is followed by one who finds it there,
 * and puts it in its place first. What the file was, and is from then on, is kept. A link leads to a file of another
 * scope as well: where it is counts, and not what it is called.
 */
export async function writeContext(
  ports: ContextPorts,
  session: AgentSession,
  locks: readonly WritingLock[],
  named: ScopePath,
  change: ContextChange,
): Promise<Written> {
  for (let tries = 1; ; tries += 1) {
    const { written, isOvertaken } = await writeOnce(ports, session, locks, named, change);
    if (!isOvertaken || tries === triesMax) return written;
  }
}

/** The agent itself may write the file by another call at the same time: then the text is made anew. */
const triesMax = 10;

interface Tried {
  readonly written: Written;
  /** Whether something was recorded between reading and writing. */
  readonly isOvertaken: boolean;
}

async function writeOnce(
  ports: ContextPorts,
  session: AgentSession,
  locks: readonly WritingLock[],
  named: ScopePath,
  change: ContextChange,
): Promise<Tried> {
  const { files } = ports;
  const path = await files.realPath(named);
  const { scope, recorded, before, wasRepaired } = await seenOf(ports, session, path);
  const lock = locks.find((each) => covers(each, scope, path));
  if (scope === null || lock === undefined)
    return { written: { kind: 'elsewhere', path, scope }, isOvertaken: false };
  await removeOutlived(files, path, { token: lock.token, recorded });
  const isForeign = !isRecorded({ recorded, before });
  const kept = (digest: string): Promise<string | null> => files.kept(path, digest);
  const after = await change.make({ text: before, recorded, isForeign, wasRepaired, kept });
  if (after === null) return { written: { kind: 'unchanged' }, isOvertaken: false };
  const base = isForeign && change.overForeign ? recorded : before === null ? null : sha256(before);
  const written = await replace(ports, session, { scope, path, lock, before, after, base });
  const isConflict = written.kind === 'refused' && written.reply.rejection.code === 'CONTEXT_CONFLICT';
  return { written, isOvertaken: isConflict && (!isForeign || change.overForeign) };
}

interface Seen {
  /** The scope that has the file; null when none has. */
  readonly scope: ScopePath | null;
  readonly recorded: string | null;
  readonly before: string | null;
  readonly wasRepaired: boolean;
}

/**
 * What is recorded of a file and what it is, of one moment: the agent's own other calls record it first and put it in its
 * place then, so that two looks may fall on both sides of that. What differs is foreign once it was seen twice.
 */
async function seenOf(
  { coordinator, files }: ContextPorts,
  { agent, epoch }: AgentSession,
  path: ScopePath,
): Promise<Seen> {
  const look = async (): Promise<Seen> => {
    const asked = { agent, epoch, files: [path], token: null };
    const [around] = (await coordinator.query({ kind: 'mayWrite', ...asked })).scopes;
    if (around === undefined || around.path === null) return nowhere;
    const recorded = around.contexts[fileIn(around.path, path)]?.digest ?? null;
    return { scope: around.path, recorded, ...(await readRepaired(files, path, recorded)) };
  };
  let seen = await look();
  for (let tries = 1; !isRecorded(seen) && tries < triesMax; tries += 1) {
    const again = await look();
    if (again.recorded === seen.recorded && again.before === seen.before) break;
    seen = again;
  }
  return seen;
}

const nowhere: Seen = { scope: null, recorded: null, before: null, wasRepaired: false };

const isRecorded = ({ recorded, before }: Pick<Seen, 'recorded' | 'before'>): boolean =>
  recorded === null || (before !== null && sha256(before) === recorded);

interface Replacement {
  readonly scope: ScopePath;
  readonly path: ScopePath;
  readonly lock: WritingLock;
  readonly before: string | null;
  readonly after: string;
  /** The digest that is presented as the one last seen. */
  readonly base: string | null;
}

async function replace(
  { speaker, files }: ContextPorts,
  session: AgentSession,
  { scope, path, lock, before, after, base }: Replacement,
): Promise<Written> {
  const digest = sha256(after);
  const mark = markOf(before === null ? null : sha256(before), digest, lock.token);
  await files.stage(path, mark, after);
  const reply = await speaker
    .submit({
      kind: 'ContextModify',
      ...proofOf(session),
      scope,
      file: fileIn(scope, path),
      token: lock.token,
      digest,
      baseDigest: base,
    })
    .catch(async (error: unknown) => {
      // Nothing will ever be recorded of it, so that nobody would look for it.
      if (!mayHaveCounted(error)) await files.discard(path, mark);
      throw error;
    });
  if (!reply.ok) {
    await files.discard(path, mark);
    return { kind: 'refused', reply };
  }
  await putInPlace(files, path, { before, after, mark });
  return { kind: 'written', digest };
}

/** Whether a lock is of the file, or of the whole scope that it is in. */
function covers({ scope: locked, file }: WritingLock, scope: ScopePath | null, path: ScopePath): boolean {
  return locked !== undefined && locked === scope && (file === undefined || (file as string) === path);
}

/** The text of a file, once what was recorded of it, and made from what it is now, is in its place. */
async function readRepaired(
  files: Files,
  path: ScopePath,
  recorded: string | null,
): Promise<Pick<Seen, 'before' | 'wasRepaired'>> {
  const now = await files.read(path);
  const asItIs = { before: now, wasRepaired: false };
  if (recorded === null || isRecorded({ recorded, before: now })) return asItIs;
  const mark = markMadeFrom(await files.marks(path), now === null ? null : sha256(now), recorded);
  const text = mark === undefined ? null : await files.staged(path, mark);
  if (mark === undefined || text === null || sha256(text) !== recorded) return asItIs;
  await putInPlace(files, path, { before: now, after: text, mark });
  return { before: text, wasRepaired: true };
}

/** What writers have left that were killed, or stopped until their lock was another's. */
async function removeOutlived(
  files: Files,
  path: ScopePath,
  since: { readonly token: number; readonly recorded: string | null },
): Promise<void> {
  for (const mark of outlivedMarks(await files.marks(path), since)) await files.discard(path, mark);
}

interface Placing {
  readonly before: string | null;
  readonly after: string;
  readonly mark: string;
}

/** What the file was is kept, and what it is from now on. */
async function putInPlace(files: Files, path: ScopePath, { before, after, mark }: Placing): Promise<void> {
  await files.keep(path, before === null ? [after] : [before, after]);
  await files.finish(path, mark);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
