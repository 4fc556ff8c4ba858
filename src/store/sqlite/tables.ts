import { asRevision, type Entry } from '../../core/index.ts';
import type { StoredEntry, StoredSnapshotRow } from '../codec.ts';
import type { LogBounds } from '../log-store.ts';
import { decodeRange } from '../ranges.ts';
import type { Connection } from './connection.ts';
import { dropFromIndex } from './entry-index.ts';
import { forgetRequests } from './forgotten-requests.ts';

/** The log's tables, one function per statement. The caller brings the transaction. */

export function boundsOf(connection: Connection): LogBounds {
  const { first, last } = connection.row<{ first: number; last: number }>(
    'SELECT first, coalesce((SELECT max(revision) FROM entry), first - 1) AS last FROM log',
  );
  return { first: asRevision(first), last: asRevision(last) };
}

export function insertEntry(connection: Connection, row: StoredEntry): void {
  connection.run(
    'INSERT INTO entry (revision, format, checksum, body) VALUES (?, ?, ?, ?)',
    row.revision,
    row.format,
    row.checksum,
    row.body,
  );
}

/** Decoded entries `from` to `to`, both included. */
export function entriesOf(connection: Connection, from: number, to: number): Entry[] {
  const rows = connection.rows<StoredEntry>(
    'SELECT revision, format, checksum, body FROM entry WHERE revision BETWEEN ? AND ? ORDER BY revision',
    from,
    to,
  );
  return decodeRange(rows, from, to);
}

/** The entries of these revisions, in their order. */
export function entriesAt(connection: Connection, revisions: readonly number[]): Entry[] {
  return revisions.flatMap((revision) => entriesOf(connection, revision, revision));
}

export function upsertSnapshot(connection: Connection, row: StoredSnapshotRow): void {
  connection.run(
    'INSERT OR REPLACE INTO snapshot (revision, atMs, format, checksum, body) VALUES (?, ?, ?, ?, ?)',
    row.revision,
    row.atMs,
    row.format,
    row.checksum,
    row.body,
  );
}

export function newestSnapshot(connection: Connection, atOrBefore: number): StoredSnapshotRow | null {
  const rows = connection.rows<StoredSnapshotRow>(
    `SELECT revision, atMs, format, checksum, body FROM snapshot
     WHERE revision <= ? ORDER BY revision DESC LIMIT 1`,
    atOrBefore,
  );
  return rows[0] ?? null;
}

export function snapshotRevisions(connection: Connection): number[] {
  return connection
    .rows<{ revision: number }>('SELECT revision FROM snapshot ORDER BY revision')
    .map((row) => row.revision);
}

export function deleteSnapshotsBefore(connection: Connection, revision: number): void {
  connection.run('DELETE FROM snapshot WHERE revision < ?', revision);
}

/** Drops entries before `revision`, but for their request ids, and says so in the log's bounds. */
export function dropEntriesBefore(connection: Connection, revision: number): void {
  forgetRequests(connection, boundsOf(connection).first, revision - 1);
  connection.run('DELETE FROM entry WHERE revision < ?', revision);
  connection.run('UPDATE log SET first = ?', revision);
  dropFromIndex(connection, revision);
}

export function identityOf(connection: Connection): string {
  return connection.row<{ identity: string }>('SELECT identity FROM log').identity;
}

/** Empties the log, and lets it go on with a revision. */
export function beginWith(connection: Connection, first: number): void {
  connection.exec('DELETE FROM entry; DELETE FROM snapshot');
  connection.run('UPDATE log SET first = ?, indexed = 0', first);
  dropFromIndex(connection, first);
}

/** Writes one page without changing the log. */
export function touch(connection: Connection): void {
  connection.run('UPDATE log SET settled = settled + 1');
}

/** Changes when another connection has committed; own commits leave it as it is. */
export function dataVersion(connection: Connection): number {
  return connection.row<{ data_version: number }>('PRAGMA data_version').data_version;
}
