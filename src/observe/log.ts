import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { escapeUnclear } from '../core/index.ts';
import {
  defaultLogLevel,
  logEvents,
  logLevelWishes,
  type FieldsOf,
  type FieldValue,
  type LogEvent,
  type LogLevelWish,
} from './log-events.ts';
import { withoutSecrets } from './without-secrets.ts';

/** What a process says about its work: an event of the catalogue, with its fields. */
export interface Log {
  note<Event extends LogEvent>(event: Event, fields: FieldsOf<Event>): void;
}

export interface LogOptions {
  /** From which level on; what RHEMA_LOG_LEVEL says unless given. */
  readonly level?: LogLevelWish;
  /** The revision that is known, for each line; null: none yet. */
  readonly revision?: () => number | null;
  /** Of a process that serves several repositories: below which path this one is, for each line. */
  readonly served?: string;
  /** Where lines go: standard error unless given. */
  readonly write?: (line: string) => void;
}

const standardError = 2;

/** What cannot be written there (the disk is full, the terminal is gone) is lost: work does not end for want of a log. */
function toStandardError(line: string): void {
  try {
    writeSync(standardError, line);
  } catch {
    // There is no other place to say it.
  }
}

/** Names of others are in it, and a person looks at it on a terminal. */
const visible = (line: string): string => `${escapeUnclear(line.trimEnd())}\n`;

/** JSON lines on standard error, with ISO times; written at once, so that the last words of a dying process are kept. */
export function openLog({ level, revision, served, write = toStandardError }: LogOptions = {}): Log {
  const asked = process.env[logLevelVariable] ?? '';
  const fromVariable = asked === '' ? defaultLogLevel : logLevelOf(asked);
  const written = pino(
    {
      base: { pid: process.pid, ...(served !== undefined && { served }) },
      level: level ?? fromVariable ?? defaultLogLevel,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const known = revision?.() ?? null;
        return known === null ? {} : { revision: known };
      },
    },
    { write: (line: string) => write(visible(line)) },
  );
  const log: Log = {
    note: (event, fields) => {
      const row = logEvents[event];
      if (written.isLevelEnabled(row.level)) written[row.level]({ event, ...cleaned(fields) }, row.message);
    },
  };
  if (level === undefined && fromVariable === null)
    log.note('logLevel.unknown', { asked, levels: logLevelWishes.join(' ') });
  return log;
}

/** Read by a process that has no option for it, as the coordinator in the background. */
export const logLevelVariable = 'RHEMA_LOG_LEVEL';

/** In capitals, as other programs write levels, it is the same. Null: it names none. */
export function logLevelOf(text: string): LogLevelWish | null {
  return logLevelWishes.find((level) => level === text.toLowerCase()) ?? null;
}

function cleaned(fields: Readonly<Record<string, FieldValue>>): Record<string, FieldValue> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? withoutSecrets(value) : value,
    ]),
  );
}
