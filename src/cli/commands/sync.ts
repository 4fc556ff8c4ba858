import { asRevision } from '../../core/index.ts';
import type { ScopePath, SyncRun } from '../../core/index.ts';
import { proofOf } from '../../participant/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { line } from '../format/text.ts';
import { retryTime, syncTable } from '../format/views.ts';
import { fitted } from '../format/width.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { actAs } from './acting.ts';
import type { Acting } from './acting.ts';
import { typingOf } from './named.ts';
import { numberOption } from './number-option.ts';
import { scopeNotFound } from './scope.ts';
import { scopeOf, scopesOf } from './scopes-of.ts';
import { submitAnd } from './speak.ts';

export interface SyncStatusInput {
  readonly scopes: readonly string[];
}

/** The sync status of scopes: the named ones, or all that were ever synced. */
export async function syncStatus(call: Call, input: SyncStatusInput): Promise<Outcome> {
  const coordinator = await call.coordinator();
  const answer = await coordinator.query({ kind: 'status', at: null });
  const asked = await scopesOf(call, input.scopes);
  const syncs = answer.syncs.filter((sync) => asked.length === 0 || asked.includes(sync.scope));
  const neverSynced = asked.filter((path) => !syncs.some((sync) => sync.scope === path));
  await refuseUnknown(call, neverSynced);
  return done(answer.revision, { syncs, neverSynced }, (style) => {
    if (syncs.length === 0) return 'none of it was ever synced';
    const table = syncTable(style, syncs, call.nowMs);
    return neverSynced.length === 0
      ? table
      : fitted(style, `${table}\n\n${line`never synced: ${neverSynced.join(', ')}`}`);
  });
}

/** That a scope was never synced would be no answer where there is no such scope. */
async function refuseUnknown(call: Call, paths: readonly ScopePath[]): Promise<void> {
  if (paths.length === 0) return;
  const { scopes } = await (await call.coordinator()).query({ kind: 'scopes', fresh: true });
  const unknown = paths.find((path) => !scopes.some((scope) => scope.path === path));
  if (unknown !== undefined) throw await scopeNotFound(call, unknown, scopes);
}

export interface StartInput extends Acting {
  readonly scope: string;
}

/** Begins a run; what completes or fails it must carry the run's number. */
export async function startSync(call: Call, input: StartInput): Promise<Outcome> {
  const session = await actAs(call, input);
  const scope = await scopeOf(call, input.scope);
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
