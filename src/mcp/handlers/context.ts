import { asRevision } from '../../core/index.ts';
import { invalidInput } from '../../protocol/index.ts';
import { refused, told } from '../answer.ts';
import { refusalAnswer } from '../refusals.ts';
import { fileNamed, nearestScope } from '../scopes.ts';
import { quoted } from '../text.ts';
import { syncAgainText } from '../views.ts';
import type { AgentHandler } from './handler.ts';

/** Records what a context file of a scope is now, under the scope's lock. */
export const recordContext: AgentHandler<'context_record'> = async (work, { agent }, input) => {
  const { workspace } = work;
  const path = await fileNamed(workspace, input.path);
  const { scopes } = await workspace.coordinator.query({ kind: 'scopes' });
  const scope = nearestScope(scopes, path);
  if (scope === null) return refused('SCOPE_NOT_FOUND', `${quoted(path)} is in no scope.`, null);
  const digest = await workspace.digestOf(path);
  if (digest === null) throw invalidInput('path', `there is no file ${quoted(path)}: write it first`);
  const file = scope.path === '.' ? path : path.slice(scope.path.length + 1);
  const reply = await agent.submit({
    kind: 'ContextModify',
    scope: scope.path,
    file,
    token: input.token === undefined ? agent.tokenFor(scope.path) : asRevision(input.token),
    digest,
    baseDigest: scope.contexts[file]?.digest ?? null,
  });
  if (!reply.ok) return refusalAnswer(reply.rejection);
  if (reply.result.kind !== 'contextModified')
    throw new Error(`a context write was answered ${reply.result.kind}`);
  const { token, invalidated } = reply.result;
  const isTaken = token === reply.revision;
  if (isTaken) agent.took(scope.path, token);
  const text = [
    `RECORDED ${quoted(file)} of ${quoted(scope.path)} under token ${token}.`,
    ...(isTaken
      ? [`It was free, and you hold it now: lock_release ${quoted(scope.path)} when you are done.`]
      : []),
    ...(invalidated.length === 0 ? [] : [syncAgainText(invalidated)]),
  ].join('\n');
  return told(text, { scope: scope.path, file, token, invalidated: invalidated.length });
};
