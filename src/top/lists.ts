import { shownTarget, targetOf, targetsOf, type AgentId, type Target } from '../core/index.ts';
import type { AgentView, LockView, StatusAnswer, WaiterView } from '../protocol/index.ts';
import { safe, shownLock } from '../wording/index.ts';
import { roughly } from './age.ts';
import { cell, pathCell, type Cell, type Shape } from './columns.ts';
import type { Emphasis } from './line.ts';
import type { Facts, ListName, Model } from './model.ts';

/** A row that keys can be about. */
export interface Row {
  readonly key: string;
  readonly cells: readonly Cell[];
  readonly agent: AgentId;
  /** Of a lock. */
  readonly lock: LockView | null;
}

interface Column<T> extends Shape {
  readonly cell: (item: T, nowMs: number) => Cell;
  /** By what it is sorted; null comes last. Left out: by its text. */
  readonly value?: (item: T) => number | null;
}

interface List<T> {
  readonly items: (status: StatusAnswer) => readonly T[];
  readonly columns: readonly Column<T>[];
  readonly row: (item: T) => Omit<Row, 'cells'>;
}

interface AgentItem {
  readonly view: AgentView;
  readonly locks: readonly LockView[];
  readonly waiter: WaiterView | null;
}

/** When a lock, or a wait, ends if its agent does nothing. */
const endOf = ({ deadlineMs, endsBefore }: Pick<LockView, 'deadlineMs' | 'endsBefore'>): number =>
  endsBefore?.atMs ?? deadlineMs;

const soonestEnd = (locks: readonly LockView[]): number | null =>
  locks.length === 0 ? null : Math.min(...locks.map(endOf));

const statusOf = ({ presence, status }: AgentView): string => (presence === 'lost' ? 'lost' : status);

const emphases: Readonly<Record<string, Emphasis>> = { working: 'good', blocked: 'warn', lost: 'bad' };

/** Leases that end sooner than this stand out. */
const soonMs = 15_000;

function leftCell(endMs: number | null, nowMs: number): Cell {
  if (endMs === null) return cell('');
  if (endMs <= nowMs) return cell('over', 'bad');
  return cell(roughly(endMs - nowMs), endMs - nowMs < soonMs ? 'warn' : 'plain');
}

const sinceCell = (sinceMs: number | null, nowMs: number): Cell =>
  cell(sinceMs === null ? '' : roughly(nowMs - sinceMs));

/** `src/login.ts +2`: the first by name, and how many more. */
function namesCell(targets: readonly string[]): Cell {
  const [first, ...more] = [...targets].sort();
  if (first === undefined) return cell('');
  return pathCell(more.length === 0 ? safe(first) : `${safe(first)} +${more.length}`);
}

/** What it waits for, says that it does, holds a lock for, or was given to do. */
function doing({ view, locks, waiter }: AgentItem): string {
  if (view.presence === 'lost' && view.heldWhenLost.length > 0)
    return `held ${view.heldWhenLost.map(shownTarget).join(', ')}`;
  if (waiter !== null) return waiter.reason ?? '';
  const purpose = locks.find(({ reason }) => reason !== null)?.reason;
  return view.blockedReason ?? view.lastReport?.text ?? purpose ?? String(view.metadata['task'] ?? '');
}

const agents: List<AgentItem> = {
  items: ({ agents: views, locks, waiters }) => {
    const locksOf = new Map<AgentId, LockView[]>();
    for (const lock of locks) locksOf.set(lock.agent, [...(locksOf.get(lock.agent) ?? []), lock]);
    const waiterOf = new Map(waiters.map((waiter) => [waiter.agent, waiter]));
    return views.map((view) => ({
      view,
      locks: locksOf.get(view.agent) ?? [],
      waiter: waiterOf.get(view.agent) ?? null,
    }));
  },
  columns: [
    { title: 'AGENT', least: 12, rank: 0, cell: ({ view }) => cell(safe(view.agent)) },
    {
      title: 'STATUS',
      least: 7,
      rank: 1,
      cell: ({ view }) => cell(statusOf(view), emphases[statusOf(view)]),
    },
    {
      title: 'HOLDS',
      least: 13,
      rank: 2,
      cell: ({ view }) => namesCell(view.held.map(shownTarget)),
    },
    {
      title: 'LEASE',
      least: 6,
      rank: 3,
      cell: ({ locks }, nowMs) => leftCell(soonestEnd(locks), nowMs),
      value: ({ locks }) => soonestEnd(locks),
    },
    {
      title: 'WAITS FOR',
      least: 12,
      rank: 4,
      cell: ({ waiter }) => namesCell(waiter === null ? [] : targetsOf(waiter).map(shownTarget)),
    },
    {
      title: 'WAITED',
      least: 7,
      rank: 5,
      cell: ({ waiter }, nowMs) => sinceCell(waiter?.sinceMs ?? null, nowMs),
      value: ({ waiter }) => waiter?.sinceMs ?? null,
    },
    {
      title: 'SEEN',
      least: 6,
      rank: 7,
      cell: ({ view }, nowMs) => sinceCell(view.seenAtMs, nowMs),
      value: ({ view }) => view.seenAtMs,
    },
    { title: 'DOING', least: 8, rank: 6, cell: (item) => cell(safe(doing(item))) },
  ],
  row: ({ view }) => ({ key: view.agent, agent: view.agent, lock: null }),
};

const locks: List<LockView> = {
  items: ({ locks: held }) => held,
  columns: [
    { title: 'LOCK', least: 15, rank: 0, cell: (lock) => pathCell(safe(shownLock(lock))) },
    { title: 'HOLDER', least: 12, rank: 1, cell: ({ agent }) => cell(safe(agent)) },
    {
      title: 'ENDS IN',
      least: 8,
      rank: 2,
      cell: (lock, nowMs) => leftCell(endOf(lock), nowMs),
      value: endOf,
    },
    {
      title: 'HELD FOR',
      least: 9,
      rank: 4,
      cell: ({ grantedAtMs }, nowMs) => sinceCell(grantedAtMs, nowMs),
      value: ({ grantedAtMs }) => grantedAtMs,
    },
    {
      title: 'QUEUE',
      least: 6,
      rank: 3,
      cell: ({ queueLength }) =>
        cell(queueLength === 0 ? '' : String(queueLength), queueLength === 0 ? 'plain' : 'warn'),
      value: ({ queueLength }) => -queueLength,
    },
    {
      title: 'TOKEN',
      least: 6,
      rank: 6,
      cell: ({ token }) => cell(String(token)),
      value: ({ token }) => token,
    },
    { title: 'FOR', least: 10, rank: 5, cell: ({ reason }) => cell(safe(reason ?? '')) },
  ],
  row: (lock) => ({ key: targetOf(lock), agent: lock.agent, lock }),
};

const queue: List<WaiterView> = {
  items: ({ waiters }) => waiters,
  columns: [
    {
      title: 'PLACE',
      least: 6,
      rank: 0,
      cell: ({ position }) => cell(String(position)),
      value: ({ position }) => position,
    },
    { title: 'WAITER', least: 12, rank: 1, cell: ({ agent }) => cell(safe(agent)) },
    { title: 'WANTS', least: 13, rank: 2, cell: (waiter) => namesCell(targetsOf(waiter).map(shownTarget)) },
    {
      title: 'WAITED',
      least: 7,
      rank: 3,
      cell: ({ sinceMs }, nowMs) => sinceCell(sinceMs, nowMs),
      value: ({ sinceMs }) => sinceMs,
    },
    { title: 'BUSY', least: 12, rank: 4, cell: (waiter) => busyCell(waiter) },
    { title: 'FOR', least: 10, rank: 5, cell: ({ reason }) => cell(safe(reason ?? '')) },
  ],
  row: ({ agent, ticket }) => ({ key: String(ticket), agent, lock: null }),
};

/** What stands in its way: what others hold, else the oldest ticket that keeps it, else that all places are taken. */
function busyCell({ waitsFor, reservedFor }: WaiterView): Cell {
  if (waitsFor.length > 0) return namesCell(waitsFor.map(shownTarget));
  return cell(reservedFor === null ? 'all places' : `kept for ticket ${reservedFor.ticket}`);
}

export interface ShownList {
  readonly shapes: readonly Shape[];
  /** As they are shown: those that the filter leaves, in order. */
  readonly rows: readonly Row[];
  readonly total: number;
}

/** The list that a page shows. */
export function shownList(model: Model, name: ListName, facts: Facts): ShownList {
  switch (name) {
    case 'agents':
      return listOf(agents, model, name, facts);
    case 'locks':
      return listOf(locks, model, name, facts);
    case 'queue':
      return listOf(queue, model, name, facts);
  }
}

/** How many columns a list can be sorted by. */
export const columnCount: Readonly<Record<ListName, number>> = {
  agents: agents.columns.length,
  locks: locks.columns.length,
  queue: queue.columns.length,
};

function listOf<T>(list: List<T>, model: Model, name: ListName, { status }: Facts): ShownList {
  const { nowMs, filter } = model;
  const { sortedBy, reversed } = model.choices[name];
  const { columns, items, row } = list;
  const wanted = filter.toLowerCase();
  const made = items(status).map((item) => ({
    item,
    row: { ...row(item), cells: columns.map((column) => column.cell(item, nowMs)) },
  }));
  const kept = wanted === '' ? made : made.filter((each) => has(each.row, wanted));
  const order = orderBy(columns[sortedBy], sortedBy);
  const sorted = kept.sort((a, b) => order(a, b) * (reversed ? -1 : 1));
  return { shapes: columns, rows: sorted.map((each) => each.row), total: made.length };
}

const has = ({ cells }: Row, wanted: string): boolean =>
  cells.some(({ text }) => text.toLowerCase().includes(wanted));

interface Made<T> {
  readonly item: T;
  readonly row: Row;
}

/** By one column, and by their keys where that is equal. */
function orderBy<T>(column: Column<T> | undefined, index: number): (a: Made<T>, b: Made<T>) => number {
  const value = column?.value;
  const text = ({ row }: Made<T>): string => row.cells[index]?.text ?? '';
  return (a, b) =>
    (value === undefined ? byShown(text(a), text(b)) : byValue(value(a.item), value(b.item))) ||
    byShown(a.row.key, b.row.key);
}

const byValue = (a: number | null, b: number | null): number =>
  (a ?? Number.POSITIVE_INFINITY) === (b ?? Number.POSITIVE_INFINITY)
    ? 0
    : (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY);

/** What says nothing comes last. */
const byShown = (a: string, b: string): number =>
  a === b ? 0 : a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1;

/** The row that keys are about, and where it is; null: there is none. */
export function chosenRow(
  model: Model,
  name: ListName,
  { rows }: ShownList,
): { readonly row: Row; readonly index: number } | null {
  const { key } = model.choices[name];
  const found = rows.findIndex((row) => row.key === key);
  const index = Math.max(0, found);
  const row = rows[index];
  return row === undefined ? null : { row, index };
}

/** The lock of a target as it is held now; null: nobody holds it. */
export const lockOn = (facts: Facts, target: Target): LockView | null =>
  facts.status.locks.find((lock) => targetOf(lock) === target) ?? null;

export const locksOf = (facts: Facts, agent: AgentId): readonly LockView[] =>
  facts.status.locks.filter((lock) => lock.agent === agent);
