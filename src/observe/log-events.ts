/**
 * All that the program ever writes into its log (standard error, or the log file of an owner in the background). Names are
 * what scripts and alerts look for: they stay what they are. docs/logs.md is generated from this.
 */
export interface LogEventRow {
  readonly level: LogLevel;
  /** What happened, for people: never with anything of a caller in it. */
  readonly message: string;
  /** What else the line may have. */
  readonly fields: readonly string[];
  /** What an operator does about it. */
  readonly remedy: string;
}

/** From what is written most seldom; `silent` as a wish: nothing at all. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];
export const logLevelWishes = ['silent', ...logLevels] as const;
export type LogLevelWish = (typeof logLevelWishes)[number];
export const defaultLogLevel: LogLevelWish = 'info';

export const logEvents = {
  'owner.listening': {
    level: 'info',
    message: 'listening',
    fields: ['version', 'socket', 'url'],
    remedy: 'nothing',
  },
  'owner.leaving': {
    level: 'info',
    message: 'leaving',
    fields: ['reason'],
    remedy: 'nothing; what is held stays held, and the next command starts another coordinator',
  },
  'owner.leftLate': {
    level: 'warn',
    message: 'left without having closed the log',
    fields: ['closeMaxMs'],
    remedy: 'see whether the disk answers; nothing that was told is lost',
  },
  'upkeep.failed': {
    level: 'warn',
    message: 'the upkeep failed',
    fields: ['cause'],
    remedy: 'it is tried again each second: where it stays, report it with the line',
  },
  'logFile.notCapped': {
    level: 'warn',
    message: 'the log file cannot be begun anew',
    fields: ['cause'],
    remedy:
      'make the file and its folder writable for the user of the coordinator; until then the file grows',
  },
  'safety.notWatched': {
    level: 'warn',
    message: 'what breaks a rule cannot be looked for',
    fields: ['cause'],
    remedy: 'mend what the cause names: files of scopes that cannot be read, mostly',
  },
  'git.notRead': {
    level: 'warn',
    message: 'what Git has done cannot be read',
    fields: ['cause'],
    remedy: '`git fsck`, and `rhema doctor`; scopes are not synced by themselves meanwhile',
  },
  'scopes.notRead': {
    level: 'warn',
    message: 'the scope files cannot be read',
    fields: ['cause'],
    remedy: '`rhema safety validate` names the file; the scopes that were read last stay in force',
  },
  'sync.worked': {
    level: 'info',
    message: 'synced what was due',
    fields: ['code'],
    remedy: 'nothing where `code` is 0; else `rhema sync status` says what failed',
  },
  'commit.slow': {
    level: 'warn',
    message: 'a commit took long: the disk is slow or busy, and everybody waits for it',
    fields: ['tookMs', 'entries', 'slowBefore'],
    remedy: 'put the repository on a disk of its own, or see who else writes there',
  },
  'append.failed': {
    level: 'error',
    message: 'the log could not be written',
    fields: ['problem', 'cause'],
    remedy: 'make room on the disk, and see that it answers; callers were told, and ask again',
  },
  'snapshot.notSaved': {
    level: 'error',
    message: 'a snapshot was not saved',
    fields: ['problem', 'cause'],
    remedy: 'make room on the disk; the log is whole, and grows until one is saved',
  },
  'snapshot.corrupt': {
    level: 'error',
    message: 'a snapshot cannot be read, and an older one is used',
    fields: ['problem', 'cause'],
    remedy: '`rhema verify-log`, then look after the disk',
  },
  'witness.notKept': {
    level: 'error',
    message: 'how far the log has come cannot be noted beside it',
    fields: ['problem', 'cause'],
    remedy: 'make room on the disk; a log that is put back from a copy is not noticed meanwhile',
  },
  'log.begunAnew': {
    level: 'error',
    message: 'the log is not the one that was there before',
    fields: ['problem', 'cause'],
    remedy:
      'somebody deleted it or put a copy back: put the right one there (`rhema doctor`), or tell the agents',
  },
  'invariant.violated': {
    level: 'error',
    message: 'an invariant would have been violated: nothing is written any more',
    fields: ['problem', 'cause'],
    remedy:
      'a fault of the program: report it with the evidence that the line names, then `rhema daemon restart`',
  },
  'writer.bug': {
    level: 'error',
    message: 'a fault of the program was met: nothing is written any more',
    fields: ['problem', 'cause'],
    remedy: 'report it with the line, then `rhema daemon restart`',
  },
  'request.answered': {
    level: 'debug',
    message: 'a request over HTTP was answered',
    fields: ['requestId', 'method', 'route', 'status', 'tookMs', 'principal'],
    remedy: 'nothing',
  },
  'request.faulted': {
    level: 'error',
    message: 'a request met a fault of this program',
    fields: ['requestId', 'cause'],
    remedy: 'report it with the line; the caller has the same `requestId` in `X-Request-Id`',
  },
  'stream.cutOff': {
    level: 'warn',
    message: 'a reader of events did not read what was sent, and was cut off',
    fields: ['requestId', 'principal', 'sent', 'stuckMs'],
    remedy:
      'nothing: it goes on from what it saw last; where it comes again, see whether its program stands still',
  },
  'mcp.callFailed': {
    level: 'warn',
    message: 'a tool call failed',
    fields: ['requestId', 'principal', 'tool', 'cause'],
    remedy: 'a fault of the program: report it with the line',
  },
  'mcp.releaseFailed': {
    level: 'warn',
    message: 'a release failed',
    fields: ['principal', 'agent', 'cause'],
    remedy: 'nothing: the lock ends with its lease; `rhema lock revoke` ends it now',
  },
  'mcp.renewalFailed': {
    level: 'warn',
    message: 'a renewal failed',
    fields: ['principal', 'agent', 'cause'],
    remedy: 'nothing, unless it stays: then see whether the coordinator can be reached (`rhema doctor`)',
  },
  'mcp.sessionNotKept': {
    level: 'warn',
    message: 'a session could not be kept',
    fields: ['principal', 'agent', 'cause'],
    remedy: 'make room in, and let the user write, the folder that the cause names',
  },
  'webhook.notDelivered': {
    level: 'warn',
    message: 'a webhook does not arrive: it is tried again',
    fields: ['webhook', 'status', 'problem'],
    remedy: '`rhema webhook deliveries` says when; see whether the receiver runs and answers with 2xx',
  },
  'webhook.switchedOff': {
    level: 'warn',
    message: 'a webhook was switched off',
    fields: ['webhook', 'why', 'status', 'problem'],
    remedy: 'mend the receiver, then `rhema webhook enable`: it goes on where it was',
  },
  'webhook.missed': {
    level: 'warn',
    message: 'compaction has dropped what a webhook had not told yet',
    fields: ['webhook', 'from', 'first'],
    remedy: 'nothing: the receiver is told which revisions it does not know',
  },
  'webhook.notRead': {
    level: 'warn',
    message: 'webhooks cannot be read, or one of them: it calls nobody',
    fields: ['path', 'cause'],
    remedy: 'remove what is damaged, and make it again by `rhema webhook create`',
  },
  'webhook.notKept': {
    level: 'warn',
    message: 'how far a webhook has come cannot be kept',
    fields: ['webhook', 'cause'],
    remedy: 'make room on the disk; after a restart it tells again what it told, under the same ids',
  },
  'webhook.logNotRead': {
    level: 'warn',
    message: 'a webhook cannot read the log',
    fields: ['webhook', 'cause'],
    remedy: 'it asks again every five seconds: where it stays, report it with the line',
  },
  'logLevel.unknown': {
    level: 'warn',
    message: 'RHEMA_LOG_LEVEL names no level: info is used',
    fields: ['asked', 'levels'],
    remedy: 'set it to one of `levels`',
  },
} as const satisfies Readonly<Record<string, LogEventRow>>;

export type LogEvent = keyof typeof logEvents;

/** No objects: what would be in them nobody has looked at. */
export type FieldValue = string | number | boolean | null | undefined;
export type FieldsOf<Event extends LogEvent> = Readonly<
  Partial<Record<(typeof logEvents)[Event]['fields'][number], FieldValue>>
>;
