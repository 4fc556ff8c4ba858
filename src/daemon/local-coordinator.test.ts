import { noGit } from './testing/no-git.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { asDurationMs, asRevision, asTimeMs, type AgentId, type ScopePath } from '../core/index.ts';
import type { Moment, Query } from '../protocol/index.ts';
import { LocalCoordinator } from './local-coordinator.ts';
import { restMs, ScopeFollower } from './scope-follower.ts';
import { FakeCoordinator } from './testing/fake-coordinator.ts';
import { FollowerWorld } from './testing/follower-world.ts';
import { refusalOf } from '../../test/support/refusal.ts';

const never = (): never => {
  throw new Error('nothing is to be taken over here');
};

let service: FakeCoordinator;
let looks: number;
let touched: boolean;
let follower: ScopeFollower;
let coordinator: LocalCoordinator;
beforeEach(() => {
  service = new FakeCoordinator();
  looks = 0;
  touched = false;
  follower = new ScopeFollower({
    scan: never,
    fingerprint: () => Promise.reject(new Error(`look ${(looks += 1)}`)),
    known: { noteLook: () => {}, areTouched: () => touched },
    inForce: never,
    submit: never,
    showProblems: () => {},
    wallMs: () => 0,
    monotonicMs: () => 0,
    pause: never,
  });
  coordinator = new LocalCoordinator(service, follower, noGit);
});

const subject = { kind: 'agent', agent: 'a' as AgentId } as const;
const now: readonly Query[] = [
  { kind: 'scopes' },
  { kind: 'status', at: null },
  { kind: 'why', subject, at: null },
  { kind: 'mayWrite', agent: 'ann' as AgentId, epoch: asRevision(1), files: ['a' as ScopePath], token: null },
];
const past: Moment = { kind: 'revision', revision: asRevision(1) };

it.each(now)('looks at the scope files before it answers, where nothing is held: %j', async (query) => {
  await coordinator.query(query);
  expect(looks).toBe(1);
});

it.each(now)('looks at them while something is held, too, where one was written anew: %j', async (query) => {
  service.isIdle = false;
  await coordinator.query(query);
  expect(looks).toBe(0);
  touched = true;
  await coordinator.query(query);
  expect(looks).toBe(1);
});

it('gives a lock by the files as they are', async () => {
  service.isIdle = false;
  touched = true;
  await coordinator.submit({ requestId: 'r', command: { kind: 'AcquireLock' } as never });
  expect(looks).toBe(1);
});

it('looks at the files before it tells a person the scopes, also while something is held', async () => {
  service.isIdle = false;
  await coordinator.query({ kind: 'scopes', fresh: true });
  expect(looks).toBe(1);
});

it('looks at the files before it tells a person the scopes, however recent the last look is', async () => {
  const world = new FollowerWorld();
  await world.begin();
  const following = new LocalCoordinator(service, world.follower, noGit);
  await following.query({ kind: 'scopes' });
  expect(world.looks).toBe(0);
  await following.query({ kind: 'scopes', fresh: true });
  expect(world.looks).toBe(1);
});

it('tells a person with the scopes what they declare of syncs, unless the files have not come to rest', async () => {
  const world = new FollowerWorld();
  world.syncCommands = new Map([['a' as ScopePath, { run: 'make', timeoutMs: asDurationMs(1_000) }]]);
  world.unread = ['b' as ScopePath];
  await world.begin();
  const following = new LocalCoordinator(service, world.follower, noGit);
  const declared = { commands: [['a', { run: 'make', timeoutMs: 1_000 }]], unread: ['b'] };
  expect(await following.query({ kind: 'scopes', fresh: true })).toMatchObject({ declared });
  expect(await following.query({ kind: 'scopes' })).not.toHaveProperty('declared');
  world.look = () => Promise.reject(new Error('gone'));
  expect(await following.query({ kind: 'scopes', fresh: true })).not.toHaveProperty('declared');
  world.look = async () => `look ${(looks += 1)}`;
  expect(await following.query({ kind: 'scopes', fresh: true })).not.toHaveProperty('declared');
});

it.each(now)('costs no look while something is held, since then the upkeep looks: %j', async (query) => {
  service.isIdle = false;
  await coordinator.query(query);
  expect(looks).toBe(0);
});

it.each(now)('looks at the files before it tells once more what was wrong with them: %j', async (query) => {
  service.isIdle = false;
  // In vain, and everybody is told so.
  await follower.poll().catch(() => {});
  await coordinator.query(query);
  expect(looks).toBe(2);
});

it.each<Query>([
  { kind: 'status', at: past },
  { kind: 'why', subject, at: { kind: 'time', atMs: asTimeMs(1) } },
  { kind: 'health' },
  { kind: 'violations' },
])('costs no look where the answer does not depend on the files: %j', async (query) => {
  await coordinator.query(query);
  expect(looks).toBe(0);
});

it.each([
  [1, true],
  [0, false],
])(
  'looks at the scope files %i times before somebody joins where nothing is held: %s',
  async (count, isIdle) => {
    service.isIdle = isIdle;
    await coordinator.submit({ requestId: 'r', command: { kind: 'AgentJoin' } as never });
    expect(looks).toBe(count);
  },
);

describe('while the files cannot be looked at', () => {
  const request = { requestId: 'r', command: { kind: 'Heartbeat' } as never };

  it('a scope that the log does not know is refused, with the reason why that is not certain', async () => {
    service.refusal = refusalOf('SCOPE_NOT_FOUND', 'new is no scope');
    const reply = await coordinator.submit(request);
    expect(reply).toMatchObject({ ok: false, rejection: { code: 'SCOPE_NOT_FOUND' } });
    expect(reply.ok ? '' : reply.rejection.message).toMatch(/^new is no scope \(.*look 1\)$/);
  });

  it('all else is served as ever', async () => {
    expect(await coordinator.submit(request)).toMatchObject({ ok: true });
    expect(looks).toBe(0);
  });
});

it('who asks for a scope that was just made, and for one that is held, is told while it is switched off that nobody waits', async () => {
  const rejections = ['SCOPE_NOT_FOUND', 'LOCK_HELD'] as const;
  const status = { locks: [], waiters: [], syncs: [] };
  service.query = async () => status as never;
  service.submit = async ({ command }) => {
    expect(command).toMatchObject({ wait: { kind: 'none' } });
    const code = rejections[looks]!;
    return { ok: false, revision: 1, atMs: 0, rejection: { code, message: code, details: {} } } as never;
  };
  const files = {
    unseen: null,
    switchesOff: true,
    isTouched: () => false,
    confirmsSwitchingOff: async () => true,
    refreshIfChanged: async () => (looks += 1) > 0,
  };
  coordinator = new LocalCoordinator(service, files as unknown as ScopeFollower, noGit);
  const wait = { kind: 'queue', forMs: null };
  const command = { kind: 'AcquireLock', agent: 'alice', scopes: ['held', 'new'], wait } as never;
  expect(await coordinator.submit({ requestId: 'r', command })).toMatchObject({
    rejection: { code: 'LOCK_HELD', details: { queueClosed: expect.any(String) as string } },
  });
});

describe('a refusal by a bound that the configuration sets', () => {
  const request = { requestId: 'r', command: { kind: 'Heartbeat' } as never };
  const refusal = refusalOf('LOCK_LIMIT_REACHED', '2 scopes at once');
  let world: FollowerWorld;
  beforeEach(async () => {
    world = new FollowerWorld();
    await world.begin();
    world.nowMs += restMs;
    service.isIdle = false;
    coordinator = new LocalCoordinator(service, world.follower, noGit);
  });

  it.each([
    'AGENT_HOLDS_LOCK',
    'CONCURRENCY_LIMIT',
    'DEPENDENCY_NOT_SYNCED',
    'LOCK_LIMIT_REACHED',
    'RETRY_LIMIT_REACHED',
    'TTL_TOO_LONG',
    'WOULD_DEADLOCK',
  ] as const)(
    'comes after a look at the files, and so does not hold for those of before: %s',
    async (code) => {
      service.refusal = refusalOf(code, 'too much');
      service.onSubmit = async () => {
        if (service.submitted.length > 1) service.refusal = null;
      };
      world.fingerprint = 'f2';
      expect(await coordinator.submit(request)).toMatchObject({ ok: true });
      expect(world.kinds.slice(-2)).toEqual(['Configure', 'DefineScopes']);
    },
  );

  it('is the answer where the files are those that are in force', async () => {
    service.refusal = refusal;
    expect(await coordinator.submit(request)).toMatchObject({ ok: false, rejection: refusal });
    expect([world.looks, service.submitted.length]).toEqual([1, 1]);
  });

  it('is asked for once more where files were taken over while it was decided', async () => {
    service.refusal = refusal;
    service.onSubmit = async () => {
      service.onSubmit = async () => {};
      await world.follower.refresh();
    };
    await coordinator.submit(request);
    expect([world.looks, service.submitted.length]).toEqual([0, 2]);
  });

  it('is the answer where nobody can see the files', async () => {
    service.refusal = refusal;
    world.trouble = new Error('index file corrupt');
    expect(await coordinator.submit(request)).toMatchObject({ ok: false, rejection: refusal });
  });

  it.each(['LOCK_HELD', 'STALE_FENCING_TOKEN'] as const)(
    'no look comes before any other: %s',
    async (code) => {
      service.refusal = refusalOf(code, 'held');
      await coordinator.submit(request);
      expect(world.looks).toBe(0);
    },
  );
});
