import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf } from './children.ts';
import { packageVersion, processFile } from './paths.ts';

/** Entries of the long log. */
export const longLogEntries = 1_000_000;

/** The folder of a log that the service wrote. Made once and kept in the system's temporary folder: it takes a minute. */
export async function longLog(length: number): Promise<string> {
  const folder = join(tmpdir(), `rhema-bench-log-${packageVersion()}-indexed-${length}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished);
  try {
    await answerOf<null>(processFile('write-log'), unfinished, String(length));
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
