import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { decodeSnapshot } from '../codec.ts';
import { damageRemedy, StoreError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { boundsOf, entriesOf, newestSnapshot, snapshotRevisions } from './tables.ts';

/** Runs one piece of work with the store's retries and error names. */
export type Perform = <T>(attempt: () => T) => Promise<T>;

const findingsMax = 100;
const pageEntries = 1_000;
/** Newest entries looked at whenever a log is opened: what a torn write would have hit. */
const tailEntries = 32;
/** A file up to this size is checked whole when it is opened, which takes some milliseconds. */
const wholeCheckBytesMax = 4 * 1024 * 1024;

/** At opening: the structure of the file, while it is small. The cost of opening must not grow with the log. */
export function checkStructure(connection: Connection): void {
  if (sizeBytes(connection) > wholeCheckBytesMax) return;
  const [problem] = structureProblems(connection, 1);
  if (problem !== undefined) throw problem;
}

/**
 * At opening: whether the end of the file is there. SQLite takes what it cannot read of a page for zeros, and these may
 * pass for content. While there is a WAL, the file may be shorter than the database.
 */
export function checkLength(connection: Connection, path: string): void {
  const databaseBytes = sizeBytes(connection);
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (walBytes > 0 || statSync(path).size >= databaseBytes) return;
  throw new StoreError(
    'CORRUPT_STORE',
    `The log file ${path} is damaged: its end is missing. Nothing was changed: ${damageRemedy}.`,
  );
}

/** At opening: the bounds and the newest entries. Older ones are checked whenever they are read. */
export function checkTail(connection: Connection): void {
  connection.withoutCommit(() => {
    const { first, last } = boundsOf(connection);
    entriesOf(connection, Math.max(first, last - tailEntries + 1), last);
  });
}

/** Everything that is wrong with a log, at most 100 findings. */
export async function problemsOf(connection: Connection, perform: Perform): Promise<StoreError[]> {
  const problems: StoreError[] = [];
  try {
    problems.push(...(await perform(() => structureProblems(connection, findingsMax))));
    await checkEntries(connection, perform, problems);
    problems.push(...(await perform(() => snapshotProblems(connection))));
  } catch (error) {
    if (!isCorruption(error)) throw error;
    problems.push(error);
  }
  return problems.slice(0, findingsMax);
}

/** Adds each bad entry to the problems, page by page. */
async function checkEntries(connection: Connection, perform: Perform, problems: StoreError[]): Promise<void> {
  let next = 1;
  while (problems.length < findingsMax) {
    const { last } = await perform(() => boundsOf(connection));
    if (next > last) return;
    try {
      next = await perform(() => checkPage(connection, next));
    } catch (error) {
      if (!isCorruption(error) || error.revision === null) throw error;
      problems.push(error);
      next = error.revision + 1;
    }
    await setImmediate();
  }
}

/** Decodes one page from a revision on, or from the oldest one if that is later; returns what follows it. */
function checkPage(connection: Connection, revision: number): number {
  return connection.withoutCommit(() => {
    const { first, last } = boundsOf(connection);
    const from = Math.max(first, revision);
    const to = Math.min(last, from + pageEntries - 1);
    entriesOf(connection, from, to);
    return to + 1;
  });
}

function snapshotProblems(connection: Connection): StoreError[] {
  return snapshotRevisions(connection).flatMap((revision) => {
    try {
      const row = newestSnapshot(connection, revision);
      if (row !== null) decodeSnapshot(row);
      return [];
    } catch (error) {
      if (!isCorruption(error)) throw error;
      return [error];
    }
  });
}

function isCorruption(error: unknown): error is StoreError {
  return (
    error instanceof StoreError &&
    ['CORRUPT_ENTRY', 'CORRUPT_SNAPSHOT', 'CORRUPT_STORE', 'NEWER_FORMAT'].includes(error.code)
  );
}

function structureProblems(connection: Connection, max: number): StoreError[] {
  return connection
    .rows<{ quick_check: string }>(`PRAGMA quick_check(${max})`)
    .map((row) => row.quick_check.replaceAll(/\s+/g, ' '))
    .filter((finding) => finding !== 'ok')
    .map(
      (finding) =>
        new StoreError(
          'CORRUPT_STORE',
          `The log is damaged: ${finding}. Nothing was changed: ${damageRemedy}.`,
        ),
    );
}

function sizeBytes(connection: Connection): number {
  const { pages } = connection.row<{ pages: number }>('SELECT page_count AS pages FROM pragma_page_count');
  const { size } = connection.row<{ size: number }>('SELECT page_size AS size FROM pragma_page_size');
  return pages * size;
}
