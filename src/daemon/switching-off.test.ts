import { noGit } from './testing/no-git.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, type FilePath, type ResourceName, type Wish } from '../core/index.ts';
import type { Reply } from '../protocol/index.ts';
import { join, newRequestId, openBench, scopePath, type Bench, type Identity } from '../service/testing.ts';
import { LocalCoordinator } from './local-coordinator.ts';
import type { ScopeFollower } from './scope-follower.ts';

let bench: Bench;
let coordinator: LocalCoordinator;
let alice: Identity;
let bob: Identity;
let carl: Identity;

const switchingOff = {
  takes: 0,
  unseen: null,
  switchesOff: true,
  isTouched: () => false,
  confirmsSwitchingOff: async () => true,
  refreshIfChanged: async () => false,
} as unknown as ScopeFollower;

const port = '@port' as ResourceName;

beforeEach(async () => {
  bench = await openBench({ options: { chance: Math.random } });
  const { service } = bench;
  const scopes = ['.', 'lib', 'web'].map((path, number) => {
    return { path: scopePath(path), name: `scope${number}`, type: 'package', dependencies: [] };
  });
  await service.submitInternal({ kind: 'DefineScopes', by: 'service', scopes });
  const settings = { ...defaultSettings, maxLocksPerAgent: 3, resources: { [port]: 2 } };
  await service.submitInternal({ kind: 'Configure', by: 'service', settings });
  [alice, bob, carl] = (await Promise.all(['alice', 'bob', 'carl'].map((name) => join(service, name)))) as [
    Identity,
    Identity,
    Identity,
  ];
  coordinator = new LocalCoordinator(service, switchingOff, noGit);
});

const asking = (who: Identity, wish: Partial<Wish>) =>
  ({
    kind: 'AcquireLock',
    ...who,
    scopes: [],
    ...wish,
    ttlMs: null,
    wait: { kind: 'queue', forMs: null },
    reason: null,
  }) as const;

/** Before it is switched off. */
const got = (who: Identity, wish: Partial<Wish>): Promise<Reply> =>
  bench.service.submit({ requestId: newRequestId(), command: asking(who, wish) });
const asks = (who: Identity, wish: Partial<Wish>): Promise<Reply> =>
  coordinator.submit({ requestId: newRequestId(), command: asking(who, wish) });

const whole = (...paths: string[]): Partial<Wish> => ({ scopes: paths.map(scopePath) });
const file = (path: string): Partial<Wish> => ({ files: [path as FilePath] });
const aPort = { resources: [port] };
const off = { code: 'DISABLED' };

describe('while coordination is being switched off', () => {
  it.each<[string, Partial<Wish>, Partial<Wish>]>([
    ['another scope', whole('lib'), whole('web')],
    ['a scope within one that is held', whole('.'), whole('lib')],
    ['a file of a scope within one that is held', whole('.'), file('lib/a.ts')],
    ['another file', file('lib/a.ts'), file('lib/b.ts')],
    ['another slot', aPort, aPort],
  ])('what is free is not given out any more: %s', async (_what, held, wanted) => {
    await got(alice, held);
    const { revision } = bench.service.health();
    await expect(asks(carl, wanted)).rejects.toMatchObject(off);
    await expect(asks(carl, wanted)).rejects.toThrow('1 held, 0 waited for');
    expect(bench.service.health().revision).toBe(revision);
  });

  it('nor is what somebody waits for who is not next in line', async () => {
    await got(alice, whole('lib', 'web'));
    await got(bob, whole('lib'));
    await got(carl, whole('.', 'web'));
    await expect(asks(await join(bench.service, 'dora'), whole('.'))).rejects.toMatchObject(off);
  });

  it.each<[string, Partial<Wish>]>([
    ['the same', whole('lib')],
    ['a file of it', file('lib/a.ts')],
    ['more', whole('lib', 'web')],
  ])(
    'whoever asks for what another has is answered as ever, but gets no ticket: %s',
    async (_what, wanted) => {
      await got(alice, whole('lib'));
      expect(await asks(carl, wanted)).toMatchObject({
        rejection: {
          code: 'LOCK_HELD',
          message: expect.stringContaining('switched off') as string,
          details: { queueClosed: expect.stringContaining('nothing new is given out') as string },
        },
      });
    },
  );

  it('a holder may ask again for what it has, and a waiter for what it waits for', async () => {
    await got(alice, whole('lib'));
    await got(bob, whole('lib'));
    expect(await asks(alice, whole('lib'))).toMatchObject({ ok: true, result: { kind: 'granted' } });
    expect(await asks(bob, whole('lib'))).toMatchObject({ ok: true, result: { kind: 'queued' } });
  });

  it('the lock of a free scope does not come with a write, either', async () => {
    await got(alice, whole('lib'));
    const content = { token: null, digest: 'a'.repeat(64), baseDigest: null };
    const write = { kind: 'ContextModify', file: 'a.yaml', ...content } as const;
    const written = (who: Identity, path: string): Promise<Reply> => {
      const command = { ...write, ...who, scope: scopePath(path) };
      return coordinator.submit({ requestId: newRequestId(), command });
    };
    await expect(written(carl, 'web')).rejects.toMatchObject(off);
    expect(await written(alice, 'lib')).toMatchObject({ ok: true });
  });

  it('no sync is started', async () => {
    const command = { kind: 'StartSync', ...alice, scope: scopePath('lib') } as const;
    await expect(coordinator.submit({ requestId: newRequestId(), command })).rejects.toMatchObject(off);
  });

  it('all that ends something is served', async () => {
    await got(alice, whole('lib'));
    const command = { kind: 'ReleaseLock', ...alice, scopes: null, token: null } as const;
    expect(await coordinator.submit({ requestId: newRequestId(), command })).toMatchObject({ ok: true });
  });
});
