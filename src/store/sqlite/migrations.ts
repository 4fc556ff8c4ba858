import { StoreError } from '../errors.ts';
import type { Connection } from './connection.ts';

/** 'RHEM': marks the file as ours, so that no other SQLite database is ever taken for a log. */
export const applicationId = 0x5248454d;

/**
 * Forward only: a released migration is never changed; number n leads from version n - 1 to n (`PRAGMA user_version`).
 *
 * `entry` has no gaps between `log.first` and its highest revision. `log.settled` has no meaning: it is changed where
 * a transaction must write something. `log.indexed` is the last revision in the index (`entry-index.ts`); a log from before
 * there was one is indexed step by step once it is opened. `forgotten` has the request ids of entries that are gone, as far as
 * they went after there was that table.
 */
const migrations: readonly string[] = [
  `CREATE TABLE entry (
     revision INTEGER PRIMARY KEY,
     format INTEGER NOT NULL,
     checksum INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE TABLE snapshot (
     revision INTEGER PRIMARY KEY,
     atMs INTEGER NOT NULL,
     format INTEGER NOT NULL,
     checksum INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE TABLE log (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     first INTEGER NOT NULL,
     settled INTEGER NOT NULL
   ) STRICT;
   INSERT INTO log (id, first, settled) VALUES (1, 1, 0);`,
  `CREATE TABLE place (
     segment INTEGER NOT NULL,
     subject TEXT NOT NULL,
     offsets BLOB NOT NULL,
     PRIMARY KEY (segment, subject)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE area (
     area INTEGER NOT NULL,
     subject TEXT NOT NULL,
     segments INTEGER NOT NULL,
     PRIMARY KEY (area, subject)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE request (
     segment INTEGER PRIMARY KEY,
     prints BLOB NOT NULL
   ) STRICT;
   ALTER TABLE log ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;`,
  `ALTER TABLE log ADD COLUMN identity TEXT NOT NULL DEFAULT '';
   UPDATE log SET identity = lower(hex(randomblob(16)));`,
  `CREATE TABLE forgotten (
     fingerprint BLOB PRIMARY KEY
   ) STRICT, WITHOUT ROWID;`,
];

export const schemaVersion = migrations.length;

/** Refuses a file that is not ours or that a newer program has written. Only reads. */
export function checkIdentity(connection: Connection, path: string): void {
  const version = versionOf(connection);
  // Another process may just have made it ours: its name and its first table come at once, and each look is one of its own.
  if (identityOf(connection) !== applicationId) {
    if (version === 0 && isEmpty(connection)) return;
    if (version === 0 && identityOf(connection) === applicationId) return checkIdentity(connection, path);
    throw new StoreError(
      'CANNOT_OPEN',
      `${path} is a SQLite database, but not a Rhema log. Nothing was changed. Choose another path.`,
    );
  }
  if (version > schemaVersion)
    throw new StoreError(
      'NEWER_FORMAT',
      `The log file ${path} has version ${version}; this program reads up to version ${schemaVersion}. Nothing was changed. Use the newer program that wrote it.`,
    );
}

/** Brings the schema up to date. Each step is one transaction that another process may have done first. */
export function migrate(connection: Connection): void {
  migrations.forEach((sql, index) => {
    if (versionOf(connection) > index) return;
    const outcome = connection.writing(() => {
      if (versionOf(connection) > index) return;
      connection.exec(sql);
      connection.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${index + 1}`);
    });
    if (outcome.kind === 'unknown') throw outcome.cause;
  });
}

function versionOf(connection: Connection): number {
  return connection.row<{ user_version: number }>('PRAGMA user_version').user_version;
}

function identityOf(connection: Connection): number {
  return connection.row<{ application_id: number }>('PRAGMA application_id').application_id;
}

function isEmpty(connection: Connection): boolean {
  return connection.row<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema').count === 0;
}
