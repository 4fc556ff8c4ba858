import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { loadDriver } from './driver.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

export interface LogLocation {
  readonly folder: string;
  /** Of a file that is not there yet. */
  readonly path: string;
}

/** A place for a log, another one in each test of the file, and gone after it. */
export function logForEachTest(): LogLocation {
  let folder = '';
  beforeEach(() => {
    folder = folderOfTest('rhema-log-');
  });
  return {
    get folder() {
      return folder;
    },
    get path() {
      return join(folder, 'log.db');
    },
  };
}

/** What no store does to a log. */
export async function rawSql(path: string, sql: string): Promise<void> {
  const database = (await loadDriver()).open(path);
  database.exec(sql);
  database.close();
}
