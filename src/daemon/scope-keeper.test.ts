import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultConfig, type Config } from '../config/index.ts';
import type { LastGood, ScanResult } from '../context/index.ts';
import {
  asDurationMs,
  asRevision,
  asTimeMs,
  defaultSettings,
  type ScopeDefinition,
  type Settings,
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
  settings: Settings = defaultSettings;
  work = { held: 0, waiting: 0, syncing: 0 };
  config: Config = defaultConfig;
  configProblems: ScanResult['config']['problems'] = [];
  configUnread: ScopeProblem[] = [];
  problems: ScopeProblem[] = [];
  complete = true;
  fingerprint = 'f1';
  /** What every look at the files ends with. */
  trouble: Error | null = null;
  refusal: Reply | null = null;
  settingsRefusal: Reply | null = null;
  readonly scans: (LastGood | null)[] = [];
  readonly commands: ScopeCommand[] = [];
  shown: readonly ScopeProblem[] = [];
  nowMs = 0;
  looks = 0;
  readonly keeper = new ScopeKeeper({
    scan: async (previous) => {
      this.scans.push(previous);
      if (this.trouble !== null) throw this.trouble;
      return this.scanned();
    },
    fingerprint: () => {
      this.looks += 1;
      return this.look();
    },
    inForce: () =>
      Promise.resolve({
        revision: asRevision(3),
        definitions: this.inForce,
        settings: this.settings,
        ...this.work,
      }),
    submit: (command) => {
      this.commands.push(command);
      const done: Reply = { ok: true, revision: asRevision(7), atMs: asTimeMs(0), result: { kind: 'done' } };
      const refusal = command.kind === 'DefineScopes' ? this.refusalOf(command) : this.settingsRefusal;
      if (refusal === null && command.kind === 'DefineScopes') this.inForce = [...command.scopes];
      if (refusal === null && command.kind === 'Configure') this.settings = command.settings;
      return Promise.resolve(refusal ?? done);
    },
    showProblems: (problems) => (this.shown = problems),
    wallMs: () => 99,
    monotonicMs: () => this.nowMs,
    pause: async (ms) => void (this.nowMs += ms),
  });

  begin(): Promise<void> {
    const { trouble } = this;
    if (trouble === null) return this.keeper.begin({ ok: true, scan: this.scanned() });
    const config = { config: this.config, origins: {} as never, problems: [] };
    return this.keeper.begin({ ok: false, error: trouble, config });
  }

  /** As the core, which does not believe that all scopes are gone unless it is told so. */
  refusalOf(command: ScopeCommand & { readonly kind: 'DefineScopes' }): Reply | null {
    const isBelieved = command.scopes.length > 0 || this.inForce.length === 0 || command.mayBeEmpty === true;
    if (isBelieved || this.refusal !== null) return this.refusal;
    const rejection = { code: 'GRAPH_EMPTY', message: 'no scopes', details: {} } as const;
    return { ok: false, revision: asRevision(5), atMs: asTimeMs(0), rejection };
  }

  async look(): Promise<string> {
    if (this.trouble !== null) throw this.trouble;
    return this.fingerprint;
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
      configUnread: this.configUnread,
      files: new Map(),
      notCheckedOut: new Map(),
      problems: this.problems,
      sound: this.problems.length === 0,
      complete: this.complete,
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
    await world.begin();
    expect(world.commands).toEqual([
      { kind: 'Configure', by: 'service', settings: defaultSettings },
      { kind: 'DefineScopes', by: 'service', scopes: world.definitions },
    ]);
    const report = await world.keeper.refresh();
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
      rejection: { code: 'DEPENDENCY_CYCLE', message: 'a -> b -> a', details: {} },
    };
    await world.begin();
    expect(await world.keeper.refresh()).toMatchObject({ accepted: false, revision: 5 });
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

  it('hands what was good to the next scan', async () => {
    await world.begin();
    await world.keeper.refresh();
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
    await world.keeper.refresh({ acceptNone: true });
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
    expect(world.keeper.unseen).toContain('index file corrupt');
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
    await world.keeper.begin({ ok: true, scan: first });
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
    expect(world.keeper.unseen).toBeNull();
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
    const report = await world.keeper.refresh();
    expect(world.inForce).toEqual([scope('a')]);
    expect(report).toMatchObject({ accepted: false });
    expect(world.shown).toEqual([
      expect.objectContaining({ code: 'GRAPH_EMPTY', message: expect.stringContaining('--accept-none') }),
    ]);
  });

  it('are believed when somebody says so, that once', async () => {
    expect(await world.keeper.refresh({ acceptNone: true })).toMatchObject({ accepted: true });
    expect(world.inForce).toEqual([]);
    world.inForce = [scope('a')];
    expect(await world.keeper.refresh()).toMatchObject({ accepted: false });
  });

  it('are compared with the former scopes again, not with nothing, when the files come back', async () => {
    await world.keeper.refresh();
    world.definitions = [scope('a')];
    await world.keeper.refresh();
    expect(world.scans.at(-1)).toMatchObject({ definitions: [scope('a')] });
    expect(world.shown).toEqual([]);
  });
});

describe('while somebody holds, waits or syncs', () => {
  const tighter = { ...defaultConfig, lockTtlMaxMs: asDurationMs(60_000), maxConcurrentAgents: 9 };

  beforeEach(async () => {
    await world.begin();
    world.commands.length = 0;
  });

  it.each(['held', 'waiting', 'syncing'] as const)(
    'tighter settings wait and looser ones take force at once: %s',
    async (kind) => {
      world.work[kind] = 1;
      world.config = tighter;
      await world.keeper.refresh();
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

  it('what waits costs no scan at each poll', async () => {
    world.work.held = 1;
    world.config = tighter;
    await world.keeper.refresh();
    await world.pollLater();
    await world.pollLater();
    expect(world.scans).toHaveLength(1);
  });

  it('coordination is not switched off, but will be, and everybody is told', async () => {
    world.work.held = 2;
    world.config = { ...defaultConfig, enabled: false };
    await world.keeper.refresh();
    expect(world.keeper.switchesOff).toBe(true);
    expect(world.shown).toEqual([
      expect.objectContaining({ code: 'DISABLING_WAITS', message: expect.stringContaining('2 held') }),
    ]);
    world.work.held = 0;
    await expect(world.pollLater()).rejects.toMatchObject({ code: 'DISABLED' });
  });

  it('coordination that is switched on again meanwhile goes on as if nothing had been', async () => {
    world.work.held = 1;
    world.config = { ...defaultConfig, enabled: false };
    await world.keeper.refresh();
    world.config = defaultConfig;
    await world.keeper.refresh();
    expect(world.keeper.switchesOff).toBe(false);
    expect(world.shown).toEqual([]);
  });
});
