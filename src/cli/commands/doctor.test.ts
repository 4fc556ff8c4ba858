import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import type { Entry } from '../../core/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, session, startMs } from '../testing/harness.ts';
import { agentId, agentView, emptyScan, scopePath, scopeView, statusAnswer } from '../testing/samples.ts';
import type { Inspection } from '../world/world.ts';
import { jumpsSince } from '../doctor/facts.ts';
import { state, witness } from '../doctor/testing/samples.ts';

const content = {
  first: asRevision(1),
  last: asRevision(7),
  lastAtMs: asTimeMs(startMs),
  problems: [],
  begunAnew: null,
  former: [],
};
const inspection: Inspection = {
  scopePath: async () => ({ ok: false, problem: 'not asked' }),
  filePath: async () => ({ ok: false, problem: 'not asked' }),
  place: () => ({ kind: 'outside' }),
  pathTyped: (_repository, _cwd, path) => path,
  changedSince: async () => null,
  liesAt: async () => 'nothing',
  contextFile: () => ({ kind: 'gone' }),
  pathIn: () => null,
  isThere: () => false,
  filesThere: async () => [],
  filesBetween: async () => null,
  commitsIn: async () => null,
  checkedOut: async () => [],
  committedBy: async () => [],
  hooksHere: async () => ({ script: '', scriptNow: null, hooks: [], unused: [], foreignFolder: null }),
  addTrailers: async () => undefined,
  filesOf: async () => new Map(),
  history: async () => null,
  changedAmong: async () => [],
  stagedFiles: async () => [],
  stashedFiles: async () => [],
  indexedTexts: async () => ({ before: null, after: null }),
  ignoredAmong: async () => new Set(),
  changedFiles: async () => [],
  scan: async () => emptyScan,
  hookSettings: async () => ({ claimWaitMs: 0, claimIdleMs: 0 }),
  configuration: async () => ({ enabled: true, entries: [], problems: [], unusedFile: null }),
  gitVersion: async () => '2.43.0',
  stateFiles: async () => state,
  room: async () => ({ folder: state.directory, trouble: null, freeBytes: 2 ** 33, freeFiles: null }),
  openFilesMax: async () => 1_024,
  surroundings: async () => ({
    fileSystem: null,
    bootIsKnown: true,
    worktrees: [],
    atSocket: 'nothing',
    deserted: [],
    enforcement: { gitHooks: [], clientHooks: [] },
    clientFiles: [],
  }),
  auditLog: async () => ({ engine: 'node:sqlite (SQLite 3.53.0)', content }),
  witness: async () => witness,
};
const coordinator = new FakeCoordinator({
  answers: {
    status: () =>
      statusAnswer({
        agents: [agentView({ agent: agentId('bob'), epoch: asRevision(3) })],
        scopeCount: 0,
      }),
    history: () => ({ revision: asRevision(7), entries: [], nextBefore: null, first: asRevision(1) }),
    scopes: ({ fresh }) => ({
      revision: asRevision(7),
      scopes: fresh === true ? [scopeView('gone', [], { withdrawn: true })] : [],
      problems: [],
    }),
  },
});
const patient = (over: Partial<Inspection> = {}): Harness =>
  new Harness({ coordinator, sessions: [session('bob')], inspection: { ...inspection, ...over } });

const failing = (message: string) => async () => Promise.reject(new Error(message));

describe('doctor', () => {
  it('ends with 0 where there are warnings only, and prints each remedy under its finding', async () => {
    const { code, stdout } = await patient().run('doctor');
    expect(code).toBe(0);
    expect(stdout).toContain('ok      git: version 2.43.0\n');
    expect(stdout).toContain(
      'warning scopes: none are defined: there is nothing to lock\n        rhema init',
    );
    expect(stdout).toContain('ok      sessions: 1 kept, all live\n');
  });

  it('has the coordinator look at the files, and tells of what is in use and gone from them', async () => {
    const { stdout } = await patient().run('doctor');
    expect(stdout).toContain('warning scopes: gone is withdrawn: no scope file names it any more');
  });

  it('ends with 1 for a problem, in JSON with every finding', async () => {
    const { code, body } = await patient({ gitVersion: async () => null }).json('doctor');
    expect([code, body['code'], body['message']]).toEqual([1, 'UNHEALTHY', '1 problem found']);
    expect(body).toMatchObject({
      details: { findings: expect.arrayContaining([expect.objectContaining({ subject: 'git' })]) as unknown },
    });
  });

  it('finds that scopes cannot be in force together, also where no coordinator says so', async () => {
    const scopes = [
      { ...scopeView('a', ['b']), path: scopePath('a') },
      { ...scopeView('b', ['a']), path: scopePath('b') },
    ];
    const definitions = scopes.map(({ path, name, type, dependencies }) => ({
      path,
      name,
      type,
      dependencies,
    }));
    const scan = { ...emptyScan, definitions };
    const { code, stdout } = await patient({ scan: async () => scan }).run('doctor');
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('problem scopes: the dependencies form a cycle'),
    ]);
  });

  it('goes on when nothing can be examined', async () => {
    const parts = [
      'scan',
      'configuration',
      'gitVersion',
      'stateFiles',
      'room',
      'surroundings',
      'auditLog',
      'witness',
    ] as const;
    const broken = Object.fromEntries(parts.map((part) => [part, failing(`${part} is broken`)]));
    const { code, stdout, stderr } = await patient(broken).run('doctor');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^rhema: \d+ problems found \(UNHEALTHY\)\n$/)]);
    for (const part of parts) expect(stdout).toContain(`${part} is broken`);
    expect(stdout).toContain('repository: /repo');
  });

  it('tells who wants no report of the problems alone', async () => {
    const { stdout, stderr } = await patient({ gitVersion: async () => null }).run('doctor', '--quiet');
    expect([stdout, stderr]).toEqual([
      '',
      expect.stringMatching(
        /^rhema: 1 problem found \(UNHEALTHY\)\n {2}problem git: git was not found\n.*\n$/,
      ),
    ]);
  });

  it('does not ask a Git that does not answer for more', async () => {
    const silent = Object.assign(new Error('git --version does not answer'), { code: 'GIT_SILENT' });
    const never = async (): Promise<never> => new Promise(() => undefined);
    const harness = patient({
      gitVersion: async () => Promise.reject(silent),
      scan: never,
      configuration: never,
    });
    const { code, stdout } = await harness.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toContain('problem git: git --version does not answer\n');
    expect(stdout).toContain('problem repository: not looked at, since Git does not answer\n');
  });

  it('asks nobody about sessions where the log is damaged', async () => {
    const damaged = { ...content, problems: ['entry 4 is damaged'] };
    const harness = patient({ auditLog: async () => ({ engine: 'x (SQLite 3.53.0)', content: damaged }) });
    const before = coordinator.queries.length;
    const { stdout } = await harness.run('doctor');
    expect(stdout).toContain('log: entry 4 is damaged');
    expect(stdout).toContain('sessions: 1 kept');
    expect(coordinator.queries).toHaveLength(before);
  });
});

const anchored = (revision: number, host: string, boot: string, atMs: number): Entry => ({
  revision: asRevision(revision),
  atMs: asTimeMs(atMs),
  kind: 'TakeOver',
  agent: null,
  by: 'service',
  requestId: null,
  events: [{ kind: 'clock.anchored', clock: { host, boot, offsetMs: 0 } }],
  result: { kind: 'done' },
});

describe('a log that two machines use by turns', () => {
  it('is named, with what it costs and what to do', async () => {
    const entries = [
      anchored(9, 'laptop/1', 'b1', startMs - 60_000),
      anchored(5, 'desk/2', 'b2', startMs - 120_000),
      anchored(1, 'laptop/1', 'b1', startMs - 180_000),
    ];
    const shared = new FakeCoordinator({
      answers: {
        status: () => statusAnswer({}),
        history: () => ({ revision: asRevision(9), entries, nextBefore: null, first: asRevision(1) }),
        scopes: () => ({ revision: asRevision(9), scopes: [], problems: [] }),
      },
    });
    const harness = new Harness({ coordinator: shared, sessions: [], inspection });
    const { stdout } = await harness.run('doctor');
    expect(stdout).toContain('warning machines: laptop, desk use this log by turns');
  });
});

describe('jumps of the clock', () => {
  it('are those where the same clock was bound again, since a time', () => {
    const newestFirst = [
      anchored(9, 'box', 'second', 900),
      anchored(7, 'box', 'second', 700),
      anchored(5, 'box', 'second', 500),
      anchored(3, 'box', 'first', 300),
      anchored(1, 'box', 'first', 100),
    ];
    expect(jumpsSince(newestFirst, 600)).toBe(2);
    expect(jumpsSince(newestFirst, 0)).toBe(3);
  });
});
