import { describe, expect, it } from 'vitest';
import type { ScopeDefinition } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { emptyScan, scopePath, statusAnswer, yamlProblem as broken } from '../testing/samples.ts';
import { examine } from './checks.ts';
import type { Facts, RepositoryFacts } from './facts.ts';
import {
  about,
  around,
  definition,
  factsOf,
  finding,
  known,
  repository,
  sound,
  unknown,
  type Row,
} from './testing/samples.ts';

it('finds a sound repository sound, but for what nobody enforces', () => {
  const findings = examine(factsOf({}));
  expect(findings.filter(({ level }) => level !== 'ok').map(({ subject }) => subject)).toEqual([
    'enforcement',
  ]);
  expect(findings.map(({ subject, message }) => `${subject}: ${message}`)).toMatchInlineSnapshot(`
    [
      "node: v24.21.0, rhema 1.2.3",
      "git: version 2.43.0",
      "repository: /repo, shared folder /repo/.git",
      "worktrees: 1 working tree; locks, log and sessions are shared by all of them",
      "configuration: sound",
      "scopes: 1 defined",
      "state folder: /repo/.git/rhema",
      "disk: 8192 MiB free",
      "file system: ext4, mounted at /",
      "socket: /repo/.git/rhema/coordinator.sock",
      "process: 99 runs",
      "sqlite: node:sqlite (SQLite 3.53.0)",
      "log: revisions 1 to 7, every entry read, the file is sound",
      "witness: /repo/.git/rhema.last keeps how far the log came",
      "clock: of this boot, in step with the log",
      "machines: one uses this log",
      "sessions: 1 kept, all live",
      "clients: no project file of a coding-agent client names rhema (rhema mcp --client-config CLIENT --write writes one)",
      "enforcement: by no hook. Only who presents a token is checked; who never asks can write",
    ]
  `);
});

it('looks at webhooks, too', () => {
  const webhooks = known({ webhooks: [], damaged: ['/home/ann/x.json'] });
  expect(examine(factsOf({}, { ...sound, webhooks } as RepositoryFacts))).toContainEqual(
    expect.objectContaining({ level: 'warning', subject: 'webhooks' }),
  );
});

it('tells one cause that is in the way of many things once', () => {
  const linked = unknown('/repo/.git/rhema is a symbolic link: move away what is in its place');
  const { state, log, owner, sessions, ...rest } = sound;
  const inTheWay = Object.keys({ state, log, owner, sessions }).map((key) => [key, linked]);
  const findings = examine(
    factsOf({}, { ...rest, ...(Object.fromEntries(inTheWay) as Record<string, never>) } as RepositoryFacts),
  );
  const problems = findings.filter(({ level }) => level === 'problem');
  expect(problems.map(({ subject }) => subject)).toEqual(['state folder']);
});

it("tells one row of a state folder that is another user's, whatever could not be opened in it", () => {
  const refused = unknown("EACCES: permission denied, lstat '/repo/.git/rhema/x'");
  const findings = examine(
    factsOf(
      {},
      {
        ...sound,
        state: unknown('/repo/.git/rhema belongs to another user (uid 7): run this as its owner'),
        room: refused,
        log: unknown("EACCES: permission denied, open '/repo/.git/rhema/coordination.db'"),
        witness: unknown("EACCES: permission denied, open '/repo/.git/rhema.last'"),
        owner: refused,
        sessions: refused,
      },
    ),
  );
  const problems = findings.filter(({ level }) => level === 'problem');
  expect(problems.map(({ subject }) => subject)).toEqual(['state folder']);
});

it('names git fsck where Git fails at a tree', () => {
  const failed = {
    known: false,
    problem: 'git ls-tree failed: not a tree object',
    code: 'GIT_FAILED',
  } as const;
  const findings = examine(factsOf({}, { ...sound, configuration: failed, scan: failed }));
  const problems = findings.filter(({ level }) => level === 'problem');
  expect(problems.map(({ subject, remedy }) => [subject, remedy])).toEqual([
    ['configuration', expect.stringContaining('git fsck')],
  ]);
});

it('gives every finding that is not ok a remedy, whatever cannot be found out', () => {
  const nothing = Object.fromEntries(
    Object.keys(sound).map((key) => [key, key === 'repository' ? repository : unknown(`no ${key}`)]),
  ) as unknown as RepositoryFacts;
  const findings = examine(factsOf({ git: unknown('no git') }, nothing));
  expect(findings.filter(({ level }) => level === 'problem').length).toBeGreaterThan(8);
  expect(findings.filter(({ level, remedy }) => (level === 'ok') !== (remedy === null))).toEqual([]);
});

it('outside of a repository says so, and what can be said without one', () => {
  const findings = examine(factsOf({ repository: unknown('/tmp is not inside a Git repository') }));
  expect(findings.map(({ subject, level }) => [subject, level])).toEqual([
    ['node', 'ok'],
    ['git', 'ok'],
    ['repository', 'problem'],
  ]);
});

describe('what surrounds the repository', () => {
  it.each<Row>([
    ['an old Node', 'node', factsOf({ nodeVersion: 'v20.20.2' }), 'warning', 'v20.20.2'],
    ['no Git', 'git', factsOf({ git: known(null) }), 'problem', 'git was not found'],
    [
      'a Git with a version of its own',
      'git',
      factsOf({ git: known('git version weird') }),
      'warning',
      'its version cannot be told: git --version says "git version weird"',
    ],
    ['a Git that is too old', 'git', factsOf({ git: known('2.17.1') }), 'problem', 'too old'],
    ['the Git that corrupts', 'git', factsOf({ git: known('2.51.0') }), 'problem', 'corrupts the index'],
    ['the Git after it', 'git', factsOf({ git: known('2.51.1') }), 'ok', '2.51.1'],
    [
      'a working tree that is gone',
      'worktrees',
      factsOf({}, around({ worktrees: [{ path: '/gone', exists: false }] })),
      'warning',
      '/gone is recorded',
    ],
    [
      'several working trees',
      'worktrees',
      factsOf({}, around({ worktrees: [{ path: '/second', exists: true }] })),
      'ok',
      '2 working trees',
    ],
    [
      'a client that names this server',
      'clients',
      factsOf(
        {},
        around({ clientFiles: [{ title: 'Codex', file: '.codex/config.toml', namesServer: true }] }),
      ),
      'ok',
      'Codex by .codex/config.toml',
    ],
    [
      'a client that names others only',
      'clients',
      factsOf(
        {},
        around({ clientFiles: [{ title: 'Codex', file: '.codex/config.toml', namesServer: false }] }),
      ),
      'ok',
      'no project file',
    ],
    [
      'hooks of other programs',
      'enforcement',
      factsOf(
        {},
        around({ enforcement: { gitHooks: [{ name: 'pre-commit', namesRhema: false }], clientHooks: [] } }),
      ),
      'warning',
      'hooks that do not mention rhema: pre-commit',
    ],
    [
      'a hook that mentions this program',
      'enforcement',
      factsOf(
        {},
        around({ enforcement: { gitHooks: [{ name: 'pre-push', namesRhema: true }], clientHooks: [] } }),
      ),
      'ok',
      'hooks that mention rhema: pre-push',
    ],
    [
      'no hook, where a client has the tools',
      'enforcement',
      factsOf(
        {},
        around({ clientFiles: [{ title: 'Codex', file: '.codex/config.toml', namesServer: true }] }),
      ),
      'ok',
      'by no hook',
    ],
  ])('of %s says what it is', (_what, subject, facts, level, told) => {
    expect(about(subject, facts)).toMatchObject(finding(level, told));
  });
});

describe('configuration and scopes', () => {
  const configured = (enabled: boolean, problems: readonly ScopeProblem[]): Facts =>
    factsOf({}, { configuration: known({ enabled, entries: [], problems, unusedFile: null }) });
  const scanned = (definitions: readonly ScopeDefinition[], problems: readonly ScopeProblem[]): Facts =>
    factsOf(
      {},
      {
        scan: known({ ...emptyScan, definitions, problems }),
        coordination: known(null),
      },
    );

  it.each<Row>([
    ['a wrong value', 'configuration', configured(true, [broken]), 'problem', 'api/rhema.yaml:4: a tab'],
    ['a switch that is off', 'configuration', configured(false, []), 'warning', 'disabled'],
    ['a broken file', 'scopes', scanned([definition], [broken]), 'problem', 'api/rhema.yaml:4: a tab'],
    [
      'no scope',
      'scopes',
      scanned([], [{ ...broken, severity: 'warning', code: 'NO_SCOPES' }]),
      'warning',
      'nothing to lock',
    ],
    [
      'trouble of the graph as a whole',
      'scopes',
      scanned([definition], [{ ...broken, severity: 'warning', file: null, line: null, message: 'deep' }]),
      'warning',
      'deep',
    ],
  ])('of %s says where it is', (_what, subject, facts, level, told) => {
    expect(about(subject, facts)).toMatchObject(finding(level, told));
  });

  it('tells once what keeps the configuration from being read, and is wrong with a scope as well', () => {
    const root: ScopeProblem = { ...broken, file: 'rhema.yaml' };
    const facts = factsOf(
      {},
      {
        configuration: known({ enabled: true, entries: [], problems: [root], unusedFile: 'rhema.yaml' }),
        scan: known({ ...emptyScan, problems: [root, broken] }),
      },
    );
    const told = [...about('configuration', facts), ...about('scopes', facts)];
    expect(told.map(({ subject, message }) => `${subject}: ${message}`)).toEqual([
      'configuration: rhema.yaml:4: a tab',
      'scopes: api/rhema.yaml:4: a tab',
    ]);
  });

  it.each(['GRAPH_EMPTY', 'FILES_UNSEEN', 'SETTINGS_WAIT', 'DISABLING_WAITS'])(
    'tells what only the coordinator knows of the files: %s',
    (code) => {
      const told: ScopeProblem = { ...broken, code, file: null, line: null, message: 'from before' };
      const status = statusAnswer({ scopeProblems: [told] });
      const facts = factsOf(
        {},
        { coordination: known({ status, withdrawn: [], clockJumps: 0, machines: null }) },
      );
      expect(about('scopes', facts)[0]?.message).toBe('from before');
    },
  );

  it('tells which variable the coordinator was started with and ignores', () => {
    const ignored: ScopeProblem = {
      ...broken,
      code: 'CONFIG_VARIABLE_IGNORED',
      severity: 'warning',
      file: null,
      line: null,
      message: 'RHEMA_IDLE_EXIT is ignored',
    };
    const status = statusAnswer({ scopeProblems: [ignored] });
    const facts = factsOf(
      {},
      { coordination: known({ status, withdrawn: [], clockJumps: 0, machines: null }) },
    );
    expect(about('configuration', facts)).toEqual([
      expect.objectContaining({
        level: 'warning',
        message: 'the coordinator: RHEMA_IDLE_EXIT is ignored',
        remedy: 'correct or unset it, then: rhema daemon stop',
      }),
    ]);
  });

  it('names each scope that is in use although no file names it any more, and who to ask', () => {
    const withdrawn = [scopePath('old'), scopePath('a folder')];
    const status = statusAnswer({});
    const coordination = known({ status, withdrawn, clockJumps: 0, machines: null });
    const findings = about('scopes', factsOf({}, { coordination }));
    expect(findings.map(({ level, remedy }) => [level, remedy])).toEqual([
      ['warning', 'bring its file back, or see who has it: rhema why old'],
      ['warning', "bring its file back, or see who has it: rhema why 'a folder'"],
      ['ok', null],
    ]);
    expect(findings[0]?.message).toBe(
      'old is withdrawn: no scope file names it any more, and it goes once it is free',
    );
  });

  it('does not say beside it that there is nothing to lock', () => {
    const told: ScopeProblem = { ...broken, code: 'GRAPH_EMPTY', file: null, line: null };
    const status = statusAnswer({ scopeProblems: [told] });
    const scan = known(emptyScan);
    expect(
      about(
        'scopes',
        factsOf({}, { scan, coordination: known({ status, withdrawn: [], clockJumps: 0, machines: null }) }),
      ),
    ).toHaveLength(1);
  });

  it('does not call scopes undefined that are in force, when an older commit has been checked out', () => {
    const scan = known(emptyScan);
    const status = statusAnswer({ scopeCount: 73 });
    const [told] = about(
      'scopes',
      factsOf({}, { scan, coordination: known({ status, withdrawn: [], clockJumps: 0, machines: null }) }),
    );
    expect(told?.message).toBe('no scope file is here, and 73 scopes are in force from before');
    expect(told?.remedy).toMatch(/bring the files back/);
  });

  it.each([
    ['bare', null, /^rhema init in a clone or worktree of it .* push them/],
    ['worked in by another tree', '/repo', /^merge the scope files of this working tree/],
  ])('says of a repository without scopes that is %s what can be done there', (_how, worktree, remedy) => {
    const facts = factsOf(
      {},
      {
        repository: { ...repository, worktree, mainWorktree: null, bare: true },
        scan: known(emptyScan),
        coordination: known(null),
      },
    );
    expect(about('scopes', facts)[0]?.remedy).toMatch(remedy);
  });

  it('finds nothing wrong with a worktree that has no scope files, where those of the main one are in force', () => {
    const facts = factsOf(
      {},
      {
        repository: { ...repository, mainWorktree: '/main' },
        scan: known(emptyScan),
        coordination: known({
          status: statusAnswer({ scopeCount: 1 }),
          withdrawn: [],
          clockJumps: 0,
          machines: null,
        }),
      },
    );
    expect(about('scopes', facts)).toMatchObject(finding('ok', '1 scope is in force, read from the main'));
  });

  it('tells a problem of the configuration once, and of many problems the first', () => {
    const many = Array.from({ length: 9 }, () => broken);
    const findings = about(
      'scopes',
      scanned([definition], [{ ...broken, code: 'CONFIG_WRONG_TYPE' }, ...many]),
    );
    expect(findings).toHaveLength(6);
    expect(findings.at(-1)?.message).toBe('and 4 more');
  });

  it('counts a broken file once, and what depends on it apart from it', () => {
    const following = { ...broken, code: 'BROKEN_DEPENDENCY', file: 'web/rhema.yaml' };
    const facts = scanned([definition], [broken, following, following]);
    const findings = about('scopes', facts);
    expect(findings.map(({ level }) => level)).toEqual(['problem', 'warning']);
    expect(findings.at(-1)?.message).toBe('2 dependencies on what is broken');
  });
});
