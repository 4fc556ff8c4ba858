import { asRevision, type ScopePath } from '../../core/index.ts';
import { record, type Recorded } from '../../participant/desk/index.ts';
import { invalidInput } from '../../protocol/index.ts';
import { refused, told, type ToolAnswer } from '../answer.ts';
import { informedRefusal } from '../informed-refusals.ts';
import { fileNamed } from '../scopes.ts';
import { quoted } from '../text.ts';
import { syncAgainText } from '../views.ts';
import type { AgentHandler } from './handler.ts';

/** Records what a context file of a scope is now, under the scope's lock. */
export const recordContext: AgentHandler<'context_record'> = async (work, visit, input) => {
  const { workspace } = work;
  const path = await fileNamed(workspace, input.path);
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
