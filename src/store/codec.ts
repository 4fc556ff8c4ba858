import { crc32 } from 'node:zlib';
import {
  asRequestId,
  asRevision,
  asTimeMs,
  completeSettings,
  type Entry,
  type RequestId,
} from '../core/index.ts';
import { damageRemedy, StoreError } from './errors.ts';
import type { StoredSnapshot } from './log-store.ts';

/**
 * Version of the way entries and snapshots are written. Raised when an older program could misread them; all that came
 * before can be read:
 *
 *     1  without `agent.reported`
 *     2  with locks of whole scopes only; settings without those for files and resources
 */
export const storedFormat = 3;
const isKnown = (format: number): boolean => format >= 1 && format <= storedFormat;

/** An entry as a driver keeps it. */
export interface StoredEntry {
  readonly revision: number;
  readonly format: number;
  /** CRC-32 of the body's UTF-8 bytes. */
  readonly checksum: number;
  /** The entry as JSON. */
  readonly body: string;
}

/** A snapshot as a driver keeps it. */
export interface StoredSnapshotRow {
  readonly revision: number;
  readonly atMs: number;
  readonly format: number;
  /** CRC-32 of revision, time and body. */
  readonly checksum: number;
  readonly body: string;
}

export function encodeEntry(entry: Entry): StoredEntry {
  const body = JSON.stringify(entry);
  return { revision: entry.revision, format: storedFormat, checksum: crc32(body), body };
}

/**
 * The entry of a row, checked as far as the store answers for it: format, checksum and envelope. What the events mean
 * is the core's business. Throws {@link StoreError} `CORRUPT_ENTRY` or `NEWER_FORMAT` with the row's revision.
 */
export function decodeEntry(row: StoredEntry): Entry {
  const { revision } = row;
  if (row.format > storedFormat) throw newerFormat(`entry ${revision}`, row);
  if (!isKnown(row.format)) throw corruptEntry(revision, `its format ${row.format} does not exist`);
  if (crc32(row.body) !== row.checksum)
    throw corruptEntry(revision, 'its checksum does not match its content');
  const value = parseJson(row.body);
  const problem = envelopeProblem(value, revision);
  if (problem !== null) throw corruptEntry(revision, problem);
  return row.format < 3 ? withAllSettings(value as Entry) : (value as Entry);
}

/** What older versions did not know of the settings is as it is by default. */
function withAllSettings(entry: Entry): Entry {
  if (!entry.events.some((event) => event.kind === 'settings.changed')) return entry;
  const events = entry.events.map((event) =>
    event.kind === 'settings.changed' ? { ...event, settings: completeSettings(event.settings) } : event,
  );
  return { ...entry, events };
}

/** The request id of an entry, also of one that is damaged elsewhere; null when it has none or cannot be read. */
export function requestIdIn({ body }: Pick<StoredEntry, 'body'>): RequestId | null {
  const value = parseJson(body);
  const id = isRecord(value) ? value['requestId'] : null;
  return typeof id === 'string' && id !== '' ? asRequestId(id) : null;
}

export function encodeSnapshot(snapshot: StoredSnapshot): StoredSnapshotRow {
  const { revision, atMs, body } = snapshot;
  return { revision, atMs, format: storedFormat, checksum: snapshotChecksum(snapshot), body };
}

/** The snapshot of a row. Throws {@link StoreError} `CORRUPT_SNAPSHOT` or `NEWER_FORMAT` with the row's revision. */
export function decodeSnapshot(row: StoredSnapshotRow): StoredSnapshot {
  const { revision } = row;
  if (row.format > storedFormat) throw newerFormat(`the snapshot at ${revision}`, row);
  if (!isKnown(row.format) || snapshotChecksum(row) !== row.checksum)
    throw new StoreError(
      'CORRUPT_SNAPSHOT',
      `The snapshot at revision ${revision} is corrupt: use an older one and replay the log from there, or ${damageRemedy}.`,
      { revision },
    );
  return { revision: asRevision(revision), atMs: asTimeMs(row.atMs), body: row.body };
}

/** An entry that cannot be used, with the remedy. */
export function corruptEntry(revision: number, problem: string): StoreError {
  return new StoreError(
    'CORRUPT_ENTRY',
    `Log entry ${revision} is corrupt: ${problem}. Nothing was changed: ${damageRemedy}.`,
    { revision },
  );
}

function newerFormat(what: string, row: { readonly revision: number; readonly format: number }): StoreError {
  return new StoreError(
    'NEWER_FORMAT',
    `Log: ${what} has format ${row.format}; this program reads up to format ${storedFormat}. Nothing was changed. Use the newer program that wrote it.`,
    { revision: row.revision },
  );
}

function snapshotChecksum(snapshot: { revision: number; atMs: number; body: string }): number {
  return crc32(snapshot.body, crc32(`${snapshot.revision} ${snapshot.atMs} `));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Why a value is not the envelope of an entry at a revision; null when it is. */
function envelopeProblem(value: unknown, revision: number): string | null {
  if (!isRecord(value)) return 'it is not a JSON object';
  if (value['revision'] !== revision) return `it says that it is entry ${String(value['revision'])}`;
  if (!Number.isSafeInteger(value['atMs'])) return 'it has no time';
  if (typeof value['kind'] !== 'string') return 'it names no command';
  const events = value['events'];
  if (!Array.isArray(events) || events.length === 0) return 'it has no events';
  if (!events.every((event) => isRecord(event) && typeof event['kind'] === 'string'))
    return 'one of its events has no kind';
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
