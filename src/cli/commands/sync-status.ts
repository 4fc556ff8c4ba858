import type { Entry, Event, ScopePath } from '../../core/index.ts';
import type { SyncView } from '../../protocol/index.ts';
import type { Step } from '../../sync/index.ts';
import type { Call } from '../call.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { nextText, standingText, type Standing, type Undone } from '../format/sync.ts';
import { statusCell } from '../format/views.ts';
import { table } from '../format/table.ts';
import { line } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import { scopeNotFound } from './scope.ts';
import { scopesOf } from './scopes-of.ts';
import { Allowances } from './sync-commands.ts';
import { surveyOf, syncGround, type SyncGround } from './sync-ground.ts';

export interface SyncStatusInput {
  readonly scopes: readonly string[];
}

/** The sync status of scopes, the named ones or all that were ever synced: why it is so, and what comes next. */
export async function syncStatus(call: Call, input: SyncStatusInput): Promise<Outcome> {
  const coordinator = await call.coordinator();
  const asked = await scopesOf(call, input.scopes);
  const tree = call.world.syncs.tree(await call.repository());
  const ground = tree === null ? null : await syncGround(call);
  const { revision, syncs: all } = await coordinator.query({ kind: 'status', at: null });
  const syncs = all.filter(({ scope }) => asked.length === 0 || asked.includes(scope));
  const neverSynced = asked.filter((path) => !syncs.some(({ scope }) => scope === path));
  await refuseUnknown(call, neverSynced);
  const standings = await standingsOf(call, ground, { all, syncs });
  const data = standings.map((standing) => ({
    ...standing.sync,
    why: standingText(standing, call.nowMs),
    next: nextText(standing, call.nowMs),
  }));
  return done(revision, { syncs: data, neverSynced }, (style) => {
    if (syncs.length === 0) return 'none of it was ever synced';
    const rows = data.map(({ scope, status, why, next }) => [scope, statusCell(status), why, next]);
    const shown = table(style, ['SCOPE', 'SYNC', 'WHY', 'NEXT'], rows);
    return neverSynced.length === 0
      ? shown
      : fitted(style, `${shown}\n\n${line`never synced: ${neverSynced.join(', ')}`}`);
  });
}

/** That a scope was never synced would be no answer where there is no such scope. */
export async function refuseUnknown(call: Call, paths: readonly ScopePath[]): Promise<void> {
  if (paths.length === 0) return;
  const { scopes } = await (await call.coordinator()).query({ kind: 'scopes', fresh: true });
  const unknown = paths.find((path) => !scopes.some((scope) => scope.path === path));
  if (unknown !== undefined) throw await scopeNotFound(call, unknown, scopes);
}

interface Views {
  readonly all: readonly SyncView[];
  readonly syncs: readonly SyncView[];
}

async function standingsOf(
  call: Call,
  ground: SyncGround | null,
  { all, syncs }: Views,
): Promise<readonly Standing[]> {
  const plan = await planOf(call, ground);
  const isAuto = ground !== null && (await ground.scan()).sync.auto;
  const undone = syncs.some(({ status }) => status === 'idle') ? await lastUndone(call) : new Map();
  const allowances = ground === null ? null : new Allowances(call, ground);
  const byItself = ground === null ? null : new Allowances(call, ground, { auto: true });
  const unsynced = new Set(all.filter(({ status }) => status !== 'completed').map(({ scope }) => scope));
  return syncs.map((sync) => {
    const command = ground?.commands.get(sync.scope);
    return {
      sync,
      step: plan.steps.get(sync.scope) ?? null,
      undone: undone.get(sync.scope) ?? null,
      isAuto,
      isAllowed: command === undefined || allowances?.isAllowed(sync.scope, command) === true,
      isLeft: command !== undefined && byItself?.isAllowed(sync.scope, command) !== true,
      waitsFor: (plan.dependencies.get(sync.scope) ?? []).filter((one) => unsynced.has(one)),
    };
  });
}

interface Planned {
  readonly steps: ReadonlyMap<ScopePath, Step>;
  readonly dependencies: ReadonlyMap<ScopePath, readonly ScopePath[]>;
}

/** Without a working tree nothing is planned: only what the log says is known. */
async function planOf(call: Call, ground: SyncGround | null): Promise<Planned> {
  if (ground === null) return { steps: new Map(), dependencies: new Map() };
  const coordinator = await call.coordinator();
  const { plan, scopes } = await surveyOf(ground, coordinator, []);
  return {
    steps: new Map(plan.waves.flat().map((step) => [step.scope, step])),
    dependencies: new Map(scopes.map(({ path, dependencies }) => [path, dependencies])),
  };
}

/** Enough to find what has undone the syncs of a while. */
const entriesMax = 500;

/** By scope, what undid its sync last, as far as the log is looked through. */
async function lastUndone(call: Call): Promise<Map<ScopePath, Undone>> {
  const coordinator = await call.coordinator();
  const filter = { events: ['sync.invalidated', 'sync.aborted'] };
  const { entries } = await coordinator.query({ kind: 'history', filter, limit: entriesMax, before: null });
  const found = new Map<ScopePath, Undone>();
  for (const entry of entries)
    for (const event of entry.events)
      if (isUndoing(entry, event) && !found.has(event.scope)) found.set(event.scope, undoneBy(entry, event));
  return found;
}

/** A run that ends with a change is undone by the change. */
function isUndoing({ kind }: Entry, event: Event): event is UndoingEvent {
  return event.kind === 'sync.invalidated' || (event.kind === 'sync.aborted' && kind === 'AbortSync');
}

type UndoingEvent = Extract<Event, { kind: 'sync.invalidated' | 'sync.aborted' }>;

function undoneBy(entry: Entry, event: UndoingEvent): Undone {
  const cause = event.kind === 'sync.invalidated' ? event.cause : event.scope;
  const operation = entry.events.find(({ kind }) => kind === 'repository.changed');
  return {
    scope: event.scope,
    cause,
    by: entry.agent ?? entry.by ?? null,
    kind: entry.kind,
    reason:
      operation?.kind === 'repository.changed'
        ? operation.operation
        : ((event.reason ?? null) as string | null),
    atMs: entry.atMs,
  };
}
