import { asRevision, type ScopePath } from '../../core/index.ts';
import type { ContextBefore, Written } from '../../participant/index.ts';
import { record, write, type Recorded, type Visit } from '../../participant/desk/index.ts';
import { invalidInput } from '../../protocol/index.ts';
import { refused, told, type ToolAnswer } from '../answer.ts';
import { informedRefusal } from '../informed-refusals.ts';
import { fileNamed } from '../scopes.ts';
import { quoted } from '../text.ts';
import { syncAgainText } from '../views.ts';
import type { EntryOutcome, EntryWish } from '../ports.ts';
import type { ToolArguments } from '../schemas.ts';
import type { AgentHandler, Work } from './handler.ts';

/** Records what a context file of a scope is now, under the scope's lock; or changes one entry of it before. */
export const recordContext: AgentHandler<'context_record'> = async (work, visit, input) => {
  const { workspace } = work;
  const path = await fileNamed(workspace, input.path);
  const wish = wishIn(input);
  if (wish !== null) return writeEntry(work, visit, { path, wish, token: input.token });
  const token = input.token === undefined ? null : asRevision(input.token);
  const digestOf = (file: ScopePath): Promise<string | null> => workspace.digestOf(file);
  const recorded = await record(workspace.coordinator, visit, { path, token, digestOf });
  switch (recorded.kind) {
    case 'recorded':
      return recordedAnswer(recorded);
    case 'refused':
      return informedRefusal(work, visit.agent, recorded.rejection);
    case 'outside':
      return refused('SCOPE_NOT_FOUND', `${quoted(path)} is in no scope.`, null);
    case 'noFile':
      throw invalidInput('path', `there is no file ${quoted(path)}: write it first`);
  }
};

function recordedAnswer(recorded: Extract<Recorded, { kind: 'recorded' }>): ToolAnswer {
  const { scope, file, token, isTaken, unseen, invalidated } = recorded;
  const text = [
    `RECORDED ${quoted(file)} of ${quoted(scope)} under token ${token}.`,
    ...(isTaken
      ? [`It was free, and you hold it now: lock_release ${quoted(scope)} when you are done.`]
      : []),
    ...(unseen === null
      ? []
      : [
          `It is what ${unseen.agent} recorded, @${unseen.revision}: if you wrote anything else there, that is gone. Read the file.`,
        ]),
    ...(invalidated.length === 0 ? [] : [syncAgainText(invalidated)]),
  ].join('\n');
  return told(text, { scope, file, token, invalidated: invalidated.length });
}

/** Null: the file is recorded as it is. */
function wishIn({ entry, remove }: ToolArguments<'context_record'>): EntryWish | null {
  if (entry === undefined) return remove === undefined ? null : { remove };
  if (remove !== undefined) throw invalidInput('remove', 'give either entry or remove');
  return { entry };
}

interface EntryInput {
  readonly path: ScopePath;
  readonly wish: EntryWish;
  readonly token: number | undefined;
}

async function writeEntry(work: Work, visit: Visit, input: EntryInput): Promise<ToolAnswer> {
  const { path, wish, token } = input;
  const { coordinator, contexts } = work.workspace;
  // Before anybody is sent for a lock of it.
  await contexts.mustHaveEntries(path);
  let made: EntryOutcome | null = null;
  let isForeign = false;
  const change = {
    overForeign: await contexts.overForeign(),
    make: async ({ text, ...before }: ContextBefore): Promise<string | null> => {
      ({ isForeign } = before);
      made = await contexts.change(path, text, wish);
      return made.kind === 'changed' ? made.text : null;
    },
  };
  const asked = {
    path,
    token: token === undefined ? null : asRevision(token),
    files: contexts.files(),
    change,
  };
  const written = await write(coordinator, visit, asked);
  if (written.kind === 'refused' && isForeign && written.reply.rejection.code === 'CONTEXT_CONFLICT')
    return foreign(path);
  if (written.kind === 'refused') return informedRefusal(work, visit.agent, written.reply.rejection);
  if (written.kind === 'elsewhere') return notHeld(path, written);
  return entryAnswer(input, made, written.kind === 'written' ? written.digest : null);
}

/** The coordinator knows only that the content is another one than was recorded. */
function foreign(path: ScopePath): ToolAnswer {
  return refused(
    'CONTEXT_CONFLICT',
    `${quoted(path)} is not what was recorded last: somebody changed it and told nobody. Nothing was written.`,
    `read it; if it should be so, context_record ${quoted(path)} without an entry, then the same again. Else ask your user.`,
  );
}

function notHeld(
  path: ScopePath,
  { path: real, scope }: Extract<Written, { kind: 'elsewhere' }>,
): ToolAnswer {
  const leads = real === path ? quoted(path) : `${quoted(path)} leads to ${quoted(real)}, which`;
  if (scope === null) return refused('SCOPE_NOT_FOUND', `${leads} is in no scope.`, null);
  return refused(
    'LOCK_NOT_HELD',
    `You do not hold ${leads}: nothing was written.`,
    `lock_acquire ${quoted(real)}, then the same again.`,
    { scope },
  );
}

function entryAnswer(
  { path, wish }: EntryInput,
  made: EntryOutcome | null,
  digest: string | null,
): ToolAnswer {
  if (made === null) throw new Error('a write that was neither made nor refused');
  if (made.kind === 'refused') return refused(made.code, made.message, null);
  const { id } = made;
  if (made.kind === 'unchanged' || digest === null)
    return told(`UNCHANGED ${quoted(path)}: ${quoted(id)} says so already.`, { file: path, id });
  const warnings = made.warnings.map((warning) => `Note: ${warning}`);
  const what = 'remove' in wish ? 'REMOVED' : 'WRITTEN';
  return told([`${what} ${quoted(id)} in ${quoted(path)}, and recorded.`, ...warnings].join('\n'), {
    file: path,
    id,
    digest,
  });
}
