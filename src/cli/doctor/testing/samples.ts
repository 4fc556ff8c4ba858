import { expect } from 'vitest';
import { asRevision, asTimeMs, defaultSettings } from '../../../core/index.ts';
import type { ScopeDefinition } from '../../../core/index.ts';
import type { Surroundings } from '../../world/surroundings.ts';
import { session, startMs } from '../../testing/harness.ts';
import { agentView, healthAnswer, noSync, scopePath, statusAnswer } from '../../testing/samples.ts';
import { examine } from '../checks.ts';
import type { Facts, RepositoryFacts } from '../facts.ts';
import type { Fact, Finding } from '../finding.ts';

export const known = <T>(value: T): Fact<T> => ({ known: true, value });
export const unknown = (problem: string): Fact<never> => ({ known: false, problem, code: null });

export const definition: ScopeDefinition = {
  path: scopePath('api'),
  name: 'api',
  type: 'service',
  dependencies: [],
};
export const state = {
  directory: '/repo/.git/rhema',
  database: '/repo/.git/rhema/coordination.db',
  databaseExists: true,
  directoryMode: 0o700,
  misplaced: [],
  evidence: [],
  writable: true,
  socket: { ok: true, value: '/repo/.git/rhema/coordinator.sock' } as const,
};
export const room = { folder: '/repo/.git/rhema', trouble: null, freeBytes: 2 ** 33, freeFiles: 10_000 };
const surroundings: Surroundings = {
  fileSystem: { type: 'ext4', mountPoint: '/' },
  bootIsKnown: true,
  worktrees: [],
  atSocket: 'socket',
  deserted: [],
  enforcement: { gitHooks: [], clientHooks: [] },
  clientFiles: [],
};
export const content = {
  first: asRevision(1),
  last: asRevision(7),
  lastAtMs: asTimeMs(startMs - 1_000),
  begunAnew: null,
  former: [],
  problems: [],
};
export const witness = { path: '/repo/.git/rhema.last', found: 'sound' } as const;
export const status = statusAnswer({ agents: [agentView()] });
export const repository = {
  worktree: '/repo',
  mainWorktree: '/repo',
  gitDir: '/repo/.git',
  commonDir: '/repo/.git',
  bare: false,
};

export const sound: RepositoryFacts = {
  repository,
  state: known(state),
  room: known(room),
  surroundings: known(surroundings),
  configuration: known({ enabled: true, entries: [], problems: [], unusedFile: null }),
  scan: known({
    definitions: [definition],
    settings: defaultSettings,
    sync: noSync,
    unreadRoot: [],
    problems: [],
  }),
  log: known({ engine: 'node:sqlite (SQLite 3.53.0)', content }),
  witness: known(witness),
  owner: known(healthAnswer()),
  sessions: known([session('alice', 2)]),
  staged: known([]),
  hooks: known([]),
  unjudged: known({}),
  webhooks: known({ webhooks: [], damaged: [] }),
  gitHooks: known({
    here: { script: '', scriptNow: null, hooks: [], unused: [], foreignFolder: null },
    scriptProblem: null,
  }),
  coordination: known({ status, withdrawn: [], clockJumps: 0, machines: null }),
};

export const factsOf = (over: Partial<Facts>, repository: Partial<RepositoryFacts> = {}): Facts => ({
  nowMs: startMs,
  nodeVersion: 'v24.21.0',
  version: '1.2.3',
  git: known('2.43.0'),
  openFilesMax: 1_024,
  repository: known({ ...sound, ...repository }),
  ...over,
});
export const around = (over: Partial<Surroundings>): Partial<RepositoryFacts> => ({
  surroundings: known({ ...surroundings, ...over }),
});

/** The findings about a subject. */
export const about = (subject: string, facts: Facts): Finding[] =>
  examine(facts).filter((finding) => finding.subject === subject);

/** What is found where something is as told. */
export type Row = readonly [
  what: string,
  subject: string,
  facts: Facts,
  level: Finding['level'],
  told: string,
];

/** One finding of a level, whose message has these words. */
export const finding = (level: Finding['level'], told: string): object[] => [
  { level, message: expect.stringContaining(told) as string },
];
