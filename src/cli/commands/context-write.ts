/** Writing context files under their locks: joins where nobody has, acquires what is not held, and gives back what it took. */
import { createHash } from 'node:crypto';
import type { ContextKind } from '../../context/index.ts';
import {
  namesOf,
  wishOfNames,
  type FilePath,
  type Grant,
  type Rejection,
  type Revision,
  type ScopePath,
  type Wish,
} from '../../core/index.ts';
import {
  claimOf,
  proofOf,
  releaseGrants,
  writeContext,
  type AgentSession,
  type ContextBefore,
  type ContextChange,
  type Written,
} from '../../participant/index.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Outcome } from '../answer/outcome.ts';
import { isDisabled } from '../answer/output.ts';
import type { Call } from '../call.ts';
import { contextTyping } from './context-named.ts';
import { line } from '../format/text.ts';
import type { WorkingFiles } from '../world/world.ts';
import type { Acting } from './acting.ts';
import { acquire, notGranted, waitWish } from './acquiring.ts';
import { agentPorts, changedBy, refusal, revisionNow, submit } from './speak.ts';
import { quietly, takePart, type Passing } from './taking-part.ts';

export interface WritingInput extends Acting {
  readonly wait?: string | true;
}

/** The file that is written. */
export interface WrittenFile {
  readonly path: ScopePath;
  /** Null: it has no entries. */
  readonly kind: ContextKind | null;
}

/** How a text came about that is to be written. */
export interface Making {
  /** `files` are those of the working tree, `resolution` what `conflict_resolution` says. */
  readonly make: (
    before: ContextBefore,
    files: WorkingFiles,
    resolution: Resolution,
  ) => Promise<string | null>;
  /** Whether a content is written over in any case that nobody told the coordinator of. */
  readonly overForeign?: boolean;
}

export type Resolution = (typeof resolutions)[number];

export type Ended =
  | {
      readonly kind: 'written';
      readonly digest: string;
      /** Coordination is disabled: under no lock, and noted in no log. */
      readonly isFree?: true;
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

const passing: Passing = { program: 'rhema context', name: 'context', lingersMs: 0 };

/** How long a lock is waited for where nothing is said: writing takes no time. */
const waitUnlessSaid = '10s';

/** Writes one context file. `verb` says in the log what for. Where coordination is disabled, it is just written. */
export async function writeFile(
  call: Call,
  input: WritingInput,
  file: WrittenFile,
  verb: string,
  making: Making,
): Promise<Ended> {
  try {
    return await writeCoordinated(call, input, file, verb, making);
  } catch (error) {
    if (!isDisabled(error)) throw error;
    return writeFreely(call, file, making);
  }
}

/** Under no lock, and noted in no log; what it replaces is kept all the same. */
async function writeFreely(call: Call, file: WrittenFile, { make }: Making): Promise<Ended> {
  const files = call.world.workingFiles(await call.repository());
  const path = await files.realPath(file.path);
  const text = await files.read(path);
  const kept = (digest: string): Promise<string | null> => files.kept(path, digest);
  const before = { text, recorded: null, isForeign: false, wasRepaired: false, kept };
  const after = await make(before, files, await resolutionOf(call));
  if (after === null) return { kind: 'unchanged' };
  const mark = call.world.newRequestId();
  await files.stage(path, mark, after);
  await files.keep(path, text === null ? [after] : [text, after]);
  await files.finish(path, mark);
  return { kind: 'written', digest: createHash('sha256').update(after).digest('hex'), isFree: true };
}

/** Of an answer about a file; null where coordination is disabled. */
export async function revisionOfWrite(call: Call): Promise<Revision | null> {
  return revisionNow(call).catch((error: unknown) => {
    if (isDisabled(error)) return null;
    throw error;
  });
}

async function writeCoordinated(
  call: Call,
  input: WritingInput,
  file: WrittenFile,
  verb: string,
  making: Making,
): Promise<Ended> {
  const part = await takePart(call, input, passing);
  if (part.kind === 'refused') return { kind: 'ended', outcome: part.outcome };
  const { session, joined } = part;
  try {
    for (let tries = 1; ; tries += 1) {
      const ended = await writeAs(call, session, input, file, verb, making);
      if (ended.kind !== 'ended' || tries === triesMax || !isGivenBack(ended.outcome)) return ended;
    }
  } finally {
    if (joined) await leave(call, session);
  }
}

/** Another command of the same agent may have given the lock back that both had. */
const triesMax = 10;

function isGivenBack(outcome: Outcome): boolean {
  return (
    outcome.kind === 'refused' && (outcome.code === 'LOCK_NOT_HELD' || outcome.code === 'STALE_FENCING_TOKEN')
  );
}

async function leave(call: Call, session: AgentSession): Promise<void> {
  await quietly(call, 'leaving', async () => {
    await submit(call, {
      kind: 'AgentLeave',
      ...proofOf(session),
      ...(await changedBy(call, session, null)),
    });
    await call.world.sessions.remove(await call.repository(), session.agent);
  });
}

async function writeAs(
  call: Call,
  session: AgentSession,
  input: WritingInput,
  file: WrittenFile,
  verb: string,
  making: Making,
): Promise<Ended> {
  const held = await heldOver(call, session, file.path);
  if (held.length > 0) return writeUnder(call, session, held, file, making);
  const { wish } = await claimOf(await call.coordinator(), { scopes: [], files: [fileOf(file)] });
  // A free file needs no lock to be edited; to be written here it does, so that no two write it at once.
  const named: Wish = namesOf(wish).length === 0 ? { scopes: [], files: [fileOf(file)] } : wish;
  const wait = await waitWish(input.wait ?? waitUnlessSaid);
  const asked = { ...named, ttlMs: null, wait, reason: line`${verb} ${file.path}` };
  const acquired = await acquire(call, session, asked);
  if (acquired.kind !== 'granted')
    return { kind: 'ended', outcome: await notGranted(call, session, named, acquired) };
  try {
    return await writeUnder(call, session, acquired.locks, file, making);
  } finally {
    await quietly(call, 'releasing', async () => {
      const { speaker } = await agentPorts(call);
      // What another command of the agent has taken, that one gives back.
      const own = acquired.locks.filter(({ already }) => already !== true);
      if (own.length > 0)
        await releaseGrants(speaker, session, own, await changedBy(call, session, wishOfNames(own)));
    });
  }
}

const fileOf = ({ path }: WrittenFile): FilePath => path as string as FilePath;

/** What it holds that covers the file. */
async function heldOver(
  call: Call,
  { agent, epoch }: AgentSession,
  path: ScopePath,
): Promise<readonly Grant[]> {
  const coordinator = await call.coordinator();
  const { scopes } = await coordinator.query({ kind: 'mayWrite', agent, epoch, files: [path], token: null });
  const [around] = scopes;
  if (around === undefined) return [];
  const { locks } = await coordinator.query({ kind: 'status', at: null });
  return locks.filter(
    (lock) =>
      lock.agent === agent &&
      lock.epoch === epoch &&
      lock.scope === around.path &&
      (lock.file === undefined || (lock.file as string) === path),
  );
}

async function writeUnder(
  call: Call,
  session: AgentSession,
  locks: readonly Grant[],
  file: WrittenFile,
  { make, overForeign = false }: Making,
): Promise<Ended> {
  const repository = await call.repository();
  const files = call.world.workingFiles(repository);
  const resolution = await resolutionOf(call);
  const ports = { ...(await agentPorts(call)), files };
  let seen: ContextBefore | null = null;
  const change: ContextChange = {
    make: (before) => {
      seen = before;
      return make(before, files, resolution);
    },
    overForeign: overForeign || resolution !== 'manual',
  };
  const written = await writeContext(ports, session, locks, file.path, change);
  if (isForeignConflict(written, seen)) throw await foreignConflict(call, file, written.reply.rejection);
  return endOf(call, session, file, written);
}

type Refused = Extract<Written, { kind: 'refused' }>;

function isForeignConflict(written: Written, before: ContextBefore | null): written is Refused {
  return (
    written.kind === 'refused' &&
    written.reply.rejection.code === 'CONTEXT_CONFLICT' &&
    before?.isForeign === true
  );
}

/** The coordinator knows only that the content is another one than was recorded. */
async function foreignConflict(
  call: Call,
  { path }: WrittenFile,
  { details }: Rejection,
): Promise<CommandError> {
  const { rhema, name } = await contextTyping(call);
  const { agent } = details as { readonly agent?: string };
  const since = agent === undefined ? '' : line` since ${agent} recorded it`;
  return new CommandError(
    'CONTEXT_CONFLICT',
    exitCodes.refused,
    line`nothing was written: ${path} was changed${since}, and nobody recorded that: look at it; then ${rhema('context', 'record', name(path))} takes it as it is, or ${rhema('context', 'restore', name(path))} puts back what was recorded`,
    { file: path, ...details },
  );
}

async function endOf(call: Call, session: AgentSession, file: WrittenFile, written: Written): Promise<Ended> {
  switch (written.kind) {
    case 'written':
    case 'unchanged':
      return written;
    case 'refused':
      return {
        kind: 'ended',
        outcome: await refusal(call, written.reply, { agent: session.agent }),
      };
    case 'elsewhere': {
      const where = written.scope === null ? 'in no scope' : line`of ${written.scope}`;
      const message = line`${file.path} leads to ${written.path}, which is ${where}: name that file`;
      throw new CommandError('LOCK_NOT_HELD', exitCodes.refused, message, {
        path: written.path,
        scope: written.scope,
      });
    }
  }
}

/** What is done where a file is not what its writer began with: `manual` is for whoever has not chosen. */
export async function resolutionOf(call: Call): Promise<Resolution> {
  const { entries } = await call.world.inspection.configuration(await call.repository());
  const conflictResolution = entries.find(({ key }) => key === resolutionKey)?.value;
  return resolutions.find((one) => one === conflictResolution) ?? 'manual';
}

const resolutionKey = 'agent_coordination.sync_settings.conflict_resolution';
const resolutions = ['manual', 'merge', 'latest'] as const;
