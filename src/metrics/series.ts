/** Every series that there is, declared once: what is counted, and what its labels may say. docs/monitoring.md has the same table. */
import * as is from './label-values.ts';

export interface Series {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Each label with all that it may say; whatever else is said as `other`. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds, of a histogram. */
  readonly buckets: readonly number[];
}

/** What the program knows, and this room does not. */
export interface KnownNames {
  /** Of what breaks a rule in files and in the log. */
  readonly rules: readonly string[];
  /** Paths that are served over HTTP, as patterns. */
  readonly routes: readonly string[];
  /** Of the package. */
  readonly version: string;
}

type Labels = Series['labels'];

const counter = (name: string, help: string, labels: Labels = {}): Series => ({
  name,
  type: 'counter',
  help,
  labels,
  buckets: [],
});

const gauge = (name: string, help: string, labels: Labels = {}): Series => ({
  ...counter(name, help, labels),
  type: 'gauge',
});

const histogram = (name: string, help: string, buckets: readonly number[], labels: Labels = {}): Series => ({
  name,
  type: 'histogram',
  help,
  labels,
  buckets,
});

/** In seconds: of what people and agents wait for, of what a computer does, and of what a disk does. */
const long = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400];
const short = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ofDisk = [0.0002, 0.0005, ...short];
const counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

const ofAgents = {
  agents: gauge('rhema_agents', 'Agents that are known.', { presence: is.presences, status: is.statuses }),
  transitions: counter('rhema_agent_transitions_total', 'Changes of the status of an agent.', {
    from: is.statuses,
    to: is.statuses,
  }),
  joins: counter('rhema_agent_joins_total', 'Agents that have joined.'),
  resumes: counter('rhema_agent_resumes_total', 'Agents for which another process goes on.', {
    way: is.resumeWays,
  }),
  leaves: counter('rhema_agent_leaves_total', 'Agents that have left.'),
  losses: counter(
    'rhema_agent_losses_total',
    'Agents that were lost: by their silence, or because their process was seen to have ended.',
    { seen_dead: is.yesOrNo },
  ),
};

const ofLocks = {
  locks: gauge('rhema_locks', 'Locks that are held.', { kind: is.claimKinds }),
  acquisitions: counter('rhema_lock_acquisitions_total', 'Locks that were granted.', {
    kind: is.claimKinds,
    waited: is.yesOrNo,
  }),
  releases: counter('rhema_lock_releases_total', 'Locks that ended other than by time or by an operator.', {
    kind: is.claimKinds,
    cause: is.releaseCauses,
  }),
  expirations: counter('rhema_lock_expirations_total', 'Locks whose lease has run out.', {
    kind: is.claimKinds,
  }),
  revocations: counter('rhema_lock_revocations_total', 'Locks that an operator has revoked.', {
    kind: is.claimKinds,
  }),
  renewals: counter('rhema_lock_renewals_total', 'Leases that were renewed one by one.', {
    kind: is.claimKinds,
  }),
  lockRefusals: counter('rhema_lock_refusals_total', 'Refusals to grant a lock.', { code: is.codes }),
  waits: histogram('rhema_lock_wait_seconds', 'How long tickets waited, by how the wait ended.', long, {
    end: is.ticketEnds,
  }),
  holds: histogram('rhema_lock_hold_seconds', 'How long locks were held, until they ended however.', long, {
    kind: is.claimKinds,
  }),
  queueLength: gauge('rhema_queue_length', 'Tickets that wait.'),
  tickets: counter('rhema_tickets_total', 'Waits that have begun.'),
  fencingRefusals: counter(
    'rhema_fencing_refusals_total',
    'Fencing tokens that were good no more: in a command, in what a guard asked, in a question about a token.',
    { by: is.refusers },
  ),
  verdicts: counter(
    'rhema_guard_verdicts_total',
    'Files of which a guard asked whether they may be written.',
    {
      verdict: is.verdicts,
    },
  ),
};

const ofWork = {
  syncs: gauge('rhema_syncs', 'Scopes by how their sync stands, those that were never synced left out.', {
    status: is.syncStatuses,
  }),
  syncStarts: counter('rhema_sync_starts_total', 'Syncs that have begun.'),
  syncRuns: histogram('rhema_sync_seconds', 'How long syncs took, by how they ended.', long, {
    end: is.syncEnds,
  }),
  invalidations: counter('rhema_sync_invalidations_total', 'Syncs that a change below has undone.'),
  contextWrites: counter('rhema_context_writes_total', 'Coordinated writes of context files.'),
  contextConflicts: counter(
    'rhema_context_conflicts_total',
    'Writes of context files that were refused because the writer had not seen the last one.',
  ),
  openViolations: gauge('rhema_open_violations', 'Violations that are not over.', {
    type: is.violationTypes,
  }),
  violationEnds: counter('rhema_violation_ends_total', 'Violations that are over.', {
    end: is.violationEnds,
  }),
  messages: counter('rhema_messages_total', 'Messages that were sent, each once whoever is to read it.', {
    kind: is.messageKinds,
    way: is.messageWays,
  }),
  messagesRead: counter('rhema_messages_read_total', 'Messages that were read, once for each reader.'),
  scopes: gauge('rhema_scopes', 'Scopes that are known.'),
};

const ofLog = {
  revision: gauge('rhema_log_revision', 'The last revision of the log.'),
  firstRevision: gauge('rhema_log_first_revision', 'The oldest revision that is still kept.'),
  bytes: gauge('rhema_log_bytes', 'Size of the files of the log.'),
  entries: counter('rhema_log_entries_total', 'Entries that came into the log.', { kind: is.commandKinds }),
  appends: histogram('rhema_append_seconds', 'How long the store took to make a batch durable.', ofDisk),
  batches: histogram('rhema_append_entries', 'Entries of a batch.', counts),
  troubles: counter('rhema_troubles_total', 'Trouble that no caller waits to hear of.', {
    kind: is.problemKinds,
  }),
  watchers: gauge('rhema_watchers', 'Those who follow the log, by whichever way.'),
};

const ofProgram = {
  build: gauge('rhema_build_info', 'Which version runs: always 1.', {}),
  ready: gauge('rhema_ready', 'Whether the log takes entries, and could be asked within two seconds.'),
  health: gauge('rhema_health', 'Whether a check of /readyz is passed: 1 or 0.', { check: is.healthChecks }),
  commands: counter('rhema_commands_total', 'Commands that were answered.', {
    kind: is.commandKinds,
    outcome: is.outcomes,
  }),
  refusals: counter('rhema_refusals_total', 'Commands that the rules have refused.', { code: is.codes }),
  commandTimes: histogram('rhema_command_seconds', 'From the arrival of a command to its answer.', short, {
    kind: is.commandKinds,
  }),
  queryTimes: histogram('rhema_query_seconds', 'From a question to its answer.', short, {
    kind: is.queryKinds,
  }),
  socketConnections: gauge('rhema_socket_connections', 'Clients of this machine that are connected.'),
  streams: gauge('rhema_http_streams', 'Streams of events that are open.'),
  requestTimes: histogram(
    'rhema_http_request_seconds',
    'From a request to the head of its answer.',
    short,
    {},
  ),
  requests: counter('rhema_http_requests_total', 'Requests over HTTP that were answered.', {
    method: is.methods,
    status: is.httpStatuses,
  }),
  webhookTries: counter('rhema_webhook_tries_total', 'Calls of webhooks, by what came of them.', {
    end: is.webhookEnds,
  }),
  loopLag: histogram(
    'rhema_event_loop_lag_seconds',
    'How much later than it should a timer was called, twice a second.',
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  ),
  startTime: gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.'),
  memory: gauge('process_resident_memory_bytes', 'Memory that the process occupies.'),
  cpu: counter('process_cpu_seconds_total', 'Processor time that the process has used.'),
};

export type SeriesKey =
  | keyof typeof ofAgents
  | keyof typeof ofLocks
  | keyof typeof ofWork
  | keyof typeof ofLog
  | keyof typeof ofProgram
  | 'violations';

export function allSeries({ rules, routes, version }: KnownNames): Readonly<Record<SeriesKey, Series>> {
  const { requests, requestTimes, build, ...others } = ofProgram;
  return {
    ...ofAgents,
    ...ofLocks,
    ...ofWork,
    violations: counter('rhema_violations_total', 'Violations that were found, by what is broken.', {
      type: is.violationTypes,
      rule: [...is.invariantNames, ...rules],
    }),
    ...ofLog,
    ...others,
    requests: { ...requests, labels: { route: routes, ...requests.labels } },
    requestTimes: { ...requestTimes, labels: { route: routes } },
    build: { ...build, labels: { version: [version] } },
  };
}
