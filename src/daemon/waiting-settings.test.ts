import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultConfig } from '../config/index.ts';
import { asDurationMs, asRevision, asTimeMs, defaultSettings } from '../core/index.ts';
import { FollowerWorld, scope } from './testing/follower-world.ts';
import { refusalOf } from '../../test/support/refusal.ts';

let world: FollowerWorld;
beforeEach(() => (world = new FollowerWorld()));

describe('settings that are too tight for what is held', () => {
  it('are tried again at each poll until they are taken', async () => {
    world.settingsRefusal = {
      ok: false,
      revision: asRevision(5),
      atMs: asTimeMs(0),
      rejection: refusalOf('SETTINGS_IN_USE', 'three agents hold locks'),
    };
    await world.begin();
    expect(world.shown).toHaveLength(1);
    await world.pollLater();
    expect(world.kinds.filter((kind) => kind === 'Configure')).toHaveLength(2);
    world.settingsRefusal = null;
    await world.pollLater();
    expect(world.shown).toEqual([]);
    await world.pollLater();
    expect(world.kinds.filter((kind) => kind === 'Configure')).toHaveLength(3);
  });
});

describe('while somebody holds, waits or syncs', () => {
  const tighter = { ...defaultConfig, lockTtlMaxMs: asDurationMs(60_000), maxConcurrentAgents: 9 };

  beforeEach(async () => {
    await world.begin();
    world.commands.length = 0;
  });

  it.each(['held', 'waiting', 'syncing'] as const)(
    'tighter settings wait and looser ones take effect at once: %s',
    async (kind) => {
      world.work[kind] = 1;
      world.config = tighter;
      await world.follower.refresh();
      expect(world.settings).toEqual({ ...defaultSettings, maxConcurrentAgents: 9 });
      expect(world.shown).toEqual([
        expect.objectContaining({
          code: 'SETTINGS_WAIT',
          message: expect.stringContaining('agent_coordination.lock_timeout_max'),
        }),
      ]);
      world.work[kind] = 0;
      await world.pollLater();
      expect(world.settings).toMatchObject({ lockTtlMaxMs: 60_000 });
      expect(world.shown).toEqual([]);
    },
  );

  it('a file that was free stays so, and what is claimed with the next one takes effect', async () => {
    world.config = { ...defaultConfig, freePaths: ['*.lock', 'CHANGELOG.md'] };
    await world.follower.refresh();
    world.work.held = 1;
    world.config = { ...defaultConfig, freePaths: ['docs/**', '*.lock'], claimLevel: 'scope' };
    await world.follower.refresh();
    expect(world.settings).toEqual({
      ...defaultSettings,
      freePaths: ['docs/**', '*.lock', 'CHANGELOG.md'],
      claimLevel: 'scope',
    });
    expect(world.shown.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^agent_coordination\.free: /),
    ]);
    world.work.held = 0;
    await world.pollLater();
    expect(world.settings).toMatchObject({ freePaths: ['docs/**', '*.lock'] });
  });

  it('what waits is not tried again over files that are read meanwhile', async () => {
    world.work.held = 1;
    world.config = tighter;
    await world.follower.refresh();
    let open = (): void => undefined;
    world.gate = new Promise((resolve) => (open = resolve));
    [world.fingerprint, world.definitions] = ['f2', [scope('b')]];
    // A look that was begun before the files changed.
    world.look = () => Promise.resolve('f1');
    const done = Promise.all([world.follower.refresh(), world.pollLater()]);
    await vi.waitUntil(() => world.scans.length === 2);
    open();
    await done;
    expect(world.inForce).toEqual([scope('b')]);
  });

  it('what waits costs no scan at each poll', async () => {
    world.work.held = 1;
    world.config = tighter;
    await world.follower.refresh();
    await world.pollLater();
    await world.pollLater();
    expect(world.scans).toHaveLength(1);
  });

  it('coordination is not switched off, but will be, and everybody is told', async () => {
    world.work.held = 2;
    world.config = { ...defaultConfig, enabled: false };
    await world.follower.refresh();
    expect(await world.follower.confirmsSwitchingOff()).toBe(true);
    expect(world.shown).toEqual([
      expect.objectContaining({ code: 'DISABLING_WAITS', message: expect.stringContaining('2 held') }),
    ]);
    world.work.held = 0;
    await expect(world.pollLater()).rejects.toMatchObject({ code: 'DISABLED' });
  });

  it('coordination that is switched on again meanwhile goes on as if nothing had been', async () => {
    world.work.held = 1;
    world.config = { ...defaultConfig, enabled: false };
    await world.follower.refresh();
    world.config = defaultConfig;
    await world.follower.refresh();
    expect(await world.follower.confirmsSwitchingOff()).toBe(false);
    expect(world.shown).toEqual([]);
  });
});
