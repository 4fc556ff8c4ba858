import { beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/index.ts';
import type { RefreshOptions } from '../protocol/index.ts';
import { asRevision, asTimeMs, defaultSettings } from '../core/index.ts';
import { restMs } from './scope-follower.ts';
import { FollowerWorld, problem, scope } from './testing/follower-world.ts';
import { refusalOf } from '../../test/support/refusal.ts';

let world: FollowerWorld;
beforeEach(() => (world = new FollowerWorld()));

describe('taking over', () => {
  it('submits the settings, then the graph, and reports', async () => {
    await world.begin();
    expect(world.commands).toEqual([
      { kind: 'Configure', by: 'service', settings: defaultSettings },
      { kind: 'DefineScopes', by: 'service', scopes: world.definitions },
    ]);
    const report = await world.follower.refresh();
    expect(report).toEqual({ revision: 7, accepted: true, scopes: 1, problems: [], atMs: 99 });
  });

  it('shows the problems of the files', async () => {
    world.problems = [problem];
    await world.begin();
    expect(world.shown).toEqual([problem]);
  });

  it('shows why a graph was refused; the last good one is in force', async () => {
    world.refusal = {
      ok: false,
      revision: asRevision(5),
      atMs: asTimeMs(0),
      rejection: refusalOf('DEPENDENCY_CYCLE', 'a -> b -> a'),
    };
    await world.begin();
    expect(await world.follower.refresh()).toMatchObject({ accepted: false, revision: 5 });
    expect(world.shown).toEqual([
      {
        code: 'DEPENDENCY_CYCLE',
        severity: 'error',
        file: null,
        line: null,
        column: null,
        message: 'a -> b -> a',
      },
    ]);
  });

  it('keeps the settings in force when the configuration is broken', async () => {
    world.configProblems = [{ ...problem, code: 'CONFIG_WRONG_TYPE', severity: 'error' }];
    await world.begin();
    expect(world.kinds).toEqual(['DefineScopes']);
  });

  it('takes over the settings of the file also where a variable is ignored', async () => {
    world.configProblems = [{ ...problem, code: 'CONFIG_VARIABLE_IGNORED', severity: 'warning' }];
    await world.begin();
    expect(world.kinds).toContain('Configure');
  });

  it('writes nothing where coordination is switched off', async () => {
    world.config = { ...defaultConfig, enabled: false };
    await expect(world.begin()).rejects.toMatchObject({ code: 'DISABLED' });
    expect(world.commands).toEqual([]);
  });

  it('reads broken files again beside the graph that the log has from before', async () => {
    world.inForce = [scope('old')];
    world.problems = [problem];
    await world.begin();
    expect(world.scans).toEqual([expect.objectContaining({ definitions: [scope('old')] })]);
  });

  it('reads files of which some are out of sight again beside that graph, too', async () => {
    world.inForce = [scope('old')];
    world.complete = false;
    await world.begin();
    expect(world.scans).toEqual([expect.objectContaining({ definitions: [scope('old')] })]);
  });

  it('takes no settings from a configuration that cannot be read', async () => {
    world.configUnread = [problem];
    await world.begin();
    expect(world.kinds).toEqual(['DefineScopes']);
  });

  it('takes no settings where all scopes are gone, and the configuration with them; those of the log stay', async () => {
    world.inForce = [scope('old')];
    world.definitions = [];
    await world.begin();
    expect(world.kinds).toEqual(['DefineScopes']);
  });

  it.each<[string, object, RefreshOptions | undefined]>([
    ['of a configuration that is there', { maxConcurrentAgents: { kind: 'file' } }, undefined],
    ['where it is said that there are none any more', {}, { acceptNone: true }],
  ])('takes over the settings %s, though no scope is', async (_what, origins, accepted) => {
    world.inForce = [scope('old')];
    world.definitions = [];
    world.configOrigins = origins;
    await world.begin();
    await world.follower.refresh(accepted);
    expect(world.kinds).toContain('Configure');
  });

  it('hands what was good to the next scan', async () => {
    await world.begin();
    await world.follower.refresh();
    expect(world.scans).toEqual([expect.objectContaining({ definitions: [scope('a')] })]);
  });
});

describe('following changes', () => {
  beforeEach(async () => {
    await world.begin();
    world.commands.length = 0;
  });

  it('does nothing while nothing changes', async () => {
    await world.pollLater();
    await world.pollLater();
    expect(await world.follower.refreshIfChanged()).toBe(false);
    expect(world.scans).toEqual([]);
  });

  it('waits until files that change have come to rest', async () => {
    world.fingerprint = 'f2';
    await world.pollLater();
    world.fingerprint = 'f3';
    await world.pollLater();
    expect(world.commands).toEqual([]);
    await world.pollLater();
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
    await world.pollLater();
    expect(world.scans).toHaveLength(1);
  });

  it('does not take two looks right after each other for rest', async () => {
    world.fingerprint = 'f2';
    await world.pollLater();
    world.nowMs += restMs - 1;
    await world.follower.poll();
    expect(world.commands).toEqual([]);
  });

  it('says of each look whether there are changes that have yet to come to rest', async () => {
    expect(await world.follower.poll()).toBe(false);
    world.fingerprint = 'f2';
    expect(await world.follower.poll()).toBe(true);
    world.nowMs += restMs - 1;
    expect(await world.follower.poll()).toBe(true);
    world.nowMs += 1;
    expect(await world.follower.poll()).toBe(false);
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
  });

  it('does not wait when somebody asks for a scope that is not known', async () => {
    world.fingerprint = 'f2';
    expect(await world.follower.refreshIfChanged()).toBe(true);
    expect(await world.follower.refreshIfChanged()).toBe(false);
  });

  it('shares one scan among those who ask while another runs', async () => {
    await Promise.all([world.follower.refresh(), world.follower.refresh(), world.follower.refresh()]);
    expect(world.scans).toHaveLength(2);
  });
});
