import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf } from './children.ts';
import { storedFormat } from '../../src/store/index.ts';
import { schemaVersion } from '../../src/store/sqlite/index.ts';
import { processFile } from './paths.ts';

/** Entries of the long log. */
export const longLogEntries = 1_000_000;

/**
 * The folder of a log that the service wrote. It takes a minute, so it is made once and kept in the system's temporary folder,
 * under the numbers of the way in which it is stored: one that is stored in another way would be brought up to date first.
 */
export async function longLog(length: number): Promise<string> {
  const folder = join(tmpdir(), `rhema-bench-log-${schemaVersion}.${storedFormat}-${length}`);
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
