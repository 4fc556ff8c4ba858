import {
  fileIn,
  type AgentId,
  type FencingToken,
  type Grant,
  type Rejection,
  type Revision,
  type ScopePath,
} from '../../core/index.ts';
import type { Coordinator, Reply } from '../../protocol/index.ts';
import { resultOf } from '../answers.ts';
import type { Visit } from './visit.ts';

export interface RecordWish {
  readonly path: ScopePath;
  readonly token: FencingToken | null;
  /** SHA-256 (hex) of a file's content; null when there is no such file. */
  readonly digestOf: (path: ScopePath) => Promise<string | null>;
}

export type Recorded =
  | {
      readonly kind: 'recorded';
      readonly scope: ScopePath;
      /** The path in the scope. */
      readonly file: string;
      readonly token: FencingToken;
      /** Whether the scope was free, and is held from now on. */
      readonly isTaken: boolean;
      /** Who recorded the same before, if the agent has not seen that: what it wrote there itself may be gone. */
      readonly unseen: { readonly agent: AgentId; readonly revision: Revision } | null;
      /** What is to be synced again, in that order. */
      readonly invalidated: readonly ScopePath[];
    }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** It is in no scope. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'noFile' };

/**
 * Records what a context file of a scope is now, under the scope's lock. It is compared with what this agent was last shown
 * of the file: only so an agent that writes from memory does not undo what another has written meanwhile.
 */
export async function record(
  coordinator: Pick<Coordinator, 'query'>,
  visit: Visit,
  { path, token, digestOf }: RecordWish,
): Promise<Recorded> {
  const { agent } = visit;
  const { agent: name, epoch } = agent.session;
  const [scope] = (await coordinator.query({ kind: 'mayWrite', agent: name, epoch, files: [path], token }))
    .scopes;
  if (scope === undefined) return { kind: 'outside' };
  const digest = await digestOf(path);
  if (digest === null) return { kind: 'noFile' };
  const file = fileIn(scope.path, path);
  // Nobody loses anything by a record of what is recorded already.
  const before = scope.contexts[file];
  const isSame = before?.digest === digest;
  visit.takeInterest({ scopes: [scope.path] });
  await agent.settled();
  const reply = await agent.submit({
    kind: 'ContextModify',
    scope: scope.path,
    file,
    token: token ?? agent.tokenFor(path, scope.path),
    digest,
    baseDigest: isSame ? digest : (agent.seen.get(path) ?? null),
  });
  if (!reply.ok) return { kind: 'refused', rejection: reply.rejection };
  const isUnseen = isSame && before.agent !== name && agent.seen.get(path) !== digest;
  agent.seen.set(path, digest);
  const { token: under, invalidated } = resultOf(reply.result, 'contextModified');
  const isTaken = under === reply.revision && agent.holdings.tokenOf(scope.path) !== under;
  if (isTaken) take(visit, scope.path, reply);
  const unseen = isUnseen ? before : null;
  return { kind: 'recorded', scope: scope.path, file, token: under, isTaken, unseen, invalidated };
}

/** The lock that came with a write. How long its lease is, the answer does not say: the next heartbeat does, at once. */
function take(visit: Visit, scope: ScopePath, { revision, atMs }: Reply): void {
  const lock: Grant = { scope, token: revision, deadlineMs: atMs, contendedSinceMs: null };
  visit.agent.granted([lock], 'granted');
  visit.tell([lock]);
}
