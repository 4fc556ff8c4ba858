import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultConfig, type Config } from '../config/index.ts';
import type { LastGood, ScanResult } from '../context/index.ts';
import {
  asRevision,
  asTimeMs,
  defaultSettings,
  type ScopeDefinition,
  type ScopePath,
} from '../core/index.ts';
import type { Reply, ScopeProblem } from '../protocol/index.ts';
import { freshMs, restMs, ScopeKeeper, type ScopeCommand } from './scope-keeper.ts';

const scope = (path: string): ScopeDefinition => ({
  path: path as ScopePath,
  name: path,
  type: 'library',
  dependencies: [],
});
const problem: ScopeProblem = {
  code: 'YAML_SYNTAX',
  severity: 'error',
  file: 'a/rhema.yaml',
  line: 1,
  column: 2,
  message: 'broken',
};

/** A working tree and a state, as the test wants them. */
class World {
  definitions: ScopeDefinition[] = [scope('a')];
  inForce: ScopeDefinition[] = [];
  config: Config = defaultConfig;
  configProblems: ScanResult['config']['problems'] = [];
  problems: ScopeProblem[] = [];
  fingerprint = 'f1';
  refusal: Reply | null = null;
  settingsRefusal: Reply | null = null;
  readonly scans: (LastGood | null)[] = [];
  readonly commands: ScopeCommand[] = [];
  shown: readonly ScopeProblem[] = [];
  nowMs = 0;
  looks = 0;
  readonly keeper = new ScopeKeeper({
    scan: (previous) => {
      this.scans.push(previous);
      return Promise.resolve(this.scanned());
    },
    fingerprint: () => {
      this.looks += 1;
      return this.look();
    },
    definitions: () => Promise.resolve(this.inForce),
    submit: (command) => {
      this.commands.push(command);
      const done: Reply = { ok: true, revision: asRevision(7), atMs: asTimeMs(0), result: { kind: 'done' } };
      const refusal = command.kind === 'DefineScopes' ? this.refusal : this.settingsRefusal;
      return Promise.resolve(refusal ?? done);
    },
    showProblems: (problems) => (this.shown = problems),
    wallMs: () => 99,
    monotonicMs: () => this.nowMs,
    pause: async (ms) => void (this.nowMs += ms),
  });

  look(): Promise<string> {
    return Promise.resolve(this.fingerprint);
  }

  /** A look some time after the last one. */
  async pollLater(): Promise<void> {
    this.nowMs += restMs;
    await this.keeper.poll();
  }

  /** A query when the last look is no longer good enough. */
  async catchUpLater(): Promise<void> {
    this.nowMs += freshMs;
    await this.keeper.catchUp();
  }

  scanned(): ScanResult {
    return {
      definitions: this.definitions,
      config: { config: this.config, origins: {} as never, problems: this.configProblems },
      configUnread: [],
      files: new Map(),
      notCheckedOut: new Map(),
      problems: this.problems,
      sound: this.problems.length === 0,
      fingerprint: this.fingerprint,
    };
  }

  get kinds(): string[] {
    return this.commands.map((command) => command.kind);
  }
}

let world: World;
beforeEach(() => (world = new World()));

describe('taking over', () => {
  it('submits the settings, then the graph, and reports', async () => {
    const report = await world.keeper.begin(world.scanned());
    expect(world.commands).toEqual([
      { kind: 'Configure', by: 'service', settings: defaultSettings },
      { kind: 'DefineScopes', by: 'service', scopes: world.definitions },
    ]);
    expect(report).toEqual({ revision: 7, accepted: true, scopes: 1, problems: [], atMs: 99 });
  });

  it('shows the problems of the files', async () => {
    world.problems = [problem];
    await world.keeper.begin(world.scanned());
    expect(world.shown).toEqual([problem]);
  });

  it('shows why a graph was refused; the last good one is in force', async () => {
    world.refusal = {
      ok: false,
      revision: asRevision(5),
      atMs: asTimeMs(0),
      rejection: { code: 'DEPENDENCY_CYCLE', message: 'a -> b -> a', details: {} },
    };
    const report = await world.keeper.begin(world.scanned());
    expect(report).toMatchObject({ accepted: false, revision: 5 });
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
    await world.keeper.begin(world.scanned());
    expect(world.kinds).toEqual(['DefineScopes']);
  });

  it('writes nothing where coordination is switched off', async () => {
    world.config = { ...defaultConfig, enabled: false };
    await expect(world.keeper.begin(world.scanned())).rejects.toMatchObject({ code: 'DISABLED' });
    expect(world.commands).toEqual([]);
  });

  it('reads broken files again beside the graph that the log has from before', async () => {
    world.inForce = [scope('old')];
    world.problems = [problem];
    await world.keeper.begin(world.scanned());
    expect(world.scans).toEqual([expect.objectContaining({ definitions: [scope('old')] })]);
  });

  it('hands what was good to the next scan', async () => {
    await world.keeper.begin(world.scanned());
    await world.keeper.refresh();
    expect(world.scans).toEqual([expect.objectContaining({ definitions: [scope('a')] })]);
  });
});

describe('following changes', () => {
  beforeEach(async () => {
    await world.keeper.begin(world.scanned());
    world.commands.length = 0;
  });

  it('does nothing while nothing changes', async () => {
    await world.pollLater();
    await world.pollLater();
    expect(await world.keeper.refreshIfChanged()).toBe(false);
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
    await world.keeper.poll();
    expect(world.commands).toEqual([]);
  });
  it('does not wait when somebody asks for a scope that is not known', async () => {
    world.fingerprint = 'f2';
    expect(await world.keeper.refreshIfChanged()).toBe(true);
    expect(await world.keeper.refreshIfChanged()).toBe(false);
  });

  it('shares one scan among those who ask while another runs', async () => {
    await Promise.all([world.keeper.refresh(), world.keeper.refresh(), world.keeper.refresh()]);
    expect(world.scans).toHaveLength(2);
  });
});

describe('catching up for whoever asks', () => {
  beforeEach(async () => {
    await world.keeper.begin(world.scanned());
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
    await world.keeper.catchUp();
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
  });

  it('shares one look among all who ask at once', async () => {
    world.nowMs += freshMs;
    await Promise.all(Array.from({ length: 20 }, () => world.keeper.catchUp()));
    expect(world.looks).toBe(1);
  });

  it('has those who ask at once confirm nothing to each other', async () => {
    const prints = ['f2', 'f3', 'f4', 'f5'];
    vi.spyOn(world, 'look').mockImplementation(() => Promise.resolve(prints.shift() ?? 'f5'));
    world.nowMs += freshMs;
    await Promise.all([world.keeper.catchUp(), world.keeper.catchUp()]);
    expect(world.commands).toEqual([]);
  });

  it('needs no look shortly after another, be it of a query, of the upkeep or of the start', async () => {
    await world.keeper.catchUp();
    expect(world.looks).toBe(0);
    world.nowMs += freshMs;
    await world.keeper.poll();
    await world.keeper.catchUp();
    await world.catchUpLater();
    await world.keeper.catchUp();
    expect(world.looks).toBe(2);
  });

  it('never says without a look that there are no scopes', async () => {
    world.definitions = [];
    await world.keeper.refresh();
    await world.keeper.catchUp();
    expect(world.looks).toBe(1);
  });

  it('looks at once when the last look saw files that are not taken over yet', async () => {
    world.fingerprint = 'f2';
    await world.pollLater();
    await world.keeper.catchUp();
    expect(world.kinds).toEqual(['Configure', 'DefineScopes']);
  });

  it('goes on with what is in force when the files cannot be looked at, and does not try again at once', async () => {
    vi.spyOn(world, 'look').mockRejectedValue(new Error('git ended with 128'));
    await world.catchUpLater();
    await world.keeper.catchUp();
    expect(world.commands).toEqual([]);
    expect(world.looks).toBe(1);
  });

  it('tells whoever asks that coordination was switched off meanwhile', async () => {
    world.config = { ...defaultConfig, enabled: false };
    world.fingerprint = 'f2';
    await expect(world.catchUpLater()).rejects.toMatchObject({ code: 'DISABLED' });
  });
});

describe('settings that are too tight for what is held', () => {
  it('are tried again at each poll until they are taken', async () => {
    world.settingsRefusal = {
      ok: false,
      revision: asRevision(5),
      atMs: asTimeMs(0),
      rejection: { code: 'SETTINGS_IN_USE', message: 'three agents hold locks', details: {} },
    };
    await world.keeper.begin(world.scanned());
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
