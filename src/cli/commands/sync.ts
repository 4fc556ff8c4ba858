import { asRevision, named } from '../../core/index.ts';
import type { ScopePath, SyncRun } from '../../core/index.ts';
import { proofOf } from '../../participant/index.ts';
import type { Call } from '../call.ts';
import { CommandError, invalidInput } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { line } from '../format/text.ts';
import { retryTime } from '../format/views.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { actAs } from './acting.ts';
import type { Acting } from './acting.ts';
import { typingOf } from './named.ts';
import { numberOption } from './number-option.ts';
import { scopeOf } from './scopes-of.ts';
import { submitAnd } from './speak.ts';
import { strictlyBlocked } from './sync-strict.ts';

export interface StartInput extends Acting {
  readonly scope: string;
}

/** Begins a run; what completes or fails it must carry the run's number. */
export async function startSync(call: Call, input: StartInput): Promise<Outcome> {
  const session = await actAs(call, input);
  const scope = await scopeOf(call, input.scope);
  const blocked = await strictlyBlocked(call, scope);
  if (blocked !== null)
    throw new CommandError(
      'UNSOUND',
      exitCodes.refused,
      `${named(scope)} is not synced while strict_mode is on: ` + line`${blocked}: mend it first`,
      { scope },
    );
  const typing = await typingOf(call);
  return submitAnd(
    call,
    { kind: 'StartSync', ...proofOf(session), scope },
    'syncStarted',
    (result, revision) => {
      const { run, attempt } = result;
      const words = ['complete', typing.name(scope), '--run', String(run), '--agent', session.agent];
      return done(revision, { agent: session.agent, scope, run, attempt }, () =>
        [
          line`syncing ${scope}: run ${run}, attempt ${attempt}`,
          `when it is done: ${typing.rhema('sync', ...words)}`,
        ].join('\n'),
      );
    },
  );
}

export interface CompleteInput extends Acting {
  readonly scope: string;
  readonly run: string;
  readonly digest?: string;
  readonly against?: readonly string[];
}

export async function completeSync(call: Call, input: CompleteInput): Promise<Outcome> {
  const session = await actAs(call, input);
  const scope = await scopeOf(call, input.scope);
  const command = {
    kind: 'CompleteSync',
    ...proofOf(session),
    scope,
    run: runOf(input.run),
    digest: input.digest ?? null,
    syncedAgainst: Object.fromEntries(
      await Promise.all((input.against ?? []).map((text) => scopeAndDigest(call, text))),
    ),
  } as const;
  return submitAnd(call, command, 'syncSet', setOutcome(call, scope));
}

const runOf = (text: string): SyncRun => asRevision(numberOption('--run', text, 1, Number.MAX_SAFE_INTEGER));

async function scopeAndDigest(call: Call, text: string): Promise<[ScopePath, string]> {
  const at = text.lastIndexOf('=');
  if (at < 1) throw invalidInput(`--against ${JSON.stringify(text)}: write SCOPE=DIGEST`);
  return [await scopeOf(call, text.slice(0, at)), text.slice(at + 1)];
}

export interface FailInput extends Acting {
  readonly scope: string;
  readonly run: string;
  readonly error: string;
}

export async function failSync(call: Call, input: FailInput): Promise<Outcome> {
  const session = await actAs(call, input);
  const scope = await scopeOf(call, input.scope);
  const { error } = input;
  const command = { kind: 'FailSync', ...proofOf(session), scope, run: runOf(input.run), error } as const;
  return submitAnd(call, command, 'syncSet', setOutcome(call, scope));
}

export interface OperatorInput {
  readonly scope: string;
  readonly reason?: string;
}

export async function retrySync(call: Call, input: OperatorInput): Promise<Outcome> {
  const scope = await scopeOf(call, input.scope);
  const command = { kind: 'RetrySync', scope, by: call.world.operator() } as const;
  return submitAnd(call, command, 'syncSet', setOutcome(call, scope));
}

export async function resetSync(call: Call, input: OperatorInput): Promise<Outcome> {
  const scope = await scopeOf(call, input.scope);
  const command = { kind: 'ResetSync', scope, by: call.world.operator() } as const;
  return submitAnd(call, command, 'syncSet', setOutcome(call, scope));
}

export async function abortSync(call: Call, input: OperatorInput): Promise<Outcome> {
  const scope = await scopeOf(call, input.scope);
  const command = {
    kind: 'AbortSync',
    scope,
    by: call.world.operator(),
    reason: input.reason ?? null,
  } as const;
  return submitAnd(call, command, 'syncSet', setOutcome(call, scope));
}

/** Tells what the sync status of a scope has become. */
function setOutcome(call: Call, scope: ScopePath) {
  return async (
    result: { readonly status: string; readonly retryAtMs: number | null },
    revision: Parameters<typeof done>[0],
  ): Promise<Outcome> => {
    const { status, retryAtMs } = result;
    const retry = retryAtMs === null ? '' : await retryText(call, scope);
    return done(
      revision,
      { scope, status, retryAtMs },
      () => line`the sync of ${scope} is ${status}${retry}`,
    );
  };
}

/** When what has just failed may be retried: not by its time alone, since the retries may be used up. */
async function retryText(call: Call, scope: ScopePath): Promise<string> {
  const { syncs } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const sync = syncs.find((view) => view.scope === scope);
  if (sync === undefined || sync.status !== 'failed') return '';
  const { rhema, name } = await typingOf(call);
  return sync.retriesLeft === 0
    ? `; its retries are used up: ${rhema('sync', 'reset', name(scope))}`
    : `; it may be retried ${retryTime(sync, call.nowMs)}`;
}

/** Declares that a scope has changed: it and all that depends on it is to be synced again. */
export async function invalidateSync(call: Call, input: OperatorInput): Promise<Outcome> {
  const scope = await scopeOf(call, input.scope);
  const command = {
    kind: 'InvalidateSync',
    scope,
    by: call.world.operator(),
    reason: input.reason ?? null,
  } as const;
  return submitAnd(call, command, 'invalidated', ({ scopes }, revision) =>
    done(revision, { scope, invalidated: scopes }, () =>
      scopes.length === 0
        ? 'nothing was synced: nothing changed'
        : line`to be synced again: ${scopes.join(', ')}`,
    ),
  );
}
