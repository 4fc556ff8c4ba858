import { describe, expect, it } from 'vitest';
import type { Commit } from '../observe/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { ManualClock } from '../time/index.ts';
import { unobserved } from './options.ts';
import {
  acquire,
  defineScopes,
  join,
  entriesIn,
  kindsIn,
  newRequestId,
  openBench,
  release,
  resultOf,
  scopePath,
  settled,
  submit,
} from './testing.ts';

async function openWithAgents(...names: string[]) {
  const bench = await openBench();
  await defineScopes(bench.service, 'a', 'b', 'c', 'd');
  const agents = await Promise.all(names.map((name) => join(bench.service, name)));
  return { ...bench, agents };
}

describe('a command', () => {
  it('is answered with its revision once it is in the log', async () => {
    const { service, store, agents } = await openWithAgents('ann');
    const reply = await acquire(service, agents[0]!, 'a');
    const [grant] = resultOf(reply, 'granted').locks;
    expect(grant?.token).toBe(reply.revision);
    expect((await store.bounds()).last).toBe(reply.revision);
    expect(await kindsIn(store)).toEqual(['TakeOver', 'DefineScopes', 'AgentJoin', 'AcquireLock']);
  });

  it('that is refused writes nothing and says at which revision it was decided', async () => {
    const { service, store, agents } = await openWithAgents('ann', 'bob');
    const { revision } = await acquire(service, agents[0]!, 'a');
    const reply = await acquire(service, agents[1]!, 'a');
    expect(reply).toMatchObject({ ok: false, revision, rejection: { code: 'LOCK_HELD' } });
    expect((await store.bounds()).last).toBe(revision);
  });

  it('that is repeated by one who does not prove to be its sender is refused as that', async () => {
    const { service, agents } = await openWithAgents('ann');
    const [ann] = agents;
    const taking = {
      kind: 'AcquireLock',
      ...ann!,
      scopes: [scopePath('a')],
      ttlMs: null,
      reason: null,
    } as const;
    const first = await submit(service, { ...taking, wait: { kind: 'none' } }, 'r1');
    const forged = await submit(service, { ...taking, secret: 'forged', wait: { kind: 'none' } }, 'r1');
    expect(forged).toMatchObject({ ok: false, rejection: { code: 'SESSION_MISMATCH' } });
    const again = await submit(service, { ...taking, wait: { kind: 'none' } }, 'r1');
    expect(again).toMatchObject({ ok: true, revision: first.revision });
  });

  it('that changes the session, or ends it, is answered again to its sender', async () => {
    const { service, agents } = await openWithAgents('ann');
    const [ann] = agents;
    const resuming = { kind: 'AgentResume', ...ann!, newSecret: 'new', way: 'resume', from: 'test' } as const;
    const resumed = await submit(service, resuming, 'r1');
    expect(await submit(service, resuming, 'r1')).toMatchObject({ ok: true, revision: resumed.revision });
    const leaving = { kind: 'AgentLeave', ...ann!, secret: 'new' } as const;
    const left = await submit(service, leaving, 'r2');
    expect(await submit(service, leaving, 'r2')).toMatchObject({ ok: true, revision: left.revision });
  });

  it('that is repeated gets the first answer and takes effect once', async () => {
    const { service, store, agents } = await openWithAgents('ann');
    const id = newRequestId();
    const first = await acquire(service, agents[0]!, 'a', false, id);
    await release(service, agents[0]!);
    expect(await acquire(service, agents[0]!, 'a', false, id)).toEqual(first);
    expect((await kindsIn(store)).filter((kind) => kind === 'AcquireLock')).toHaveLength(1);
  });

  it('is refused when its secret is not the one of the join, and no secret reaches the log', async () => {
    const { service, log, agents } = await openWithAgents('ann');
    const reply = await acquire(service, { ...agents[0]!, secret: 'guessed' }, 'a');
    expect(reply).toMatchObject({ ok: false, rejection: { code: 'SESSION_MISMATCH' } });
    expect(JSON.stringify(log.entries)).not.toContain('secret of ann');
  });

  it('that changes nothing is accepted without an entry', async () => {
    const { service, store, agents, clock } = await openWithAgents('ann');
    const { last } = await store.bounds();
    const { atMs } = await acquire(service, agents[0]!, 'nowhere');
    clock.advance(5);
    const reply = await release(service, agents[0]!);
    const result = { kind: 'released', scopes: [] };
    expect(reply).toEqual({ ok: true, revision: last, atMs: atMs + 5, result });
    expect((await store.bounds()).last).toBe(last);
  });
});

describe('a batch', () => {
  it('holds all that waits, and each command sees the effects of those before it', async () => {
    const { service, store, agents } = await openWithAgents('ann', 'bob');
    store.appended.length = 0;
    const [first, second] = await Promise.all(agents.map((agent) => acquire(service, agent, 'a', true)));
    expect(store.appended.map((entries) => entries.length)).toEqual([2]);
    expect(resultOf(first!, 'granted').locks).toHaveLength(1);
    expect(resultOf(second!, 'queued').position).toBe(1);
  });

  it('gathers what arrives while an append is in flight', async () => {
    const { service, store, agents } = await openWithAgents('ann', 'bob', 'cem');
    store.appended.length = 0;
    const open = store.holdAppends();
    const first = acquire(service, agents[0]!, 'a');
    await settled();
    const others = [acquire(service, agents[1]!, 'b'), acquire(service, agents[2]!, 'c')];
    open();
    await Promise.all([first, ...others]);
    expect(store.appended.map((entries) => entries.length)).toEqual([1, 2]);
  });

  it('tells nothing before it is durable, neither to its caller nor to a reader', async () => {
    const { service, store, agents } = await openWithAgents('ann');
    const open = store.holdAppends();
    const told: string[] = [];
    const reply = acquire(service, agents[0]!, 'a').then(() => told.push('reply'));
    await settled();
    const status = service
      .query({ kind: 'status', at: null })
      .then(({ locks }) => told.push(`locks ${locks.length}`));
    await settled();
    expect(told).toEqual([]);
    open();
    await Promise.all([reply, status]);
    expect(told).toEqual(['reply', 'locks 1']);
  });

  it('is bounded: what does not fit goes into the next, in order', async () => {
    const bench = await openBench({ options: { batchCommandsMax: 2 } });
    await defineScopes(bench.service, 'a');
    bench.store.appended.length = 0;
    await Promise.all(['ann', 'bob', 'cem', 'dan', 'eve'].map((name) => join(bench.service, name)));
    expect(bench.store.appended.map((entries) => entries.map((entry) => entry.agent))).toEqual([
      ['ann', 'bob'],
      ['cem', 'dan'],
      ['eve'],
    ]);
  });

  it('turns commands away when too many wait, and says that they may come again', async () => {
    const bench = await openBench({ options: { queuedCommandsMax: 1 } });
    const first = join(bench.service, 'ann');
    await expect(join(bench.service, 'bob')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await expect(first).resolves.toMatchObject({ agent: 'ann' });
  });
});

it('what watches over the log is told of each commit, and for how long the store was at it', async () => {
  const commits: Commit[] = [];
  const observer = { ...unobserved, committed: (commit: Commit) => void commits.push(commit) };
  const clock = new ManualClock();
  const bench = await openBench({ clock, options: { observer, stopwatchMs: () => clock.monotonicMs() } });
  commits.splice(0);
  const slow = bench.store.append.bind(bench.store);
  bench.store.append = (expected, entries) => {
    bench.clock.advance(70);
    return slow(expected, entries);
  };
  await Promise.all([join(bench.service, 'ann'), join(bench.service, 'bob')]);
  const last = (await entriesIn(bench.store)).slice(-2);
  expect(commits).toEqual([{ entries: 2, requests: last.map(({ requestId }) => requestId), tookMs: 70 }]);
});

describe('what ends by time', () => {
  it('ends at its deadline without anybody asking', async () => {
    const { service, timers, store, agents } = await openWithAgents('ann');
    await acquire(service, agents[0]!, 'a');
    timers.advance(59_999);
    await settled();
    expect(await kindsIn(store)).not.toContain('ExpireDue');
    timers.advance(2);
    await settled();
    expect((await kindsIn(store)).at(-1)).toBe('ExpireDue');
  });

  it('has ended before a command of the same moment is decided', async () => {
    const { service, clock, agents } = await openWithAgents('ann', 'bob');
    await acquire(service, agents[0]!, 'a');
    clock.advance(60_000);
    const reply = await acquire(service, agents[1]!, 'a');
    expect(resultOf(reply, 'granted').locks).toHaveLength(1);
  });

  it('moves with each renewal', async () => {
    const { service, timers, store, agents } = await openWithAgents('ann');
    await acquire(service, agents[0]!, 'a');
    for (let beat = 0; beat < 5; beat += 1) {
      timers.advance(40_000);
      await submit(service, { kind: 'Heartbeat', ...agents[0]! });
    }
    expect(await kindsIn(store)).not.toContain('ExpireDue');
  });
});

describe('stopping', () => {
  it('finishes what waits, refuses what is new, and ends all waiting', async () => {
    const { service, store, agents } = await openWithAgents('ann', 'bob');
    await acquire(service, agents[0]!, 'a');
    const { ticket } = resultOf(await acquire(service, agents[1]!, 'a', true), 'queued');
    const waiting = service.awaitTicket({ agent: agents[1]!.agent, ticket });
    await settled();
    const last = acquire(service, agents[0]!, 'a');
    const stopped = service.stop();
    await expect(acquire(service, agents[0]!, 'a')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await stopped;
    expect((await last).revision).toBe((await store.bounds()).last);
  });

  it('leaves no timer behind', async () => {
    const { service, timers, agents } = await openWithAgents('ann');
    await acquire(service, agents[0]!, 'a');
    await service.stop();
    expect(timers.size).toBe(0);
  });
});

describe('being idle', () => {
  it('means that nothing is held, waited for or under way', async () => {
    const { service, agents } = await openWithAgents('ann');
    await settled();
    expect(service.idle()).toBe(true);
    const asked = acquire(service, agents[0]!, 'a');
    expect(service.idle()).toBe(false);
    await asked;
    await settled();
    expect(service.health()).toMatchObject({ busy: true, ok: true });
    await release(service, agents[0]!);
    await settled();
    expect(service.idle()).toBe(true);
  });
});

describe('a failure that nobody can mend', () => {
  it('is told as such and does not stop the service', async () => {
    const { service, store, agents } = await openWithAgents('ann');
    store.fates.push('diskFull');
    const refused = acquire(service, agents[0]!, 'a');
    await expect(refused).rejects.toBeInstanceOf(CoordinatorError);
    await expect(refused).rejects.toMatchObject({ code: 'STORE_FAILURE', details: { store: 'DISK_FULL' } });
    expect(await acquire(service, agents[0]!, 'a')).toMatchObject({ ok: true });
  });
});
