import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, defaultSettings } from '../../core/index.ts';
import type { ScopeDefinition } from '../../core/index.ts';
import type { HealthAnswer, ScopeProblem } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import type { HarnessOptions } from '../testing/harness.ts';
import { Harness, session, startMs, until } from '../testing/harness.ts';
import { agentId, agentView, scopePath, scopeView, statusAnswer } from '../testing/samples.ts';
import type { Inspection, Scan, StateFiles } from '../world.ts';

const nobody = new FakeCoordinator({});
const harnessOf = (over: Partial<HarnessOptions>): Harness => new Harness({ coordinator: nobody, ...over });

const error: ScopeProblem = {
  code: 'YAML_SYNTAX',
  severity: 'error',
  file: 'api/rhema.yaml',
  line: 4,
  column: 9,
  message: 'a tab',
};
const definition = (path: string, ...dependencies: readonly string[]): ScopeDefinition => ({
  path: scopePath(path),
  name: path,
  type: 'library',
  dependencies: dependencies.map(scopePath),
});
const scanOf = (over: Partial<Scan>): Partial<Inspection> => ({
  scan: async () => ({ definitions: [], settings: defaultSettings, problems: [], ...over }),
});

describe('safety validate', () => {
  it('finds a sound tree sound, without a coordinator', async () => {
    const inspection = scanOf({ definitions: [definition('a', 'b'), definition('b')] });
    const { code, stdout } = await harnessOf({ inspection }).run('safety', 'validate');
    expect([code, stdout]).toEqual([0, '2 scopes, sound\n']);
  });

  it('ends with 3 for a broken file, and says where', async () => {
    const { code, stderr } = await harnessOf({ inspection: scanOf({ problems: [error] }) }).run(
      'safety',
      'validate',
    );
    expect(code).toBe(3);
    expect(stderr).toContain(
      'the working tree is unsound: 1 error (UNSOUND)\n  api/rhema.yaml:4:9: error: a tab',
    );
  });

  it('ends with 3 for a cycle, and shows it', async () => {
    const inspection = scanOf({ definitions: [definition('a', 'b'), definition('b', 'a')] });
    const { code, body } = await harnessOf({ inspection }).json('safety', 'validate');
    expect(code).toBe(3);
    expect(body).toMatchObject({ code: 'UNSOUND', details: { problems: [{ code: 'DEPENDENCY_CYCLE' }] } });
  });

  it('lets a warning pass, and tells it', async () => {
    const inspection = scanOf({ problems: [{ ...error, severity: 'warning' }] });
    const { code, stdout } = await harnessOf({ inspection }).run('safety', 'validate');
    expect([code, stdout]).toEqual([
      0,
      '0 scopes, sound\napi/rhema.yaml:4:9: warning: a tab (YAML_SYNTAX)\n',
    ]);
  });
});

describe('safety check and violations', () => {
  const violation = { invariant: 'LockConsistency', subject: 'a', evidence: 'two holders' };

  it.each([
    [[], 0],
    [[violation], 3],
  ])('with %j check ends with %i', async (violations, code) => {
    const answer = { revision: asRevision(7), checked: ['LockConsistency'], violations };
    const coordinator = new FakeCoordinator({ answers: { violations: () => answer } });
    expect((await harnessOf({ coordinator }).run('safety', 'check')).code).toBe(code);
  });

  it('violations lists those of the state and of the files', async () => {
    const status = statusAnswer({ violations: [violation], scopeProblems: [error] });
    const coordinator = new FakeCoordinator({ answers: { status: () => status } });
    const { code, stdout } = await harnessOf({ coordinator }).run('safety', 'violations');
    expect([code, stdout]).toEqual([
      0,
      'LockConsistency on a: two holders\napi/rhema.yaml:4:9: error: a tab (YAML_SYNTAX)\n',
    ]);
  });
});

const health: HealthAnswer = {
  revision: asRevision(7),
  ok: true,
  pid: 99,
  version: '1.2.3',
  mode: 'daemon',
  startedAtMs: asTimeMs(startMs - 60_000),
  firstRevision: asRevision(1),
  storeKind: 'embedded',
  storeDurable: true,
  storeEngine: 'node:sqlite (SQLite 3.53.0)',
  storePath: '/repo/.git/rhema/coordination.db',
  socket: '/repo/.git/rhema/coordinator.sock',
  connections: 1,
  busy: false,
};

describe('daemon', () => {
  it('status starts none', async () => {
    const { code, body } = await harnessOf({}).json('daemon', 'status');
    expect([code, body]).toEqual([0, { ok: true, revision: null, running: false }]);
  });

  it('status tells how it is', async () => {
    const { stdout } = await harnessOf({ owner: { health: async () => health } }).run('daemon', 'status');
    expect(stdout).toMatchInlineSnapshot(`
      "process 99, version 1.2.3, started 1 min ago, idle
      log: revision 7, kept from 1, node:sqlite (SQLite 3.53.0), /repo/.git/rhema/coordination.db
      socket: /repo/.git/rhema/coordinator.sock, 1 connected
      "
    `);
  });

  it.each([
    [true, 'the coordinator process has left\n'],
    [false, 'no coordinator process ran\n'],
  ])('stop of one that runs: %s', async (stopped, text) => {
    expect((await harnessOf({ owner: { stop: async () => stopped } }).run('daemon', 'stop')).stdout).toBe(
      text,
    );
  });

  it('run is the owner until it leaves', async () => {
    let ran = 0;
    const owner = { run: async () => void (ran += 1) };
    expect([(await harnessOf({ owner }).run('daemon', 'run')).code, ran]).toEqual([0, 1]);
  });
});

describe('daemon logs', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });
  async function logOf(text: string): Promise<{ readonly file: string; readonly harness: Harness }> {
    const folder = await mkdtemp(join(tmpdir(), 'rhema-cli-'));
    folders.push(folder);
    const file = join(folder, 'coordinator.log');
    if (text !== '') await writeFile(file, text);
    return { file, harness: harnessOf({ owner: { logFile: async () => file } }) };
  }

  it('shows the last lines, control characters escaped', async () => {
    const { harness } = await logOf('one\ntwo\u001b[2J\nthree\n');
    expect((await harness.run('daemon', 'logs', '--lines', '2')).stdout).toBe('two\\u001b[2J\nthree\n');
  });

  it('has nothing to show before there is a log', async () => {
    const { harness } = await logOf('');
    expect((await harness.json('daemon', 'logs')).body).toMatchObject({ ok: true, lines: [] });
  });

  it('--follow goes on with whole lines that are added, and with a file begun anew', async () => {
    const { file, harness } = await logOf('a long first line\n');
    const ended = harness.run('daemon', 'logs', '--follow');
    await until(() => harness.stdout !== '');
    await writeFile(file, 'a long first line\nsecond\nthi');
    await untilAdvanced(harness, () => harness.stdout.includes('second'));
    await writeFile(file, 'anew\n');
    await untilAdvanced(harness, () => harness.stdout.includes('anew'));
    harness.raise('SIGINT');
    expect((await ended).code).toBe(0);
    expect(harness.stdout).toBe('a long first line\nsecond\nanew\n');
  });

  async function untilAdvanced(harness: Harness, holds: () => boolean): Promise<void> {
    while (!holds()) await harness.clock.advance(300);
  }
});

describe('config', () => {
  const configuration = (problems: readonly never[] | readonly ScopeProblem[]): Partial<Inspection> => ({
    configuration: async () => ({
      enabled: true,
      entries: [
        {
          key: 'agent_coordination.lock_timeout',
          value: 90_000 as never,
          text: '90s',
          origin: 'rhema.yaml:7',
        },
      ],
      problems: problems as never,
    }),
  });

  it('show says where each value comes from', async () => {
    const { stdout } = await harnessOf({ inspection: configuration([]) }).run('config', 'show');
    expect(stdout).toBe(
      'KEY                              VALUE  FROM\nagent_coordination.lock_timeout  90s    rhema.yaml:7\n',
    );
  });

  it('explain knows every option, by its short name too, and the nearest to a wrong one', async () => {
    expect((await harnessOf({}).run('config', 'explain', 'lock_timeout')).stdout).toContain('default  1m');
    expect((await harnessOf({}).run('config', 'explain')).stdout).toContain('agent_coordination.idle_exit');
    const { code, stderr } = await harnessOf({}).run('config', 'explain', 'lock_timeot');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('did you mean agent_coordination.lock_timeout?'),
    ]);
  });

  it.each([
    [[], 0],
    [[error], 3],
  ])('check with %j ends with %i', async (problems, code) => {
    const inspection = configuration(problems as readonly ScopeProblem[]);
    expect((await harnessOf({ inspection }).run('config', 'check')).code).toBe(code);
  });
});

describe('doctor', () => {
  const state: StateFiles = {
    directory: '/repo/.git/rhema',
    database: '/repo/.git/rhema/coordination.db',
    databaseExists: true,
    directoryMode: 0o700,
    writable: true,
    socket: { ok: true, value: '/repo/.git/rhema/coordinator.sock' },
  };
  interface Patient {
    readonly git?: string | null;
    readonly state?: Partial<StateFiles>;
    readonly health?: Partial<HealthAnswer> | null;
    readonly problems?: readonly ScopeProblem[];
  }
  const coordinator = new FakeCoordinator({
    answers: {
      status: () => statusAnswer({ agents: [agentView({ agent: agentId('bob'), epoch: asRevision(3) })] }),
      health: () => ({ ...health, mode: 'direct' }),
    },
  });
  const examined = (patient: Patient): Harness =>
    harnessOf({
      coordinator,
      sessions: [session('bob')],
      owner: { health: async () => (patient.health === null ? null : { ...health, ...patient.health }) },
      inspection: {
        ...scanOf({ problems: patient.problems ?? [] }),
        gitVersion: async () => (patient.git === undefined ? '2.43.0' : patient.git),
        configuration: async () => ({ enabled: true, entries: [], problems: [] }),
        stateFiles: async () => ({ ...state, ...patient.state }),
      },
    });

  it('finds nothing wrong where nothing is', async () => {
    const { code, stdout } = await examined({}).run('doctor');
    expect(code).toBe(0);
    expect(stdout.replace(process.version, 'vN')).toMatchInlineSnapshot(`
      "ok      node: vN, rhema 1.2.3
      ok      git: version 2.43.0
      ok      repository: /repo, shared folder /repo/.git
      ok      state folder: /repo/.git/rhema
      ok      configuration: sound
      ok      scopes: 0 defined
      ok      process: 99 runs
      ok      log: revision 7, node:sqlite (SQLite 3.53.0), /repo/.git/rhema/coordination.db
      ok      sessions: 1 kept, all live
      "
    `);
  });

  it.each<[string, Patient, number, string]>([
    ['no Git', { git: null }, 1, 'git was not found'],
    ['the Git that corrupts', { git: '2.51.0' }, 0, 'version 2.51.0 may corrupt the index'],
    ['a folder that cannot be written', { state: { writable: false } }, 1, 'cannot be written'],
    ['a folder open to others', { state: { directoryMode: 0o755 } }, 0, 'chmod 700 /repo/.git/rhema'],
    ['no address for the socket', { state: { socket: { ok: false, problem: 'too long' } } }, 0, 'too long'],
    ['a broken scope file', { problems: [error] }, 1, 'api/rhema.yaml:4: a tab'],
    [
      'an owner of another version',
      { health: { version: '1.0.0' } },
      0,
      '99 runs version 1.0.0, this is 1.2.3',
    ],
    ['an owner that gave up', { health: { ok: false } }, 1, 'has stopped writing'],
    ['an old SQLite', { health: { storeEngine: 'node:sqlite (SQLite 3.49.1)' } }, 0, 'before SQLite 3.51.3'],
    ['no owner', { health: null }, 0, 'process: none runs'],
    ['no log yet', { health: null, state: { databaseExists: false } }, 0, 'not begun'],
    [
      'a clock set back',
      { health: { startedAtMs: asTimeMs(startMs + 60_000) } },
      0,
      '1 min ahead of this clock',
    ],
  ])('tells of %s', async (_, patient, code, told) => {
    const ended = await examined(patient).run('doctor');
    expect(ended.code).toBe(code);
    expect(ended.stdout + ended.stderr).toContain(told);
  });

  it('tells of sessions that are of no use any more', async () => {
    const harness = examined({});
    harness.sessions.set(agentId('eve'), session('eve'));
    expect((await harness.run('doctor')).stdout).toContain('eve was lost or has left');
  });

  it('goes on when one part cannot be examined', async () => {
    const { code, body } = await examined({ problems: [error] }).json('doctor');
    const broken = harnessOf({
      inspection: { gitVersion: async () => Promise.reject(new Error('no fork')) },
    });
    const { stderr } = await broken.run('doctor');
    expect([code, body['code']]).toEqual([1, 'UNHEALTHY']);
    expect(stderr).toContain('git: no fork');
    expect(stderr).toContain('repository: /repo');
  });
});

describe('completion', () => {
  const status = statusAnswer({ agents: [agentView()] });
  const scopes = { revision: asRevision(7), scopes: [scopeView('src/core')], problems: [] };
  const coordinator = new FakeCoordinator({ answers: { status: () => status, scopes: () => scopes } });
  const words = async (...typed: readonly string[]): Promise<string[]> => {
    const { stdout } = await harnessOf({ coordinator }).run('__complete', '--', ...typed);
    return stdout.split('\n').flatMap((text) => (text === '' ? [] : [text.split('\t')[0] ?? '']));
  };

  it.each(['bash', 'zsh', 'fish'])('has a script for %s that asks the program itself', async (shell) => {
    expect((await harnessOf({}).run('completion', shell)).stdout).toContain('rhema __complete -- ');
  });

  it('has none for another shell', async () => {
    expect((await harnessOf({}).run('completion', 'csh')).code).toBe(2);
  });

  it.each<[readonly string[], readonly string[]]>([
    [['lo'], ['lock', 'log']],
    [
      ['lock', 'r'],
      ['release', 'renew', 'revoke'],
    ],
    [['lock', 'acquire', ''], ['src/core']],
    [['lock', 'acquire', 'src/core', 's'], ['src/core']],
    [['lock', 'acquire', '--agent', ''], ['alice']],
    [['lock', 'acquire', '--re'], ['--reason']],
    [['run', '--scope', 'src/core', 's'], ['src/core']],
    [['run', '--scope', 'src/core', '--', 'n'], []],
    [['agent', 'set', 'b'], ['blocked']],
    [['lock', 'acquire', '--json', 'src'], ['src/core']],
    [
      ['why', ''],
      ['src/core', 'alice'],
    ],
    [['config', 'explain', 'agent_coordination.lock_timeout_'], ['agent_coordination.lock_timeout_max']],
    [['__comp'], []],
  ])('after %j come %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });

  it('says nothing when nobody can be asked', async () => {
    const failing = harnessOf({ coordinator: new Error('gone') });
    expect(await failing.run('__complete', '--', 'lock', 'acquire', '')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});
