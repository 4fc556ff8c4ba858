/**
 * The request ids of entries that are gone. Of each a fingerprint stays for good, so that a repeat that comes years later
 * is known for one: 24 bytes of the file. The caller brings the transaction.
 */
import type { RequestId } from '../../core/index.ts';
import { requestIdIn, type StoredEntry } from '../codec.ts';
import { fingerprintOf } from '../marks.ts';
import type { Connection } from './connection.ts';

/** Keeps the ids of the entries `from` to `to`, both included. */
export function forgetRequests(connection: Connection, from: number, to: number): void {
  const rows = connection.rows<Pick<StoredEntry, 'body'>>(
    'SELECT body FROM entry WHERE revision BETWEEN ? AND ?',
    from,
    to,
  );
  for (const row of rows) {
    const id = requestIdIn(row);
    if (id !== null)
      connection.run('INSERT OR IGNORE INTO forgotten (fingerprint) VALUES (?)', fingerprintOf(id));
  }
}

export function forgottenAmong(connection: Connection, requestIds: readonly RequestId[]): Set<RequestId> {
  const isForgotten = (id: RequestId): boolean =>
    connection.rows('SELECT 1 FROM forgotten WHERE fingerprint = ?', fingerprintOf(id)).length > 0;
  return new Set(requestIds.filter(isForgotten));
}
