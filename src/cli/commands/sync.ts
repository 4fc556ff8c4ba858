import { asRevision } from '../../core/index.ts';
import type { ScopePath, SyncRun } from '../../core/index.ts';
import { proofOf } from '../../participant/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { line, shellCommand } from '../format/text.ts';
import { relative } from '../format/time.ts';
import { syncTable } from '../format/views.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { actAs } from './acting.ts';
import type { Acting } from './acting.ts';
import { numberOption } from './number-option.ts';
import { scopeOf, scopesOf } from './scopes-of.ts';
import { submitAnd } from './speak.ts';

export interface SyncStatusInput {
  readonly scopes: readonly string[];
}

/** The sync status of scopes: the named ones, or all that were ever synced. */
export async function syncStatus(call: Call, input: SyncStatusInput): Promise<Outcome> {
  const answer = await (await call.coordinator()).query({ kind: 'status', at: null });
  const asked = await scopesOf(call, input.scopes);
  const syncs = answer.syncs.filter((sync) => asked.length === 0 || asked.includes(sync.scope));
  return done(answer.revision, { syncs }, (style) =>
    syncs.length === 0 ? 'none of it was ever synced' : syncTable(style, syncs, call.nowMs),
  );
}

export interface StartInput extends Acting {
  readonly scope: string;
}

/** Begins a run; what completes or fails it must carry the run's number. */
export async function startSync(call: Call, input: StartInput): Promise<Outcome> {
  const session = await actAs(call, input);
  const scope = await scopeOf(call, input.scope);
  return submitAnd(
    call,
    { kind: 'StartSync', ...proofOf(session), scope },
    'syncStarted',
    (result, revision) => {
      const { run, attempt } = result;
      const complete = ['rhema', 'sync', 'complete', scope, '--run', String(run), '--agent', session.agent];
      return done(revision, { agent: session.agent, scope, run, attempt }, () =>
        [
          line`syncing ${scope}: run ${run}, attempt ${attempt}`,
          `when it is done: ${shellCommand(...complete)}`,
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
    syncedAgainst: Object.fromEntries((input.against ?? []).map(scopeAndDigest)),
  } as const;
  return submitAnd(call, command, 'syncSet', setOutcome(call, scope));
}

const runOf = (text: string): SyncRun => asRevision(numberOption('--run', text, 1, Number.MAX_SAFE_INTEGER));

function scopeAndDigest(text: string): [string, string] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw invalidInput(`--against ${JSON.stringify(text)}: write SCOPE=DIGEST`);
  return [text.slice(0, at), text.slice(at + 1)];
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
  return (
    result: { readonly status: string; readonly retryAtMs: number | null },
    revision: Parameters<typeof done>[0],
  ): Outcome => {
    const { status, retryAtMs } = result;
    const retry = retryAtMs === null ? '' : `; it may be retried ${relative(retryAtMs, call.nowMs)}`;
    return done(
      revision,
      { scope, status, retryAtMs },
      () => line`the sync of ${scope} is ${status}${retry}`,
    );
  };
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
