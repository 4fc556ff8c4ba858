import { asRevision, fileIn, type Grant, type ScopePath } from '../../core/index.ts';
import { invalidInput, type Reply } from '../../protocol/index.ts';
import { refused, told } from '../answer.ts';
import { informedRefusal } from '../informed-refusals.ts';
import { fileNamed } from '../scopes.ts';
import { quoted } from '../text.ts';
import { syncAgainText } from '../views.ts';
import type { AgentHandler } from './handler.ts';

/**
 * Records what a context file of a scope is now, under the scope's lock. It is compared with what this agent was last shown
 * of the file: only so an agent that writes from memory does not undo what another has written meanwhile.
 */
export const recordContext: AgentHandler<'context_record'> = async (work, visit, input) => {
  const { agent } = visit;
  const { workspace } = work;
  const path = await fileNamed(workspace, input.path);
  const token = input.token === undefined ? null : asRevision(input.token);
  const { agent: name, epoch } = agent.session;
  const asked = { agent: name, epoch, files: [path], token };
  const [scope] = (await workspace.coordinator.query({ kind: 'mayWrite', ...asked })).scopes;
  if (scope === undefined) return refused('SCOPE_NOT_FOUND', `${quoted(path)} is in no scope.`, null);
  const digest = await workspace.digestOf(path);
  if (digest === null) throw invalidInput('path', `there is no file ${quoted(path)}: write it first`);
  const file = fileIn(scope.path, path);
  // Nobody loses anything by a record of what is recorded already.
  const before = scope.contexts[file];
  const isSame = before?.digest === digest;
  visit.takeInterest([scope.path]);
  await agent.settled();
  const reply = await agent.submit({
    kind: 'ContextModify',
    scope: scope.path,
    file,
    token: token ?? agent.tokenFor(scope.path),
    digest,
    baseDigest: isSame ? digest : (agent.seen.get(path) ?? null),
  });
  if (!reply.ok) return informedRefusal(work, agent, reply.rejection);
  const isUnseen = isSame && before.agent !== agent.session.agent && agent.seen.get(path) !== digest;
  if (reply.result.kind !== 'contextModified')
    throw new Error(`a context write was answered ${reply.result.kind}`);
  agent.seen.set(path, digest);
  const { token: under, invalidated } = reply.result;
  const isTaken = under === reply.revision && agent.holdings.tokenOf(scope.path) !== under;
  if (isTaken) agent.granted([takenLock(scope.path, reply)], 'granted');
  if (isTaken) visit.tell([{ scope: scope.path, token: under }]);
  const text = [
    `RECORDED ${quoted(file)} of ${quoted(scope.path)} under token ${under}.`,
    ...(isTaken
      ? [`It was free, and you hold it now: lock_release ${quoted(scope.path)} when you are done.`]
      : []),
    ...(isUnseen
      ? [
          `It is what ${before.agent} recorded, @${before.revision}: if you wrote anything else there, that is gone. Read the file.`,
        ]
      : []),
    ...(invalidated.length === 0 ? [] : [syncAgainText(invalidated)]),
  ].join('\n');
  return told(text, { scope: scope.path, file, token: under, invalidated: invalidated.length });
};

/** The lock that came with a write. How long its lease is, the answer does not say: the next heartbeat does, at once. */
function takenLock(scope: ScopePath, { revision, atMs }: Reply): Grant {
  return { scope, token: revision, deadlineMs: atMs, contendedSinceMs: null };
}
