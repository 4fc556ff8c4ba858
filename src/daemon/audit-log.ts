import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { accessError, logExists, statePaths } from '../client/index.ts';
import type { Revision, TimeMs } from '../core/index.ts';
import { beginningOf, beginningText, type Beginning } from '../service/index.ts';
import { formerLogs, openSqliteStore, type SqliteStore } from '../store/sqlite/index.ts';
import { toFailure } from './failures.ts';
import { lookAtWitness } from './witness-file.ts';

/** What reading a whole log has shown. */
export interface LogAudit {
  /** Which SQLite has read it. */
  readonly engine: string;
  /** Null when there is no log yet: then an empty one was tried beside its place, and removed. */
  readonly content: LogContent | null;
}

export interface LogContent {
  readonly first: Revision;
  readonly last: Revision;
  /** Of the last entry; null when the log is empty. */
  readonly lastAtMs: TimeMs | null;
  /** At most 100; empty when every entry and snapshot can be read and the file is sound. */
  readonly problems: readonly string[];
  /** Where it is not the first one here: that it began anew, in words, and when; null: it did not, or that is not kept. */
  readonly begunAnew: BegunAnew | null;
  /** Logs that were put aside because another one began in their place, newest first. */
  readonly former: readonly string[];
}

export interface BegunAnew extends Pick<Beginning, 'atMs' | 'former'> {
  readonly message: string;
}

/**
 * Reads the log of a repository from end to end, beside the process that owns it. Takes seconds for a million entries.
 * Throws a {@link CoordinatorError} when it cannot even be opened.
 */
export async function auditLog(commonDir: string): Promise<LogAudit> {
  const paths = statePaths(commonDir);
  try {
    return logExists(paths) ? await auditOf(paths.database) : await trialIn(commonDir);
  } catch (error) {
    throw toFailure(error);
  }
}

/** How the file is that keeps how far the log came. */
export interface WitnessLook {
  readonly path: string;
  readonly found: 'sound' | 'damaged' | 'missing';
}

/** Leaves it as it is. Throws a {@link CoordinatorError} when no coordinator could open it. */
export function witnessLook(commonDir: string): WitnessLook {
  const { witness: path } = statePaths(commonDir);
  try {
    return { path, found: lookAtWitness(path) };
  } catch (error) {
    throw toFailure(error);
  }
}

async function auditOf(database: string): Promise<LogAudit> {
  const store = await openSqliteStore(database);
  try {
    return { engine: store.engine, content: await contentOf(store, database) };
  } finally {
    await store.close();
  }
}

async function contentOf(store: SqliteStore, database: string): Promise<LogContent> {
  const problems = (await store.verify()).map(({ message }) => message);
  const { first, last } = await store.bounds();
  const newest = problems.length > 0 ? null : await store.readBackward((last + 1) as Revision, 1);
  const lastAtMs = newest?.kind === 'entries' ? (newest.entries[0]?.atMs ?? null) : null;
  const beginning = problems.length > 0 ? null : await beginningOf(store);
  const begunAnew = beginning === null ? null : { ...beginning, message: beginningText(beginning) };
  return { first, last, lastAtMs, problems, begunAnew, former: formerLogs(database) };
}

/** Whether this file system can carry a log is found out by making one. */
async function trialIn(commonDir: string): Promise<LogAudit> {
  const folder = trialFolder(commonDir);
  try {
    const { engine } = await auditOf(join(folder, 'trial.db'));
    return { engine, content: null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function trialFolder(commonDir: string): string {
  try {
    return mkdtempSync(join(commonDir, 'rhema-trial-'));
  } catch (error) {
    throw accessError(commonDir, error);
  }
}
