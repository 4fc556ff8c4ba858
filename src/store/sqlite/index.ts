export { makeLogOwn } from './file.ts';
export { formerLog, formerLogs } from './former-logs.ts';
export { schemaVersion } from './migrations.ts';
export { openSqliteStore, type SqliteStoreOptions } from './open.ts';
export type { SqliteStore } from './sqlite-log-store.ts';
export { openExclusiveLock, type ExclusiveLock } from './owner-lock.ts';
export { openSqliteReader, type SqliteReader } from './reader.ts';
export { whyNoFile } from './trial-write.ts';
