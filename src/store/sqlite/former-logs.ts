/** Logs that were put aside because another one began in their place: each is a file of its own beside it, whole and readable. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fillFile, removeFile } from '../../files/index.ts';
import type { Connection } from './connection.ts';

/** The newest ones; nobody else looks after them. */
const keptMax = 5;

/** Where the log is kept that was there before the one that begins with a revision. */
function formerPath(path: string, first: number): string {
  return `${path.replace(/\.db$/, '')}-before-${first}.db`;
}

/** Null when none was put aside then, or somebody has moved it away. */
export function formerLog(path: string, first: number): string | null {
  const former = formerPath(path, first);
  return existsSync(former) ? former : null;
}

/** Copies a log to where it will be kept, for its user only. `isStill`: whether it is the one that is meant, asked after. */
export function putAside(connection: Connection, path: string, first: number, isStill: () => boolean): void {
  fillFile(formerPath(path, first), (temporary) => {
    connection.run('VACUUM INTO ?', temporary);
    return isStill();
  });
  for (const former of formerLogs(path).slice(keptMax)) removeFile(former);
}

/** Newest first. */
export function formerLogs(path: string): string[] {
  const [start, end] = formerPath(basename(path), 0).split('0') as [string, string];
  const firstOf = (name: string): number => Number(name.slice(start.length, -end.length));
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(start) && name.endsWith(end) && Number.isSafeInteger(firstOf(name)))
    .toSorted((one, other) => firstOf(other) - firstOf(one))
    .map((name) => join(dirname(path), name));
}
