import { describe, expect, it } from 'vitest';
import {
  asDurationMs,
  asRevision,
  asTimeMs,
  defaultSettings,
  invariantNames,
  type Revision,
} from '../core/index.ts';
import type { HistoryAnswer, Moment, WhySubject } from '../protocol/index.ts';
import {
  acquire,
  defineScopes,
  join,
  openBench,
  release,
  resultOf,
  scopePath,
  settled,
  submit,
} from './testing.ts';

/** ann takes a, bob waits for it, ann gives it back, bob has it; ten seconds lie between each. */
async function openWithStory(options = {}) {
  const bench = await openBench({ options });
  const { service, timers } = bench;
  await defineScopes(service, 'a', 'b');
  const [ann, bob] = [await join(service, 'ann'), await join(service, 'bob')];
  const taken = await acquire(service, ann, 'a');
  timers.advance(10_000);
  const queued = await acquire(service, bob, 'a', true);
  timers.advance(10_000);
  const handed = await release(service, ann);
  await settled();
  const [taking, queueing, handing] = [taken.revision, queued.revision, handed.revision];
  return { ...bench, ann, bob, taking, queueing, handing, token: resultOf(taken, 'granted').locks[0]!.token };
}

const scopeA = { kind: 'scope', scope: scopePath('a') } as const;
const at = (revision: number) => ({ kind: 'revision', revision: asRevision(revision) }) as const;

describe('status', () => {
  it('shows who holds what and who waits, now and at any past revision or time', async () => {
    const { service, queueing, handing, clock } = await openWithStory();
    const now = await service.query({ kind: 'status', at: null });
    expect(now).toMatchObject({
      revision: handing,
      locks: [{ scope: 'a', agent: 'bob' }],
      waiters: [],
      violations: [],
    });
    const then = await service.query({ kind: 'status', at: at(queueing) });
    expect(then).toMatchObject({
      revision: queueing,
      locks: [{ agent: 'ann', queueLength: 1 }],
      waiters: [{ agent: 'bob', position: 1, waitsFor: ['a'] }],
    });
    const atMs = asTimeMs(clock.wallMs() - 1);
    expect(await service.query({ kind: 'status', at: { kind: 'time', atMs } })).toEqual(then);
  });

  it('shows that the session of a waiter ends before its wait does, unless it gives a sign of life', async () => {
    let drawn = 0;
    const { service } = await openBench({ options: { chance: () => (drawn += 1) / 1_000 } });
    await defineScopes(service, 'a');
    const sessionTtlMs = asDurationMs(30_000);
    const settings = { ...defaultSettings, sessionTtlMs };
    await service.submitInternal({ kind: 'Configure', by: 'service', settings });
    await acquire(service, await join(service, 'ann'), 'a');
    for (const forMs of [20_000, 60_000]) {
      const waiter = await join(service, `bob-${forMs}`);
      const wait = { kind: 'queue', forMs: asDurationMs(forMs) } as const;
      const wanted = { scopes: [scopePath('a')], ttlMs: null, wait, reason: null };
      await submit(service, { kind: 'AcquireLock', ...waiter, ...wanted });
    }
    const [short, long] = (await service.query({ kind: 'status', at: null })).waiters;
    expect(short).not.toHaveProperty('endsBefore');
    expect(long?.endsBefore).toEqual({ cause: 'session', atMs: long!.sinceMs + sessionTtlMs });
  });

  it('is read of one past moment at a time, so that others are heard meanwhile', async () => {
    const { service, store, handing } = await openWithStory({ snapshotEveryEntries: 2 });
    await service.query({ kind: 'status', at: null });
    const loads = store.snapshotLoads;
    const asked = Array.from({ length: 5 }, () => service.query({ kind: 'status', at: at(handing) }));
    await settled();
    expect(store.snapshotLoads).toBe(loads + 1);
    const answers = await Promise.all(asked);
    expect(answers.map(({ revision }) => revision)).toEqual(asked.map(() => handing));
    expect(store.snapshotLoads).toBe(loads + 5);
  });

  it('shows what an agent has said of a hold as long as that lasts, not of the next', async () => {
    const { service, timers } = await openBench({});
    await defineScopes(service, 'a');
    const ann = await join(service, 'ann');
    const shown = async () => {
      const { agents, locks } = await service.query({ kind: 'status', at: null });
      return [...agents, ...locks].map(({ lastReport }) => lastReport?.text ?? null);
    };
    await acquire(service, ann, 'a');
    const set = { kind: 'SetAgentStatus', ...ann } as const;
    await submit(service, { ...set, status: 'blocked', reason: 'needs a decision' });
    await submit(service, { ...set, status: 'working', reason: null });
    expect(await shown()).toEqual(['needs a decision', 'needs a decision']);
    await release(service, ann);
    expect(await shown()).toEqual([null]);
    timers.advance(1_000);
    await acquire(service, ann, 'a');
    expect(await shown()).toEqual([null, null]);
    await submit(service, { ...set, status: 'completed', reason: 'all done' });
    expect(await shown()).toEqual(['all done']);
  });

  it('shows how many retries a sync has left: one less with each retry, not with each failure', async () => {
    let drawn = 0;
    const { service } = await openBench({ options: { chance: () => (drawn += 1) / 1_000 } });
    await defineScopes(service, 'a');
    const settings = { ...defaultSettings, maxRetries: 2, retryBackoffMs: asDurationMs(0) };
    await service.submitInternal({ kind: 'Configure', by: 'service', settings });
    const ann = await join(service, 'ann');
    const scope = scopePath('a');
    const left: unknown[] = [];
    const note = async () => {
      const [sync] = (await service.query({ kind: 'status', at: null })).syncs;
      left.push([sync?.status, sync?.retriesLeft]);
    };
    for (const _attempt of [1, 2, 3]) {
      const { run } = resultOf(await submit(service, { kind: 'StartSync', ...ann, scope }), 'syncStarted');
      await note();
      await submit(service, { kind: 'FailSync', ...ann, scope, run, error: 'no' });
      await note();
      await submit(service, { kind: 'RetrySync', scope, by: 'olga' });
    }
    expect(left).toEqual([
      ['syncing', 2],
      ['failed', 2],
      ['syncing', 1],
      ['failed', 1],
      ['syncing', 0],
      ['failed', 0],
    ]);
  });

  it('shows no secret, not even as a digest', async () => {
    const { service, log } = await openWithStory();
    const text = JSON.stringify(await service.query({ kind: 'status', at: null }));
    const session = /"session":"([0-9a-f]{64})"/.exec(
      JSON.stringify(log.entries.map((entry) => JSON.parse(entry.body))),
    )?.[1];
    expect(session).toBeDefined();
    expect(text).not.toContain(session);
  });

  it('shows what is wrong with the scope files', async () => {
    const { service } = await openWithStory();
    const problem = { code: 'X', severity: 'error', file: 'a', line: 1, column: 1, message: 'm' } as const;
    service.setScopeProblems([problem]);
    expect((await service.query({ kind: 'status', at: null })).scopeProblems).toEqual([problem]);
    expect((await service.query({ kind: 'scopes' })).problems).toEqual([problem]);
  });
});

describe('why', () => {
  it('tells of a scope who holds it, who waits, and what happened, newest first', async () => {
    const { service, queueing, taking } = await openWithStory();
    const answer = await service.query({ kind: 'why', subject: scopeA, at: at(queueing) });
    expect(answer).toMatchObject({
      revision: queueing,
      agent: { agent: 'ann' },
      locks: [{ agent: 'ann' }],
      waiters: [{ agent: 'bob' }],
    });
    expect(answer.happened.map(({ revision, event }) => `${revision} ${event.kind}`)).toEqual([
      `${queueing} ticket.issued`,
      `${taking} lock.granted`,
      '2 scope.defined',
    ]);
  });

  it('leaves out renewals, of which there are many and which explain nothing', async () => {
    const { service, bob, handing } = await openWithStory();
    for (let beat = 0; beat < 30; beat += 1) await submit(service, { kind: 'Heartbeat', ...bob });
    const { happened } = await service.query({ kind: 'why', subject: scopeA, at: null });
    expect(happened[0]).toMatchObject({ revision: handing, event: { kind: 'lock.granted', agent: 'bob' } });
  });

  it('tells of a scope how waits for it ended, and of an agent that its run was aborted', async () => {
    const { service, ann, bob } = await openWithStory();
    await submit(service, { kind: 'StartSync', ...ann, scope: scopePath('b') });
    await submit(service, { kind: 'AbortSync', scope: scopePath('b'), by: 'olga', reason: null });
    await acquire(service, ann, 'a', true);
    await submit(service, { kind: 'CancelWait', ...ann });
    const kindsOf = async (subject: WhySubject) => {
      const why = await service.query({ kind: 'why', subject, at: null, happened: 2 });
      return why.happened.map(({ event }) => event.kind);
    };
    expect(await kindsOf(scopeA)).toEqual(['ticket.ended', 'ticket.issued']);
    expect(await kindsOf({ kind: 'scope', scope: scopePath('b') })).toEqual(['sync.aborted', 'sync.started']);
    const filter = { scope: scopePath('a'), events: ['ticket.ended'] };
    const { entries } = await service.query({ kind: 'history', filter, limit: 1, before: null });
    expect(entries).toMatchObject([{ events: [{ kind: 'ticket.ended', agent: 'ann', cause: 'cancelled' }] }]);
    await release(service, bob);
    const { happened } = await service.query({
      kind: 'why',
      subject: { kind: 'agent', agent: ann.agent },
      at: null,
      happened: 10,
    });
    expect(happened.map(({ event }) => event.kind)).toContain('sync.aborted');
  });

  it('tells of an agent all that it is syncing', async () => {
    const { service } = await openBench();
    await defineScopes(service, 'b', 'a');
    const ann = await join(service, 'ann');
    for (const scope of ['b', 'a'])
      await submit(service, { kind: 'StartSync', ...ann, scope: scopePath(scope) });
    const subject = { kind: 'agent', agent: ann.agent } as const;
    const why = await service.query({ kind: 'why', subject, at: null, happened: 0 });
    expect(why).toMatchObject({ sync: { scope: 'a' }, runs: [{ scope: 'a' }, { scope: 'b' }] });
  });

  it('tells of an agent whom it waits for', async () => {
    const { service, queueing, bob } = await openWithStory();
    const subject = { kind: 'agent', agent: bob.agent } as const;
    const answer = await service.query({ kind: 'why', subject, at: at(queueing) });
    expect(answer).toMatchObject({
      agent: { status: 'blocked' },
      locks: [],
      waitsFor: [{ agent: 'ann', scope: 'a' }],
    });
  });
});

describe('history', () => {
  it('is filtered by agent, scope, kind of event and time, newest first', async () => {
    const { service, ann, taking, queueing, handing, clock } = await openWithStory();
    const ask = async (filter: object) => {
      const { entries } = await service.query({ kind: 'history', filter, limit: 100, before: null });
      return entries.map((entry) => entry.revision);
    };
    expect(await ask({ events: ['lock'] })).toEqual([handing, taking]);
    expect(await ask({ events: ['ticket.issued'] })).toEqual([queueing]);
    expect(await ask({ agent: ann.agent, scope: scopePath('a') })).toEqual([handing, taking]);
    expect(await ask({ sinceMs: asTimeMs(clock.wallMs() - 10_000) })).toEqual([handing, queueing]);
    expect(await ask({ untilMs: asTimeMs(clock.wallMs() - 10_000), scope: scopePath('a') })).toEqual([
      queueing,
      taking,
      2,
    ]);
  });

  it('comes in pages that join without gaps', async () => {
    const { service, handing } = await openWithStory();
    const seen: number[] = [];
    let before: Revision | null = null;
    do {
      const page: HistoryAnswer = await service.query({ kind: 'history', filter: {}, limit: 2, before });
      seen.push(...page.entries.map((entry) => entry.revision));
      before = page.nextBefore;
    } while (before !== null);
    expect(seen).toEqual(Array.from({ length: handing }, (_, index) => handing - index));
  });
});

describe('a token', () => {
  it('is good while its lock is held, and says why when it is not', async () => {
    const { service, token, handing, timers } = await openWithStory();
    const ask = (asked: number) =>
      service.query({ kind: 'token', scope: scopePath('a'), token: asRevision(asked) });
    expect(await ask(handing)).toMatchObject({ valid: true, holder: { agent: 'bob' } });
    expect(await ask(token)).toMatchObject({ valid: false, why: expect.stringContaining('bob') });
    timers.advance(60_001);
    expect(await ask(handing)).toMatchObject({ valid: false });
  });
});

describe('the past', () => {
  it('that is no longer kept is answered as such', async () => {
    const { service } = await openWithStory({ snapshotEveryEntries: 2, horizonMs: 0 });
    await settled();
    const gone = { code: 'COMPACTED' };
    await expect(service.query({ kind: 'status', at: at(1) })).rejects.toMatchObject(gone);
    await expect(
      service.query({ kind: 'status', at: { kind: 'time', atMs: asTimeMs(5) } }),
    ).rejects.toMatchObject(gone);
  });
});

describe('a moment from before the log', () => {
  it.each(['status', 'why'] as const)('is refused by %s, with where the log begins', async (kind) => {
    const { service } = await openWithStory();
    const ask = (at: Moment): Promise<unknown> =>
      kind === 'status' ? service.query({ kind, at }) : service.query({ kind, subject: scopeA, at });
    const { timeMs } = await service.query({ kind: 'status', at: at(1) });
    const refused = (asked: string): object => ({
      code: 'INVALID_INPUT',
      message: `${asked} is from before the log, which begins at ${new Date(timeMs).toISOString()}, revision 1: nothing is known of before`,
      details: { first: 1, firstMs: timeMs },
    });
    const before = asTimeMs(timeMs - 1);
    const asked = new Date(before).toISOString();
    await expect(ask({ kind: 'time', atMs: before })).rejects.toMatchObject(refused(asked));
    await expect(ask(at(0))).rejects.toMatchObject(refused('revision 0'));
    await expect(ask({ kind: 'time', atMs: timeMs })).resolves.toMatchObject({ timeMs });
  });
});

describe('a moment that is still to come', () => {
  const refused = { code: 'INVALID_INPUT' };

  it.each(['status', 'why'] as const)('is refused by %s, with the newest revision', async (kind) => {
    const { service } = await openWithStory();
    const { revision } = await service.query({ kind: 'status', at: null });
    const ask = (at: Moment): Promise<unknown> =>
      kind === 'status'
        ? service.query({ kind, at })
        : service.query({ kind, subject: { kind: 'scope', scope: scopePath('a') }, at });
    const to = (wanted: number): Moment => ({ kind: 'revision', revision: asRevision(wanted) });
    await expect(ask(to(revision + 1))).rejects.toMatchObject({ ...refused, details: { newest: revision } });
    await expect(ask(to(revision))).resolves.toMatchObject({ revision });
  });

  it('is refused as a time, but for what clocks may differ', async () => {
    const { service, clock } = await openWithStory();
    const at = (ms: number): Moment => ({ kind: 'time', atMs: asTimeMs(clock.wallMs() + ms) });
    await expect(service.query({ kind: 'status', at: at(60_000) })).rejects.toMatchObject(refused);
    await expect(service.query({ kind: 'status', at: at(1_000) })).resolves.toBeDefined();
  });
});

describe('a check', () => {
  it('names every invariant that was evaluated', async () => {
    const { service } = await openWithStory();
    expect(await service.query({ kind: 'violations' })).toMatchObject({
      checked: invariantNames,
      violations: [],
    });
  });
});
