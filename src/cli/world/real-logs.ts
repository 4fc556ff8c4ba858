import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { invalidInput } from '../answer/errors.ts';
import type { Logs, OpenLog } from './world.ts';

/** Recorded logs on disk and on standard input. */
export const realLogs: Logs = {
  open: (path) => (isDatabase(path) ? openDatabase(path) : openExport(createReadStream(path))),
  fromStandardInput: () => openExport(process.stdin),
};

async function openDatabase(path: string): Promise<OpenLog> {
  const { openLogFile } = await import('../../daemon/index.ts');
  try {
    return await openLogFile(path);
  } catch (error) {
    if (storeCodeOf(error) === 'CANNOT_OPEN') throw invalidInput((error as Error).message);
    throw error;
  }
}

function storeCodeOf(error: unknown): unknown {
  const { details } = error as { readonly details?: { readonly store?: unknown } };
  return details?.store;
}

async function openExport(stream: NodeJS.ReadStream | ReturnType<typeof createReadStream>): Promise<OpenLog> {
  const { fromJsonLines } = await import('../../verify/index.ts');
  const close = (): void => void stream.destroy();
  try {
    return { ...(await fromJsonLines(stream as AsyncIterable<Uint8Array>)), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** What every SQLite file begins with. */
const magic = Buffer.from('SQLite format 3\0');

function isDatabase(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw invalidInput(`there is no file ${JSON.stringify(path)}`);
  if (!found.isFile()) throw invalidInput(`${JSON.stringify(path)} is no file`);
  const head = Buffer.alloc(magic.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  return head.equals(magic);
}
