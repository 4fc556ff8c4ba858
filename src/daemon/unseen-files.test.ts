import { beforeEach, describe, expect, it } from 'vitest';
import { FollowerWorld, problem, scope } from './testing/follower-world.ts';

let world: FollowerWorld;
beforeEach(() => (world = new FollowerWorld()));

describe('files that nobody can look at', () => {
  const trouble = new Error('git ls-files failed: index file corrupt');
  const unseen = expect.objectContaining({
    code: 'FILES_UNSEEN',
    severity: 'error',
    message: expect.stringContaining('index file corrupt'),
  });

  it('leave the graph of the log in force at the start, and everybody is told', async () => {
    world.inForce = [scope('a')];
    world.trouble = trouble;
    await world.begin();
    expect(world.commands).toEqual([]);
    expect(world.shown).toEqual([unseen]);
    expect(world.follower.unseen).toContain('index file corrupt');
  });

  it('are an error at the start when the log has no graph either', async () => {
    world.trouble = trouble;
    await expect(world.begin()).rejects.toBe(trouble);
  });

  it('leave the graph of the log in force when they get lost between two scans of the start', async () => {
    world.inForce = [scope('a')];
    world.problems = [problem];
    const first = world.scanned();
    world.trouble = trouble;
    await world.follower.begin({ ok: true, scan: first });
    expect(world.commands).toEqual([]);
    expect(world.shown).toEqual([unseen]);
  });

  it('are taken over once they can be seen and have come to rest', async () => {
    world.inForce = [scope('a')];
    world.trouble = trouble;
    await world.begin();
    world.trouble = null;
    await world.pollLater();
    expect(world.commands).toEqual([]);
    await world.pollLater();
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
    expect(world.shown).toEqual([]);
  });

  it('are told of at the first look in vain, beside what was wrong before, until they are seen again', async () => {
    world.problems = [problem];
    await world.begin();
    world.trouble = trouble;
    await expect(world.pollLater()).rejects.toBe(trouble);
    expect(world.shown).toEqual([unseen, problem]);
    world.trouble = null;
    await world.pollLater();
    expect(world.shown).toEqual([problem]);
    expect(world.follower.unseen).toBeNull();
  });
});

describe('files without any scope where there were some', () => {
  beforeEach(async () => {
    await world.begin();
    world.definitions = [];
    world.fingerprint = 'f2';
    world.commands.length = 0;
  });

  it('are not believed: the former scopes stay, with a way to say that they are gone', async () => {
    const report = await world.follower.refresh();
    expect(world.inForce).toEqual([scope('a')]);
    expect(report).toMatchObject({ accepted: false });
    expect(world.shown).toEqual([
      expect.objectContaining({ code: 'GRAPH_EMPTY', message: expect.stringContaining('--accept-none') }),
    ]);
  });

  it('are believed when somebody says so, that once', async () => {
    expect(await world.follower.refresh({ acceptNone: true })).toMatchObject({ accepted: true });
    expect(world.inForce).toEqual([]);
    world.inForce = [scope('a')];
    expect(await world.follower.refresh()).toMatchObject({ accepted: false });
  });

  it('are compared with the former scopes again, not with nothing, when the files come back', async () => {
    await world.follower.refresh();
    world.definitions = [scope('a')];
    await world.follower.refresh();
    expect(world.scans.at(-1)).toMatchObject({ definitions: [scope('a')] });
    expect(world.shown).toEqual([]);
  });
});
