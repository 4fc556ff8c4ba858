/**
 * Context files: which content of which file a scope's last coordinated writers agreed on.
 *
 * Only digests are kept. A write needs the scope's lock, a holder that is working, the current token when one is
 * presented, and the digest that the writer last saw: two writers never overwrite each other unseen, and who has not seen
 * a file that is known has to read it first. A free scope's lock is taken for the writer. Every write sends the scope, and all that depends on it, back to be synced.
 */
import { must } from './assert.ts';
import type { ContextModify } from './commands.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { EventOf, Stamp } from './events.ts';
import { presentAgent, refusedUnknownScope } from './gate.ts';
import { named, type AgentId, type FencingToken, type FilePath, type ScopePath } from './ids.ts';
import { contextFilesPerScopeMax } from './limits.ts';
import { busy, namedTargets, notHeld, refusedStaleToken } from './lock-refusals.ts';
import { heldInOrder } from './overlap.ts';
import { obstacleTo, settleQueue } from './queue.ts';
import { reject } from './rejections.ts';
import type { Agent, State } from './state.ts';
import { invalidate } from './invalidation.ts';
import { type Target } from './targets.ts';
import { scopeOf } from './overlap.ts';
import { coveringLocks, obstacleUnderLock } from './write.ts';

/**
 * Records a write of a context file.
 * Rejects: SCOPE_NOT_FOUND, ALREADY_WAITING, AGENT_BLOCKED, AGENT_HOLDS_LOCK, LOCK_NOT_HELD, STALE_FENCING_TOKEN,
 * LOCK_HELD, RESERVED_FOR_WAITER, CONCURRENCY_LIMIT, CONTEXT_CONFLICT, CONTEXT_LIMIT_REACHED.
 */
export function decideContextModify(state: State, command: ContextModify): Decision {
  const { scope, file, digest } = command;
  const unknown = refusedUnknownScope(state, [scope]);
  if (unknown !== null) return unknown;
  const agent = presentAgent(state, command.agent);
  const draft = new Draft(state, command.atMs);
  const access = holdForWrite(draft, agent, command);
  if (access.kind === 'refused') return access.decision;
  const conflict = refusedContent(state, command);
  if (conflict !== null) return conflict;
  const { token } = access;
  draft.emit({ kind: 'context.modified', scope, file, agent: agent.id, digest, token });
  const invalidated = invalidate(draft, [scope]);
  settleQueue(draft);
  return {
    kind: 'committed',
    events: draft.events,
    result: { kind: 'contextModified', scope, file, digest, token, invalidated },
  };
}

type Access =
  | { readonly kind: 'held'; readonly token: FencingToken }
  | { readonly kind: 'refused'; readonly decision: Decision };

/** The token under which the agent may write: of a lock it holds, or of the one it is granted now. */
function holdForWrite(draft: Draft, agent: Agent, { scope, file, token }: ContextModify): Access {
  const { state } = draft;
  const refuse = (decision: Decision): Access => ({ kind: 'refused', decision });
  const { id, epoch } = agent;
  const path = writtenTarget(state, scope, file);
  const hindrance = obstacleUnderLock(state, { agent: id, epoch }, path, token, draft.atMs);
  if (hindrance === null) return { kind: 'held', token: tokenOf(state, id, path, token) };
  if (hindrance === 'ALREADY_WAITING' || hindrance === 'AGENT_BLOCKED')
    return refuse(refusedBlocked(agent, scope));
  if (hindrance === 'STALE_FENCING_TOKEN') {
    const stale = refusedStaleToken(state, comparedTarget(state, id, path), agent, token);
    if (stale !== null) return refuse(stale);
  }
  // Whoever presents a token believes that it holds the lock: granting it anew would hide that it was lost.
  if (token !== null) return refuse(notHeld(state, scope, agent, draft.atMs));
  const { maxLocksPerAgent } = draft.settings;
  if (!agent.heldIn.has(scope) && agent.heldIn.size >= maxLocksPerAgent)
    return refuse(refusedHolds(agent, scope));
  const obstacle = obstacleTo(draft, id, [scope], null);
  if (obstacle !== null) return refuse(busy(draft, id, [scope], obstacle));
  const ttlMs = draft.settings.lockTtlMs;
  draft.grant({ target: scope, agent: id, epoch, ticket: null, ttlMs, reason: null });
  return { kind: 'held', token: draft.revision };
}

/** Which path a write needs a lock for: the file's, or, where that is not one of the scope's own, the whole scope. */
function writtenTarget(state: State, scope: ScopePath, file: string): ScopePath | FilePath {
  const path = (scope === '.' ? file : `${scope}/${file}`) as FilePath;
  return scopeOf(state, path) === scope ? path : scope;
}

/** Of the locks that cover a target the one that a token is compared with: the agent's own, else the first. */
function comparedTarget(state: State, agent: AgentId, target: ScopePath | FilePath): Target {
  const locks = coveringLocks(state, target);
  return (locks.find((lock) => lock.agent === agent) ?? locks[0])?.target ?? target;
}

/** Of the agent's own locks that cover a file the one whose token was presented, else the first. */
function tokenOf(
  state: State,
  agent: AgentId,
  path: ScopePath | FilePath,
  token: FencingToken | null,
): FencingToken {
  const own = coveringLocks(state, path).filter((lock) => lock.agent === agent);
  return must(own.find((lock) => lock.token === token) ?? own[0], `${path} is held`).token;
}

function refusedBlocked(agent: Agent, scope: ScopePath): Decision {
  if (agent.ticket !== null)
    return reject('ALREADY_WAITING', `${agent.id} waits in the queue and must not write to ${named(scope)}`, {
      ticket: agent.ticket,
    });
  return reject(
    'AGENT_BLOCKED',
    `${agent.id} has said that it is blocked and must not write to ${named(scope)}`,
    {
      agent: agent.id,
      reason: agent.blockedReason,
    },
  );
}

function refusedHolds(agent: Agent, scope: ScopePath): Decision {
  return reject(
    'AGENT_HOLDS_LOCK',
    `${agent.id} holds ${namedTargets(heldInOrder(agent))}: release before writing to ${named(scope)}`,
    {
      held: heldInOrder(agent),
    },
  );
}

function refusedContent(state: State, command: ContextModify): Decision | null {
  const { scope, file, baseDigest } = command;
  const { contexts } = must(state.scopes.get(scope), `${scope} is defined`);
  const known = contexts.get(file);
  if (known !== undefined && known.digest !== baseDigest)
    return reject(
      'CONTEXT_CONFLICT',
      `${named(file)} of ${named(scope)} was changed by ${known.agent} (revision ${known.revision}) since it was read: read it again and merge`,
      { scope, file, baseDigest, currentDigest: known.digest, agent: known.agent, revision: known.revision },
    );
  if (known === undefined && contexts.size >= contextFilesPerScopeMax)
    return reject(
      'CONTEXT_LIMIT_REACHED',
      `${named(scope)} has ${contextFilesPerScopeMax} context files already: no more are tracked`,
      { scope, contextFilesPerScopeMax },
    );
  return null;
}

// What happens to context files.

export function evolveContextModified(state: State, event: EventOf<'context.modified'>, stamp: Stamp): void {
  const { scope, file, digest, agent } = event;
  const { contexts } = must(state.scopes.get(scope), `${scope} is defined`);
  contexts.set(file, { digest, revision: stamp.revision, agent });
}
