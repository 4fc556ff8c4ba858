/**
 * At which server a clone is coordinated: what `rhema login` has noted of it, for all its working trees and whoever works there. Without
 * it, an agent that is started without RHEMA_SERVER would coordinate by itself, and nobody would know.
 */
import { closeSync } from 'node:fs';
import { statePaths, withAccess } from '../../client/index.ts';
import {
  isOwnFolder,
  makeOwnFolder,
  openToRead,
  removeFile,
  replaceFile,
  textOf,
} from '../../files/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import { serverAddress } from '../server-address.ts';

/** Null where none is noted. Throws PERMISSION when the file is not this user's own, STORE_FAILURE when no server is named in it. */
export function notedServer(commonDir: string): string | null {
  const { directory, server } = statePaths(commonDir);
  const text = withAccess(server, () => (isOwnFolder(directory) ? readNote(server) : null));
  if (text === null) return null;
  const address = addressIn(text);
  if (address === null) throw damaged(server);
  return address;
}

/** Throws PERMISSION when the folder is not this user's own. */
export function noteServer(commonDir: string, address: string): void {
  const { directory, server } = statePaths(commonDir);
  withAccess(server, () => {
    makeOwnFolder(directory);
    replaceFile(server, `${address}\n`);
  });
}

/** Also of what is damaged, and whatever lies in its place but a folder. */
export function dropNotedServer(commonDir: string): void {
  const { directory, server } = statePaths(commonDir);
  withAccess(server, () => {
    if (isOwnFolder(directory)) removeFile(server);
  });
}

function readNote(path: string): string | null {
  const file = openToRead(path);
  if (file === null) return null;
  try {
    return textOf(path, file);
  } finally {
    closeSync(file);
  }
}

/** Written by this program it is the one spelling of an address: anything else was written by somebody else. */
function addressIn(text: string): string | null {
  const line = text.replace(/\n$/, '');
  try {
    return serverAddress(line) === line ? line : null;
  } catch {
    return null;
  }
}

const damaged = (path: string): CoordinatorError =>
  new CoordinatorError(
    'STORE_FAILURE',
    `${path} says at which server this clone is coordinated, and no address is in it: rhema login URL writes it anew, rhema logout takes it away`,
    { details: { path } },
  );
