import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultConfig } from '../config/index.ts';
import { freshMs } from './scope-follower.ts';
import { FollowerWorld } from './testing/follower-world.ts';

let world: FollowerWorld;
beforeEach(() => (world = new FollowerWorld()));

describe('catching up for whoever asks', () => {
  beforeEach(async () => {
    await world.begin();
    world.commands.length = 0;
  });

  it('takes over files that changed while nobody polled, once they have come to rest', async () => {
    world.fingerprint = 'f2';
    await world.catchUpLater();
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
    await world.catchUpLater();
    expect(world.scans).toHaveLength(1);
  });

  it('leaves files that change between two looks to the next time', async () => {
    const prints = ['f2', 'f3', 'f3', 'f3'];
    vi.spyOn(world, 'look').mockImplementation(() => Promise.resolve(prints.shift() ?? 'f3'));
    await world.catchUpLater();
    expect(world.commands).toEqual([]);
    world.fingerprint = 'f3';
    await world.follower.catchUp();
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
  });

  it('shares one look among all who ask at once', async () => {
    world.nowMs += freshMs;
    await Promise.all(Array.from({ length: 20 }, () => world.follower.catchUp()));
    expect(world.looks).toBe(1);
  });

  it('has those who ask at once confirm nothing to each other', async () => {
    const prints = ['f2', 'f3', 'f4', 'f5'];
    vi.spyOn(world, 'look').mockImplementation(() => Promise.resolve(prints.shift() ?? 'f5'));
    world.nowMs += freshMs;
    await Promise.all([world.follower.catchUp(), world.follower.catchUp()]);
    expect(world.commands).toEqual([]);
  });

  it('needs no look shortly after another, be it of a query, of the upkeep or of the start', async () => {
    await world.follower.catchUp();
    expect(world.looks).toBe(0);
    world.nowMs += freshMs;
    await world.follower.poll();
    await world.follower.catchUp();
    await world.catchUpLater();
    await world.follower.catchUp();
    expect(world.looks).toBe(2);
  });

  it('needs no waiting for the next look where a file that is known was written anew', async () => {
    await world.follower.followIfTouched();
    expect(world.looks).toBe(0);
    [world.fingerprint, world.touched] = ['f2', true];
    await world.follower.followIfTouched();
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
    [world.fingerprint, world.touched] = ['f3', true];
    await world.follower.catchUp();
    expect(world.scans).toHaveLength(2);
  });

  it('never says without a look that there are no scopes', async () => {
    world.definitions = [];
    await world.follower.refresh({ acceptNone: true });
    await world.follower.catchUp();
    expect(world.looks).toBe(1);
  });

  it('looks at once when the last look saw files that are not taken over yet', async () => {
    world.fingerprint = 'f2';
    await world.pollLater();
    await world.follower.catchUp();
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
  });

  it('goes on with what is in force when the files cannot be looked at, and does not try again at once', async () => {
    vi.spyOn(world, 'look').mockRejectedValue(new Error('git ended with 128'));
    await world.catchUpLater();
    await world.follower.catchUp();
    expect(world.commands).toEqual([]);
    expect(world.looks).toBe(1);
  });

  it('tells whoever asks that coordination was switched off meanwhile', async () => {
    world.config = { ...defaultConfig, enabled: false };
    world.fingerprint = 'f2';
    await expect(world.catchUpLater()).rejects.toMatchObject({ code: 'DISABLED' });
  });

  describe('while coordination is switched off, as far as is known', () => {
    beforeEach(async () => {
      world.config = { ...defaultConfig, enabled: false };
      world.fingerprint = 'f2';
      await expect(world.catchUpLater()).rejects.toMatchObject({ code: 'DISABLED' });
    });

    it('says so again by a new look only', async () => {
      const { looks } = world;
      await expect(world.follower.confirmsSwitchingOff()).rejects.toMatchObject({ code: 'DISABLED' });
      expect(world.looks).toBe(looks + 1);
    });

    it.each(['f1', 'f2', 'f3'])('learns that it was switched on again, the files being %s', async (print) => {
      world.config = defaultConfig;
      world.fingerprint = print;
      expect(await world.follower.confirmsSwitchingOff()).toBe(false);
      expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
    });

    it('does not say so of files that cannot be seen', async () => {
      world.trouble = new Error('git ended with 128');
      expect(await world.follower.confirmsSwitchingOff()).toBe(false);
    });
  });
});
