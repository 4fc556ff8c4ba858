import { beforeAll, describe, expect, it } from 'vitest';
import { evolve, initialState, type Entry, type Event } from '../core/index.ts';
import { MemoryLog } from '../store/memory/index.ts';
import { ManualTime } from '../time/index.ts';
import { allSeries } from './series.ts';
import { Play, playAll, playViolations } from './testing/play.ts';
import { keyOf, names, openWatched, Samples } from './testing/watched.ts';

/** All that can go on without time passing. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

let play: Play;
let entries: readonly Entry[];
let page: Samples;

beforeAll(async () => {
  play = new Play(await openWatched());
  await playAll(play);
  entries = await play.watched.entries();
  page = await play.watched.page();
});

type Labels = Record<string, string>;

/** Of a log, how often something happened, by labels. */
function countIn(labelsOf: (event: Event, entry: Entry) => Labels | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of entries)
    for (const event of entry.events) {
      const labels = labelsOf(event, entry);
      if (labels !== null) add(counts, labels);
    }
  return counts;
}

function add(counts: Record<string, number>, labels: Labels, by = 1): void {
  const key = keyOf('', labels);
  counts[key] = (counts[key] ?? 0) + by;
}

const kindOf = (event: { resource?: unknown; file?: unknown }): string =>
  event.resource === undefined ? (event.file === undefined ? 'scope' : 'file') : 'resource';

const counted: readonly [series: string, labelsOf: (event: Event) => Labels | null][] = [
  ['rhema_agent_joins_total', (e) => (e.kind === 'agent.joined' ? {} : null)],
  ['rhema_agent_resumes_total', (e) => (e.kind === 'agent.resumed' ? { way: e.way } : null)],
  ['rhema_agent_leaves_total', (e) => (e.kind === 'agent.left' ? {} : null)],
  ['rhema_agent_losses_total', (e) => (e.kind === 'agent.lost' ? { seen_dead: 'no' } : null)],
  [
    'rhema_lock_acquisitions_total',
    (e) => (e.kind === 'lock.granted' ? { kind: kindOf(e), waited: e.ticket === null ? 'no' : 'yes' } : null),
  ],
  [
    'rhema_lock_releases_total',
    (e) => (e.kind === 'lock.released' ? { kind: kindOf(e), cause: e.cause } : null),
  ],
  ['rhema_lock_expirations_total', (e) => (e.kind === 'lock.expired' ? { kind: kindOf(e) } : null)],
  ['rhema_lock_revocations_total', (e) => (e.kind === 'lock.revoked' ? { kind: kindOf(e) } : null)],
  ['rhema_lock_renewals_total', (e) => (e.kind === 'lock.renewed' ? { kind: kindOf(e) } : null)],
  ['rhema_tickets_total', (e) => (e.kind === 'ticket.issued' ? {} : null)],
  ['rhema_sync_starts_total', (e) => (e.kind === 'sync.started' ? {} : null)],
  ['rhema_sync_invalidations_total', (e) => (e.kind === 'sync.invalidated' ? {} : null)],
  ['rhema_context_writes_total', (e) => (e.kind === 'context.modified' ? {} : null)],
  [
    'rhema_messages_total',
    (e) => (e.kind === 'message.sent' ? { kind: e.messageKind, way: e.way.kind } : null),
  ],
  [
    'rhema_violations_total',
    (e) =>
      e.kind === 'violation.began'
        ? { type: e.type, rule: names.rules.includes(e.rule) ? e.rule : 'other' }
        : null,
  ],
  ['rhema_violation_ends_total', (e) => (e.kind === 'violation.ended' ? { end: e.end } : null)],
];

describe('what the log has', () => {
  it.each(counted)('%s is what is counted in it', (series, labelsOf) => {
    const inLog = countIn(labelsOf);
    expect(Object.keys(inLog).length).toBeGreaterThan(0);
    expect(page.of(series)).toEqual(inLog);
  });

  it('every entry is counted by its kind', () => {
    const kinds: Record<string, number> = {};
    for (const { kind } of entries) add(kinds, { kind });
    expect(page.of('rhema_log_entries_total')).toEqual(kinds);
    expect(page.value('rhema_log_revision')).toBe(entries.length);
  });

  it('changes of status are those of the machine, entry by entry', () => {
    const state = initialState();
    const expected: Record<string, number> = {};
    for (const entry of entries) {
      const before = [...state.agents.values()].map(({ id, epoch, status }) => ({ id, epoch, from: status }));
      evolve(state, entry);
      for (const { id, epoch, from } of before) {
        const agent = state.agents.get(id);
        if (agent?.epoch === epoch && agent.status !== from) add(expected, { from, to: agent.status });
      }
    }
    expect(Object.keys(expected).sort()).toEqual([
      '{from="blocked",to="idle"}',
      '{from="blocked",to="working"}',
      '{from="completed",to="idle"}',
      '{from="idle",to="blocked"}',
      '{from="idle",to="working"}',
      '{from="working",to="blocked"}',
      '{from="working",to="completed"}',
      '{from="working",to="idle"}',
    ]);
    expect(page.of('rhema_agent_transitions_total')).toEqual(expected);
  });

  it('messages are counted as read once for each reader', () => {
    const read = entries.flatMap(({ events }) => events).filter(({ kind }) => kind === 'message.read');
    expect(page.value('rhema_messages_read_total')).toBe(read.length);
    expect(read.length).toBe(1);
  });
});

/** The log names the beginning of what ends: a token, a ticket and a run are revisions. */
const begunAt: Partial<Record<Event['kind'], (event: never) => number>> = {
  'lock.released': ({ token }: { token: number }) => token,
  'lock.expired': ({ token }: { token: number }) => token,
  'lock.revoked': ({ token }: { token: number }) => token,
  'ticket.ended': ({ ticket }: { ticket: number }) => ticket,
  'sync.completed': ({ run }: { run: number }) => run,
  'sync.failed': ({ run }: { run: number }) => run,
  'sync.aborted': ({ run }: { run: number }) => run,
};

const lasting: readonly [series: string, group: string, labelsOf: (event: Event) => Labels][] = [
  ['rhema_lock_hold_seconds', 'lock.', (e) => ({ kind: kindOf(e as object) })],
  ['rhema_lock_wait_seconds', 'ticket.', (e) => ({ end: (e as { cause: string }).cause })],
  ['rhema_sync_seconds', 'sync.', (e) => ({ end: e.kind.replace('sync.', '') })],
];

it.each(lasting)('%s lasted as long as the log says', (series, group, labelsOf) => {
  const [counts, sums]: Record<string, number>[] = [{}, {}];
  for (const entry of entries)
    for (const event of entry.events) {
      const begun = event.kind.startsWith(group) ? begunAt[event.kind] : undefined;
      if (begun === undefined) continue;
      const since = entries.find(({ revision }) => revision === begun(event as never))!;
      add(counts!, labelsOf(event));
      add(sums!, labelsOf(event), (entry.atMs - since.atMs) / 1_000);
    }
  expect(page.of(`${series}_count`)).toEqual(counts);
  const lasted = Object.entries(sums!).filter(([, seconds]) => seconds > 0);
  expect(lasted.length).toBeGreaterThan(0);
  for (const [labels, seconds] of lasted) expect(page.of(`${series}_sum`)[labels]).toBeCloseTo(seconds, 6);
});

describe('what the log does not have', () => {
  const refused = (): readonly (readonly [kind: string, code: string])[] =>
    play.replies.flatMap(([kind, reply]) => (reply.ok ? [] : [[kind, reply.rejection.code] as const]));

  it('refusals are those that were answered', () => {
    const [all, ofLocks]: Record<string, number>[] = [{}, {}];
    for (const [kind, code] of refused()) {
      add(all!, { code });
      if (kind === 'AcquireLock') add(ofLocks!, { code });
    }
    expect(page.of('rhema_refusals_total')).toEqual(all);
    expect(page.of('rhema_lock_refusals_total')).toEqual(ofLocks);
    expect(Object.keys(ofLocks!)).toEqual(['{code="LOCK_HELD"}', '{code="SCOPE_NOT_FOUND"}']);
    expect(page.value('rhema_context_conflicts_total')).toBe(1);
  });

  it('commands are those that were answered, and each has taken its time', () => {
    const expected: Record<string, number> = {};
    for (const [kind, { ok }] of play.replies) add(expected, { kind, outcome: ok ? 'done' : 'refused' });
    const { '{kind="DefineScopes",outcome="done"}': ofStart, ...said } = page.of('rhema_commands_total');
    expect(ofStart).toBe(1);
    expect(said).toEqual(expected);
    const joins = play.replies.filter(([kind]) => kind === 'AgentJoin').length;
    expect(page.value('rhema_command_seconds_count', { kind: 'AgentJoin' })).toBe(joins);
  });

  it('what guards and owners of tokens were told', () => {
    expect(page.of('rhema_guard_verdicts_total')).toEqual({
      '{verdict="LOCK_NOT_HELD"}': 2,
      '{verdict="SCOPE_NOT_FOUND"}': 1,
    });
    expect(page.of('rhema_fencing_refusals_total')).toEqual({ '{by="command"}': 1, '{by="token"}': 1 });
    expect(page.value('rhema_query_seconds_count', { kind: 'mayWrite' })).toBe(1);
  });

  it('batches add up to the entries, and each had its append', () => {
    const sum = page.value('rhema_append_entries_sum');
    expect(sum).toBe(entries.length);
    expect(page.value('rhema_append_seconds_count')).toBe(page.value('rhema_append_entries_count'));
  });
});

describe('what there is', () => {
  it('agents, locks, queue, syncs, violations and scopes are those of the status', async () => {
    const { service, page: look, time } = (await openPlayed()).watched;
    const status = await service.query({ kind: 'status', at: null });
    const now = await look();
    const [agents, syncs]: Record<string, number>[] = [{}, {}];
    for (const { presence, status: one } of status.agents) add(agents!, { presence, status: one });
    for (const { status: one } of status.syncs) add(syncs!, { status: one });
    expect(now.of('rhema_agents')).toEqual(agents);
    expect(now.of('rhema_syncs')).toEqual(syncs);
    expect(now.of('rhema_locks')).toEqual({ '{kind="file"}': 1, '{kind="scope"}': 1 });
    expect(status.locks.length).toBe(2);
    expect(now.value('rhema_queue_length')).toBe(status.waiters.length);
    expect(now.value('rhema_scopes')).toBe(4);
    expect(now.of('rhema_open_violations')).toEqual({ '{type="ContextConsistency"}': 1 });
    expect(now.value('rhema_ready')).toBe(1);
    expect(now.value('rhema_watchers')).toBe(0);
    expect(time.monotonicMs()).toBeGreaterThan(0);
  });

  it('facts of the process and of the log are shown as they are told', () => {
    expect(page.of('rhema_log_bytes')).toEqual({ '': 4_096 });
    expect(page.of('rhema_http_streams')).toEqual({ '': 3 });
    expect(Object.keys(page.of('rhema_health')).length).toBe(4);
    expect(page.value('rhema_health', { check: 'safety_invariants' })).toBe(0);
    expect(page.of('rhema_build_info')).toEqual({ '{version="1.2.3"}': 1 });
    expect(page.of('process_cpu_seconds_total')).toEqual({ '': 1.5 });
    expect(page.of('process_resident_memory_bytes')).toEqual({ '': 42 });
    expect(page.of('process_start_time_seconds')).toEqual({ '': 1_700_000_000 });
  });
});

async function openPlayed(): Promise<Play> {
  const other = new Play(await openWatched());
  const [ann, bob, cid] = [await other.join('ann'), await other.join('bob'), await other.join('cid')];
  await other.acquire(ann, { scopes: ['a'] });
  await other.acquire(cid, { files: ['b/x.ts'] });
  await other.acquire(bob, { scopes: ['a'] }, true);
  await playViolations(other);
  await other.say({ kind: 'StartSync', ...ann, scope: 'c' });
  return other;
}

it('what was held, waited for and synced before it began to look has lasted since then', async () => {
  const log = new MemoryLog();
  const time = new ManualTime();
  const before = new Play(await openWatched(log, time));
  const [ann, bob] = [await before.join('ann'), await before.join('bob')];
  await before.acquire(ann, { scopes: ['a'] });
  await before.acquire(bob, { scopes: ['a'] }, true);
  await before.watched.service.stop();
  time.advance(7_000);
  const after = new Play(await openWatched(log, time));
  await after.say({ kind: 'ReleaseLock', ...ann, scopes: null, token: null });
  const now = await after.watched.page();
  expect(now.value('rhema_lock_hold_seconds_sum', { kind: 'scope' })).toBe(7);
  expect(now.value('rhema_lock_wait_seconds_sum', { end: 'granted' })).toBe(7);
});

describe('labels', () => {
  it('say nothing but what is declared, whoever calls himself how', async () => {
    const hostile = new Play(await openWatched());
    const who = await hostile.join('rhema_x@le/evil');
    const told = `bad"} 1\nrhema_agents{presence="present"} 99 rhema_0123456789ab_token`;
    await hostile.acquire(who, { scopes: [told] });
    await hostile.acquire(who, { files: [`a/${told}`] });
    await hostile.say({ kind: 'SetAgentStatus', ...who, status: 'blocked', reason: told });
    await hostile.say({
      kind: 'ReportViolation',
      by: told,
      type: 'LockConsistency',
      rule: told,
      subject: told,
      path: null,
      evidence: told,
      remedy: told,
    });
    await hostile.say({
      kind: 'SendAsOperator',
      by: told,
      to: { kind: 'all' },
      messageKind: 'info',
      text: told,
    });
    hostile.watched.metrics.requestAnswered({ method: told, route: `/${told}`, status: 999, tookMs: 1 });
    const shown = await hostile.watched.page();
    for (const part of ['bad', 'le=\\"1', '99', 'rhema_x', '0123456789ab'])
      expect(shown.text).not.toContain(part);
    expect(
      shown.value('rhema_http_requests_total', { method: 'other', route: 'other', status: 'other' }),
    ).toBe(1);
    expect(shown.value('rhema_violations_total', { type: 'LockConsistency', rule: 'other' })).toBe(1);
    expectDeclared(shown);
    expectDeclared(page);
  });

  function expectDeclared(shown: Samples): void {
    const declared = new Map(Object.values(allSeries(names)).map(({ name, labels }) => [name, labels]));
    for (const [series, label, value] of shown.labels()) {
      const labels = declared.get(series.replace(/_(bucket|sum|count)$/, '')) ?? declared.get(series);
      expect([...(labels?.[label] ?? []), 'other']).toContain(value);
    }
  }
});

it('calls of webhooks are counted by what came of them', async () => {
  const watched = await openWatched();
  for (const end of ['delivered', 'failed', 'failed', 'https://hidden']) watched.metrics.webhookTried(end);
  const shown = await watched.page();
  const counted = ['delivered', 'failed', 'switchedOff', 'other'].map((end) =>
    shown.value('rhema_webhook_tries_total', { end }),
  );
  expect(counted).toEqual([1, 2, 0, 1]);
});

it('a log that does not answer is shown as it was last, and as not ready', async () => {
  const { metrics, page: look, time } = play.watched;
  await look();
  const shown = metrics.page({
    figures: () => new Promise(() => undefined),
    health: async () => ({ ok: true, firstRevision: 1, connections: 0 }),
    checks: () => new Promise(() => undefined),
    logBytes: () => 0,
    streams: () => 0,
  });
  await settled();
  time.advance(2_000);
  await settled();
  time.advance(2_000);
  const samples = new Samples(await shown);
  expect(samples.value('rhema_ready')).toBe(0);
  expect(samples.of('rhema_health')).toEqual({});
  expect(samples.value('rhema_log_revision')).toBe(entries.length);
});

it('trouble is counted by its kind, and how late timers were', async () => {
  const { metrics, page: look, time } = await openWatched();
  metrics.trouble({ kind: 'appendFailed', message: 'the disk', cause: null });
  const stop = metrics.watchLoop();
  time.advance(500);
  const now = await look();
  stop();
  expect(now.of('rhema_troubles_total')).toEqual({ '{kind="appendFailed"}': 1 });
  expect(now.value('rhema_event_loop_lag_seconds_count')).toBe(1);
});
