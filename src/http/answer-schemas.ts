/** What is answered, as JSON Schema 2020-12. A test holds it against what the server answers; `src/protocol` has the types. */
import type { AgentStatus, ClaimLevel, Settings, SyncStatus, Way } from '../core/index.ts';
import { healthChecks, roles } from '../protocol/index.ts';
import { noticeParts } from './notice-schemas.ts';
import {
  byKind,
  listOf,
  ms,
  name,
  object,
  oneOf,
  orNull,
  part,
  recordOf,
  text,
  wall,
  whole,
  yes,
  type Fields,
  type Schema,
} from './schema-words.ts';

const agentStatuses = ['idle', 'working', 'blocked', 'completed'] satisfies AgentStatus[];
const syncStatuses = ['idle', 'syncing', 'completed', 'failed'] satisfies SyncStatus[];

const earlierEnd = object({ atMs: ms, cause: oneOf(['session', 'blocked']) });
const report = object({ text, atMs: ms });
const process = object({ pid: whole, start: text, namespace: text }, { lingersMs: whole });
const violation = object({ invariant: text, subject: text, evidence: text });

const agentView = object(
  {
    agent: text,
    epoch: whole,
    status: oneOf(agentStatuses),
    presence: oneOf(['present', 'lost']),
    metadata: recordOf({ type: ['string', 'number', 'boolean'] }),
    joinedAtMs: ms,
    seenAtMs: ms,
    sessionDeadlineMs: ms,
    blockedSinceMs: orNull(ms),
    blockedReason: orNull(text),
    lastReport: orNull(report),
    retryCount: whole,
    lostAtMs: orNull(ms),
    heldWhenLost: listOf(text),
    held: listOf(text),
    ticket: orNull(whole),
  },
  { sessionMark: text, process: orNull(process), seenDeadAtMs: orNull(ms), unread: whole },
);

const lockView = object(
  {
    agent: text,
    epoch: whole,
    token: whole,
    grantedAtMs: ms,
    deadlineMs: ms,
    reason: orNull(text),
    contendedSinceMs: orNull(ms),
    queueLength: whole,
    blockedReason: orNull(text),
    lastReport: orNull(report),
  },
  { ...name, endsBefore: earlierEnd, latestDeadlineMs: ms, withdrawn: { const: true } },
);

const waiterView = object(
  {
    scopes: listOf(text),
    ticket: whole,
    agent: text,
    epoch: whole,
    sinceMs: ms,
    deadlineMs: ms,
    position: whole,
    reason: orNull(text),
    waitsFor: listOf(text),
    reservedFor: orNull(object({ ticket: whole, agent: text }, name)),
  },
  { files: listOf(text), resources: listOf(text), endsBefore: earlierEnd, withdrawn: listOf(text) },
);

const syncView = object({
  scope: text,
  status: oneOf(syncStatuses),
  failures: whole,
  retriesLeft: whole,
  run: orNull(whole),
  agent: orNull(text),
  startedAtMs: orNull(ms),
  endedAtMs: orNull(ms),
  error: orNull(text),
  retryAtMs: orNull(ms),
  digest: orNull(text),
});

const scopeView = object({
  path: text,
  name: text,
  type: text,
  dependencies: listOf(text),
  dependents: listOf(text),
  withdrawn: yes,
  syncStatus: oneOf(syncStatuses),
  holder: orNull(text),
  contexts: recordOf(object({ digest: text, revision: whole, agent: text })),
});

const scopeProblem = object({
  code: text,
  severity: oneOf(['error', 'warning']),
  file: orNull(text),
  line: orNull(whole),
  column: orNull(whole),
  message: text,
});

/** `kind` of an event is `noun.pastVerb`; what else it has goes by that. */
const event: Schema = {
  type: 'object',
  required: ['kind'],
  properties: { kind: text },
  additionalProperties: true,
};

const entry = object(
  {
    revision: whole,
    atMs: ms,
    kind: text,
    agent: orNull(text),
    by: orNull(text),
    requestId: orNull(text),
    events: listOf(part('Event')),
    result: part('Result'),
  },
  { principal: object({ name: text, way: oneOf(['http', 'mcp']) }) },
);

const grant = object(
  { token: whole, deadlineMs: ms, contendedSinceMs: orNull(ms) },
  { ...name, already: { const: true }, sinceMs: ms },
);

/** What somebody names who wants it: of a resource any slot. */
const wanted: Fields = { scope: text, file: text, resource: text };

const message = object({
  revision: whole,
  atMs: ms,
  from: orNull(text),
  by: orNull(text),
  messageKind: text,
  way: object({ kind: oneOf(['agent', 'holder', 'all'] satisfies Way['kind'][]) }, wanted),
  text,
});

const scopes = listOf(text);

/** By its `kind`, what a command has come to. */
const results: Readonly<Record<string, readonly [required: Fields, optional?: Fields]>> = {
  joined: [{ agent: text, epoch: whole, sessionDeadlineMs: ms }],
  resumed: [
    {
      agent: text,
      epoch: whole,
      sessionDeadlineMs: ms,
      locks: listOf(part('Grant')),
      ticket: orNull(whole),
    },
  ],
  left: [{ released: listOf(text), waited: orNull(whole) }],
  renewed: [{ sessionDeadlineMs: ms, leases: listOf(part('Grant')) }],
  statusSet: [{ status: oneOf(agentStatuses), released: listOf(text) }],
  granted: [{ locks: listOf(part('Grant')) }],
  queued: [{ ticket: whole, position: whole, deadlineMs: ms }],
  released: [{ scopes }, { files: listOf(text), resources: listOf(text) }],
  waitCancelled: [{ ticket: orNull(whole) }],
  revoked: [{ agent: text, token: whole }, name],
  scopesDefined: [{ added: scopes, changed: scopes, removed: scopes }, { withdrawn: scopes }],
  contextModified: [{ scope: text, file: text, digest: text, token: whole, invalidated: scopes }],
  syncStarted: [{ scope: text, run: whole, attempt: whole }],
  syncSet: [{ scope: text, status: oneOf(syncStatuses), retryAtMs: orNull(ms) }],
  invalidated: [{ scopes }],
  expired: [{ agents: listOf(text), locks: listOf(text), tickets: listOf(whole) }],
  messageSent: [{ recipients: listOf(text) }],
  messagesRead: [{ messages: listOf(message), gaveWay: whole }],
  done: [{}],
};

const result = byKind(results);

const ticketReply: Schema = {
  oneOf: [
    object({ kind: { const: 'granted' }, revision: whole, locks: listOf(part('Grant')) }, { atMs: ms }),
    object({ kind: { const: 'ended' }, revision: whole, cause: text }),
  ],
};

/** What answers name by `$ref`. */
export const answerParts = {
  AgentView: agentView,
  LockView: lockView,
  WaiterView: waiterView,
  SyncView: syncView,
  ScopeView: scopeView,
  ScopeProblem: scopeProblem,
  Event: event,
  Entry: entry,
  Grant: grant,
  Result: result,
  ...noticeParts,
};

const length: Schema = { type: 'integer', description: 'In milliseconds.' };
const settings = object({
  maxConcurrentAgents: whole,
  maxLocksPerAgent: whole,
  maxFilesPerAgent: whole,
  maxResourcesPerAgent: whole,
  resources: recordOf(whole),
  maxUnreadMessages: whole,
  freePaths: listOf(text),
  claimLevel: oneOf(['file', 'scope'] satisfies ClaimLevel[]),
  maxBlockMs: length,
  lockTtlMs: length,
  lockTtlMaxMs: length,
  maxContendedHoldMs: length,
  sessionTtlMs: length,
  deadGraceMs: length,
  maxDependencies: whole,
  maxScopeDepth: whole,
  dependencyChecking: yes,
  maxRetries: whole,
  retryBackoffMs: length,
} satisfies Record<keyof Settings, Schema>);

const subject: Schema = object(
  { kind: oneOf(['scope', 'file', 'resource', 'agent']) },
  { ...name, agent: text },
);
const problems = listOf(part('ScopeProblem'));
const locks = listOf(part('LockView'));
const happened = object({ revision: whole, atMs: ms, command: text, by: orNull(text), event: part('Event') });
const upTo = object({ revision: whole, logMs: ms });

/** By the kind of the query. */
export const queryAnswers: Readonly<Record<string, Schema>> = {
  status: object(
    {
      revision: whole,
      timeMs: ms,
      agents: listOf(part('AgentView')),
      locks,
      waiters: listOf(part('WaiterView')),
      syncs: listOf(part('SyncView')),
      violations: listOf(violation),
      scopeCount: whole,
      totals: object({ conflicts: whole, timeouts: whole }),
      settings,
      scopeProblems: problems,
    },
    { nowMs: ms },
  ),
  scopes: object(
    { revision: whole, scopes: listOf(part('ScopeView')), problems },
    { declared: object({ commands: listOf({ type: 'array' }), unread: scopes }) },
  ),
  history: object(
    { revision: whole, entries: listOf(part('Entry')), nextBefore: orNull(whole), first: whole },
    { begunAnew: text },
  ),
  why: object(
    {
      revision: whole,
      timeMs: ms,
      subject,
      agent: orNull(part('AgentView')),
      locks,
      waiters: listOf(part('WaiterView')),
      sync: orNull(part('SyncView')),
      waitsFor: locks,
      happened: listOf(happened),
    },
    { nowMs: ms, runs: listOf(part('SyncView')) },
  ),
  mayWrite: object({
    revision: whole,
    nowMs: ms,
    files: listOf(object({ file: text, scope: orNull(text), obstacle: orNull(text), free: yes })),
    scopes: listOf(part('ScopeView')),
    locks,
    agent: orNull(part('AgentView')),
    problems,
  }),
  scopesOf: object({
    revision: whole,
    scopes: listOf(orNull(text)),
    free: listOf(yes),
    claim: text,
  }),
  impact: object({
    revision: whole,
    scopes: listOf(
      object({
        scope: text,
        via: orNull(text),
        holders: listOf(text),
        waiters: listOf(text),
        syncStatus: oneOf(syncStatuses),
        wasSynced: yes,
      }),
    ),
  }),
  notices: object({
    revision: whole,
    nowMs: ms,
    notices: listOf(part('Notice')),
    left: whole,
    unread: orNull(object({ from: whole, to: whole })),
    upTo,
  }),
  formerHolders: object({
    revision: whole,
    nowMs: ms,
    locks: listOf(
      object(
        { scope: text, token: whole, holders: listOf(part('FormerHolder')), left: whole },
        { file: text },
      ),
    ),
  }),
  token: object({ revision: whole, valid: yes, holder: orNull(part('LockView')), why: text }, { nowMs: ms }),
  violations: object(
    { revision: whole, checked: listOf(text), violations: listOf(violation) },
    { stateDigest: text },
  ),
  openViolations: object({
    revision: whole,
    nowMs: ms,
    open: listOf(
      object(
        {
          type: text,
          rule: text,
          subject: text,
          holder: orNull(text),
          evidence: text,
          remedy: text,
          sinceMs: ms,
          revision: whole,
        },
        { scope: text, file: text },
      ),
    ),
  }),
  health: object(
    {
      revision: whole,
      ok: yes,
      pid: whole,
      version: text,
      mode: oneOf(['direct', 'daemon', 'serve']),
      startedAtMs: wall,
      firstRevision: whole,
      storeKind: text,
      storeDurable: yes,
      storeEngine: text,
      storePath: orNull(text),
      socket: orNull(text),
      connections: whole,
      busy: yes,
    },
    { url: text },
  ),
};

const token = {
  name: text,
  role: oneOf(roles),
  agents: listOf(text),
  expiresAtMs: { ...orNull(wall), description: 'Null: never.' },
};

/** Of what is neither a command nor a query. */
export const otherAnswers = {
  ticket: ticketReply,
  refresh: object({ revision: whole, accepted: yes, scopes: whole, problems, atMs: ms }),
  about: object({
    version: text,
    api: text,
    nowMs: wall,
    commit: orNull(text),
    roots: orNull(listOf(text)),
    token: object(token),
  }),
  whoami: object(token),
  healthz: object({ ok: yes }),
  readyz: object({
    ok: yes,
    checks: object(Object.fromEntries(healthChecks.map((check) => [check, yes]))),
  }),
};
