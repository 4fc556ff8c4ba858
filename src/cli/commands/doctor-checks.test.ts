import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, defaultSettings } from '../../core/index.ts';
import type { ScopeDefinition } from '../../core/index.ts';
import type { HealthAnswer, ScopeProblem } from '../../protocol/index.ts';
import type { Surroundings } from '../surroundings.ts';
import { session, startMs } from '../testing/harness.ts';
import { agentId, agentView, scopePath, statusAnswer } from '../testing/samples.ts';
import { examine } from './doctor-checks.ts';
import type { Facts, RepositoryFacts } from './doctor-facts.ts';
import type { Fact, Finding } from './doctor-finding.ts';

const known = <T>(value: T): Fact<T> => ({ known: true, value });
const unknown = (problem: string): Fact<never> => ({ known: false, problem });

const definition: ScopeDefinition = {
  path: scopePath('api'),
  name: 'api',
  type: 'service',
  dependencies: [],
};
const broken: ScopeProblem = {
  code: 'YAML_SYNTAX',
  severity: 'error',
  file: 'api/rhema.yaml',
  line: 4,
  column: 9,
  message: 'a tab',
};
const state = {
  directory: '/repo/.git/rhema',
  database: '/repo/.git/rhema/coordination.db',
  databaseExists: true,
  directoryMode: 0o700,
  writable: true,
  socket: { ok: true, value: '/repo/.git/rhema/coordinator.sock' } as const,
};
const surroundings: Surroundings = {
  fileSystem: { type: 'ext4', mountPoint: '/' },
  bootIsKnown: true,
  worktrees: [],
  socketFileExists: true,
  deserted: [],
  enforcement: { gitHooks: [], clientHooks: [] },
  clientFiles: [],
};
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
  storePath: state.database,
  socket: state.socket.value,
  connections: 1,
  busy: false,
};
const content = {
  first: asRevision(1),
  last: asRevision(7),
  lastAtMs: asTimeMs(startMs - 1_000),
  problems: [],
};
const status = statusAnswer({ agents: [agentView()] });
const place = {
  worktree: '/repo',
  mainWorktree: '/repo',
  gitDir: '/repo/.git',
  commonDir: '/repo/.git',
  bare: false,
};

const sound: RepositoryFacts = {
  place,
  state: known(state),
  surroundings: known(surroundings),
  configuration: known({ enabled: true, entries: [], problems: [] }),
  scan: known({ definitions: [definition], settings: defaultSettings, problems: [] }),
  log: known({ engine: 'node:sqlite (SQLite 3.53.0)', content }),
  owner: known(health),
  sessions: known([session('alice', 2)]),
  coordination: known({ status, clockJumps: 0 }),
};

const factsOf = (over: Partial<Facts>, repository: Partial<RepositoryFacts> = {}): Facts => ({
  nowMs: startMs,
  nodeVersion: 'v24.21.0',
  version: '1.2.3',
  git: known('2.43.0'),
  repository: known({ ...sound, ...repository }),
  ...over,
});
const around = (over: Partial<Surroundings>): Partial<RepositoryFacts> => ({
  surroundings: known({ ...surroundings, ...over }),
});

/** The findings about a subject. */
const about = (subject: string, facts: Facts): Finding[] =>
  examine(facts).filter((finding) => finding.subject === subject);

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
      "file system: ext4, mounted at /",
      "socket: /repo/.git/rhema/coordinator.sock",
      "process: 99 runs",
      "sqlite: node:sqlite (SQLite 3.53.0)",
      "log: revisions 1 to 7, every entry read, the file is sound",
      "clock: of this boot, in step with the log",
      "sessions: 1 kept, all live",
      "clients: no project file of a coding-agent client names rhema (see docs/clients.md)",
      "enforcement: by no hook. Only who presents a token is checked; who never asks can write",
    ]
  `);
});

it('gives every finding that is not ok a remedy, whatever cannot be found out', () => {
  const nothing = Object.fromEntries(
    Object.keys(sound).map((key) => [key, key === 'place' ? place : unknown(`no ${key}`)]),
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

type Row = readonly [what: string, subject: string, facts: Facts, level: Finding['level'], told: string];

describe('what surrounds the repository', () => {
  it.each<Row>([
    ['an old Node', 'node', factsOf({ nodeVersion: 'v20.20.2' }), 'warning', 'v20.20.2'],
    ['no Git', 'git', factsOf({ git: known(null) }), 'problem', 'git was not found'],
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
  ])('of %s says what it is', (_what, subject, facts, level, told) => {
    expect(about(subject, facts)).toMatchObject([
      { level, message: expect.stringContaining(told) as string },
    ]);
  });
});

describe('configuration and scopes', () => {
  const configured = (enabled: boolean, problems: readonly ScopeProblem[]): Facts =>
    factsOf({}, { configuration: known({ enabled, entries: [], problems: problems as never }) });
  const scanned = (definitions: readonly ScopeDefinition[], problems: readonly ScopeProblem[]): Facts =>
    factsOf({}, { scan: known({ definitions, settings: defaultSettings, problems }) });

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
    expect(about(subject, facts)).toMatchObject([
      { level, message: expect.stringContaining(told) as string },
    ]);
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
});

describe('what the log stands on', () => {
  const onFileSystem = (type: string): Facts =>
    factsOf({}, around({ fileSystem: { type, mountPoint: '/home' } }));
  const withState = (over: object): Facts => factsOf({}, { state: known({ ...state, ...over }) });
  const withOwner = (over: Partial<HealthAnswer>): Facts =>
    factsOf({}, { owner: known({ ...health, ...over }) });
  const withEngine = (engine: string): Facts => factsOf({}, { log: known({ engine, content }) });
  const withContent = (over: object): Facts =>
    factsOf({}, { log: known({ engine: 'node:sqlite (SQLite 3.53.0)', content: { ...content, ...over } }) });

  it.each<Row>([
    [
      'a folder that cannot be written',
      'state folder',
      withState({ writable: false }),
      'problem',
      'cannot be written',
    ],
    ['a folder open to others', 'state folder', withState({ directoryMode: 0o755 }), 'warning', 'mode 755'],
    ['a network file system', 'file system', onFileSystem('nfs4'), 'problem', 'network'],
    ['one over ssh', 'file system', onFileSystem('fuse.sshfs'), 'problem', 'network'],
    ['a folder of the host machine', 'file system', onFileSystem('virtiofs'), 'warning', 'another machine'],
    ['memory', 'file system', onFileSystem('tmpfs'), 'warning', 'lost when the machine stops'],
    ['a local disk', 'file system', onFileSystem('btrfs'), 'ok', 'btrfs, mounted at /home'],
    [
      'an unknown file system',
      'file system',
      factsOf({}, around({ fileSystem: null })),
      'ok',
      'does not tell',
    ],
    [
      'a path that is too long',
      'socket',
      withState({ socket: { ok: false, problem: 'no short path' } }),
      'problem',
      'no short path',
    ],
    ['a stale socket', 'socket', factsOf({}, { owner: known(null) }), 'ok', 'left behind'],
    ['no owner', 'process', factsOf({}, { owner: known(null) }), 'ok', 'none runs'],
    [
      'an owner that does not answer',
      'process',
      factsOf({}, { owner: unknown('no answer') }),
      'problem',
      'no answer',
    ],
    ['an owner that gave up', 'process', withOwner({ ok: false }), 'problem', '99 has stopped writing'],
    ['an older owner', 'process', withOwner({ version: '1.0.0' }), 'warning', '1.0.0, this is 1.2.3'],
    ['a newer owner', 'process', withOwner({ version: '2.0.0' }), 'warning', '2.0.0, this is 1.2.3'],
    [
      'an unsound SQLite',
      'sqlite',
      withEngine('node:sqlite (SQLite 3.49.1)'),
      'warning',
      'before SQLite 3.51.3',
    ],
    ['a sound SQLite', 'sqlite', withEngine('@photostructure/sqlite (SQLite 3.51.3)'), 'ok', '3.51.3'],
    [
      'a log that cannot be opened',
      'log',
      factsOf({}, { log: unknown('not a database') }),
      'problem',
      'not a database',
    ],
    ['a damaged entry', 'log', withContent({ problems: ['entry 4 is damaged'] }), 'problem', 'entry 4'],
    ['a sound log', 'log', withContent({}), 'ok', 'revisions 1 to 7'],
    [
      'no log yet',
      'log',
      factsOf({}, { log: known({ engine: 'x (SQLite 3.53.0)', content: null }) }),
      'ok',
      'not begun',
    ],
  ])('of %s says so', (_what, subject, facts, level, told) => {
    expect(about(subject, facts)).toMatchObject([
      { level, message: expect.stringContaining(told) as string },
    ]);
  });

  it('counts the damage beyond the first few findings', () => {
    const problems = Array.from({ length: 12 }, (_, place) => `entry ${place} is damaged`);
    expect(about('log', withContent({ problems })).at(-1)?.message).toBe('and 7 more');
  });
});

describe('clock and sessions', () => {
  const ahead = { ...content, lastAtMs: asTimeMs(startMs + 60_000) };

  it.each<Row>([
    [
      'a boot that is not told',
      'clock',
      factsOf({}, around({ bootIsKnown: false })),
      'warning',
      'does not tell its boot',
    ],
    [
      'a clock that was set back',
      'clock',
      factsOf({}, { log: known({ engine: 'x (SQLite 3.53.0)', content: ahead }) }),
      'warning',
      '1 min ahead of this clock',
    ],
    [
      'a machine that slept',
      'clock',
      factsOf({}, { coordination: known({ status, clockJumps: 2 }) }),
      'warning',
      '2 times in the last day',
    ],
    [
      'a session of an agent that was lost',
      'sessions',
      factsOf(
        {},
        {
          coordination: known({
            status: statusAnswer({ agents: [agentView({ presence: 'lost' })] }),
            clockJumps: 0,
          }),
        },
      ),
      'warning',
      'alice was lost or has left',
    ],
    [
      'a session of an earlier life',
      'sessions',
      factsOf({}, { sessions: known([session('alice', 1)]) }),
      'warning',
      'alice was lost or has left',
    ],
    [
      'a session file that others can read',
      'sessions',
      factsOf({}, { sessions: unknown('eve.json') }),
      'problem',
      'eve',
    ],
    [
      'a server that has ended',
      'sessions',
      factsOf({}, around({ deserted: [{ agent: agentId('alice'), pid: 17 }] })),
      'warning',
      'nobody renews alice: its rhema mcp (process 17) has ended',
    ],
    ['nobody to ask', 'sessions', factsOf({}, { coordination: known(null) }), 'ok', '1 kept'],
  ])('of %s says so', (_what, subject, facts, level, told) => {
    expect(about(subject, facts)).toMatchObject([
      { level, message: expect.stringContaining(told) as string },
    ]);
  });
});
