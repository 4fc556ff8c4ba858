/** A world in which nothing is there: what a test does not expect fails, and names itself. */
import { parseScopePath, type ScopePath } from '../../core/index.ts';
import type { Questions } from '../process/ports.ts';
import type { Inspection, Logs, Owner, Radar, ScopeFiles, Syncs, World } from '../world/world.ts';

export const unexpected = (name: string) => () => {
  throw new Error(`the test did not expect ${name}`);
};

export const noRadar: Radar = {
  open: unexpected('radar.open'),
  memory: unexpected('radar.memory'),
  last: () => null,
  keep: unexpected('radar.keep'),
};

export const plainInspection: Inspection = {
  scopePath: async (_repository, _cwd, text) => parseScopePath(text),
  filePath: async (_repository, _cwd, text) => parseScopePath(text),
  place: (_repository, _cwd, text) => ({ kind: 'here', path: text as ScopePath }),
  pathTyped: (_repository, _cwd, path) => path,
  changedSince: async () => null,
  liesAt: async () => 'nothing',
  contextFile: () => ({ kind: 'gone' }),
  pathIn: () => null,
  isThere: () => false,
  filesThere: async () => [],
  changedFiles: unexpected('changedFiles'),
  changedAmong: unexpected('changedAmong'),
  stagedFiles: unexpected('stagedFiles'),
  stashedFiles: unexpected('stashedFiles'),
  indexedTexts: unexpected('indexedTexts'),
  committedBy: unexpected('committedBy'),
  ignoredAmong: async () => new Set(),
  filesBetween: unexpected('filesBetween'),
  commitsIn: unexpected('commitsIn'),
  checkedOut: unexpected('checkedOut'),
  hooksHere: async () => ({ script: '', scriptNow: null, hooks: [], unused: [], foreignFolder: null }),
  addTrailers: unexpected('addTrailers'),
  filesOf: unexpected('filesOf'),
  scan: unexpected('scan'),
  history: async () => null,
  configuration: unexpected('configuration'),
  gitVersion: unexpected('gitVersion'),
  stateFiles: unexpected('stateFiles'),
  room: unexpected('room'),
  openFilesMax: async () => null,
  surroundings: unexpected('surroundings'),
  auditLog: unexpected('auditLog'),
  hookSettings: unexpected('hookSettings'),
  witness: unexpected('witness'),
};

export const noScopeFiles: ScopeFiles = {
  prepareInit: unexpected('prepareInit'),
  prepareRefresh: async () => null,
  prepareMigration: async () => null,
  check: unexpected('check'),
  apply: unexpected('apply'),
  origin: async () => null,
  takenOut: async () => false,
  prepareUndo: unexpected('prepareUndo'),
  undo: unexpected('undo'),
  ignored: async () => new Set(),
  patch: unexpected('patch'),
  prepareSettings: unexpected('prepareSettings'),
};

export const noSyncs: Syncs = {
  tree: ({ worktree }) => worktree,
  content: unexpected('content'),
  allowed: () => [],
  allow: () => undefined,
  keepOutput: () => undefined,
  output: () => null,
};

export const noQuestions: Questions = {
  secret: unexpected('secret'),
  confirm: unexpected('confirm'),
  select: unexpected('select'),
};
export const noOwner: Owner = {
  health: async () => null,
  settings: async () => null,
  refresh: async () => null,
  stop: async () => ({ kind: 'none' }),
  logFile: unexpected('logFile'),
  run: unexpected('run'),
  serve: unexpected('serve'),
};

export const noServers: World['servers'] = {
  noted: async () => null,
  note: unexpected('servers.note'),
  dropNote: unexpected('servers.dropNote'),
  token: unexpected('servers.token'),
  keep: unexpected('servers.keep'),
  forget: unexpected('servers.forget'),
  whoAmI: unexpected('servers.whoAmI'),
  look: unexpected('servers.look'),
  commitAt: unexpected('servers.commitAt'),
  rootsAt: unexpected('servers.rootsAt'),
};

export const noLogs: Logs = {
  open: unexpected('a log file'),
  fromStandardInput: unexpected('standard input'),
};

export const noWebhooks: World['webhooks'] = {
  create: unexpected('webhooks.create'),
  list: async () => ({ webhooks: [], damaged: [] }),
  replace: unexpected('webhooks.replace'),
  remove: unexpected('webhooks.remove'),
  removeAll: unexpected('webhooks.removeAll'),
  test: unexpected('webhooks.test'),
};

export const noTokens: World['tokens'] = {
  create: unexpected('tokens.create'),
  list: unexpected('tokens.list'),
  revoke: unexpected('tokens.revoke'),
  revokeAll: unexpected('tokens.revokeAll'),
};
