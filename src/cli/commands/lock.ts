import { asRevision, namesOf, shownNames, partsOf, resourceCapacityMax } from '../../core/index.ts';
import type { FencingToken, FilePath } from '../../core/index.ts';
import { onlyOne, proofOf, type AgentSession } from '../../participant/index.ts';
import type { Call } from '../call.ts';
import { usageError } from '../answer/errors.ts';
import { line } from '../format/text.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { actAs } from './acting.ts';
import type { Acting } from './acting.ts';
import { ttlOption } from './ttl-option.ts';
import { grantedOutcome } from './lock-acquire.ts';
import { numberOption } from './number-option.ts';
import { oneNameOf, ownNamed } from './named.ts';
import { changedBy, revisionNow, submitAnd } from './speak.ts';
import { shownLock, someNames } from '../../wording/index.ts';

export interface ReleaseInput extends Acting {
  readonly names: readonly string[];
  readonly token?: string;
}

/** Gives locks back: the named ones, or all that the agent holds. */
export async function releaseLock(call: Call, input: ReleaseInput): Promise<Outcome> {
  const session = await actAs(call, input);
  const { wish, free } = input.names.length === 0 ? everything : await ownNamed(call, session, input.names);
  if (wish !== null && namesOf(wish).length === 0) return nothingToReturn(call, session, free);
  const named = wish ?? { scopes: null };
  const token = tokenOf(input.token);
  const changed = await changedBy(call, session, wish);
  const command = { kind: 'ReleaseLock', ...proofOf(session), ...named, token, ...changed } as const;
  return submitAnd(call, command, 'released', (result, revision) => {
    const released = namesOf(result);
    const data = { agent: session.agent, released, ...(free.length === 0 ? {} : { free }) };
    return done(revision, data, () =>
      released.length === 0
        ? line`${session.agent} holds nothing: nothing changed`
        : [line`released ${someNames(shownNames(result))}`, ...free.map(notLockedText)].join('\n'),
    );
  });
}

const everything = { wish: null, free: [] };

async function nothingToReturn(
  call: Call,
  { agent }: AgentSession,
  free: readonly FilePath[],
): Promise<Outcome> {
  return done(await revisionNow(call), { agent, released: [], free }, () =>
    free.map(notLockedText).join('\n'),
  );
}

const notLockedText = (file: FilePath): string =>
  line`${file} needs no lock (agent_coordination.free): there was nothing to give back`;

export interface RenewInput extends Acting {
  readonly lock: string;
  readonly token?: string;
  readonly ttl?: string;
}

/** Moves the deadline of a held lock. */
export async function renewLock(call: Call, input: RenewInput): Promise<Outcome> {
  const session = await actAs(call, input);
  const { wish, free } = await ownNamed(call, session, [input.lock]);
  const named = onlyOne({ ...wish, ...(free.length === 0 ? {} : { files: free }) });
  const ttlMs = input.ttl === undefined ? null : await ttlOption(call, input.ttl);
  const command = {
    kind: 'RenewLock',
    ...proofOf(session),
    ...named,
    token: tokenOf(input.token),
    ttlMs,
  } as const;
  return submitAnd(call, command, 'granted', (result, revision) =>
    grantedOutcome(call, session, { revision, locks: result.locks }, { reason: null, ttlMs }),
  );
}

const tokenOf = (text: string | undefined): FencingToken | null =>
  text === undefined ? null : asRevision(numberOption('--token', text, 1, Number.MAX_SAFE_INTEGER));

export type CancelInput = Acting;

/** Gives up the agent's ticket. */
export async function cancelWait(call: Call, input: CancelInput): Promise<Outcome> {
  const session = await actAs(call, input);
  return submitAnd(call, { kind: 'CancelWait', ...proofOf(session) }, 'waitCancelled', (result, revision) =>
    done(revision, { agent: session.agent, ticket: result.ticket }, () =>
      result.ticket === null
        ? line`${session.agent} was not waiting: nothing changed`
        : line`${session.agent} gave up ticket ${result.ticket}`,
    ),
  );
}

export interface RevokeInput {
  readonly lock: string;
  /** Of a resource. */
  readonly slot?: string;
  readonly reason?: string;
}

/** An operator takes a lock back; its holder's token is worthless from then on. */
export async function revokeLock(call: Call, input: RevokeInput): Promise<Outcome> {
  const named = await oneNameOf(call, input.lock);
  const by = call.world.operator();
  const slot = slotOf(input);
  const command = { kind: 'RevokeLock', ...named, ...slot, by, reason: input.reason ?? null } as const;
  return submitAnd(call, command, 'revoked', (result, revision) =>
    done(
      revision,
      { ...partsOf(result), agent: result.agent, token: result.token, by },
      () =>
        line`revoked ${shownLock(result)} from ${result.agent}: its token ${result.token} is refused from now on`,
    ),
  );
}

function slotOf({ lock, slot }: RevokeInput): { readonly slot?: number } {
  if (slot === undefined) return {};
  if (!lock.startsWith('@')) throw usageError(`--slot ${slot}: only resources have slots, such as @deploy`);
  return { slot: numberOption('--slot', slot, 1, resourceCapacityMax) };
}

/** Who holds what, and who waits. */
export async function listLocks(call: Call): Promise<Outcome> {
  const { locks, waiters, revision } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const { locksText } = await import('../format/views.ts');
  return done(revision, { locks, waiters }, (style) => locksText(style, { locks, waiters }, call.nowMs));
}
