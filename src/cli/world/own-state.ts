/**
 * What this user alone has said of a repository, in a folder of the user's own and not in the repository: what comes with that,
 * be it in a Git folder out of an archive, must not allow itself.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { makeOwnFolder } from '../../files/index.ts';
import type { Environment } from './environment.ts';

/** `rhema` in the user's folder for what programs keep. */
export function ownState(env: Environment): string {
  const named = env['XDG_STATE_HOME'] ?? '';
  const state = isAbsolute(named) ? named : join(env['HOME'] ?? homedir(), '.local/state');
  return join(state, 'rhema');
}

/** Makes a folder two below it, with those above: for this user alone. */
export function makeOwnState(folder: string): void {
  mkdirSync(dirname(dirname(folder)), { recursive: true });
  makeOwnFolder(dirname(folder));
  makeOwnFolder(folder);
}

/** Another repository in the same place is another one: this one's folder was made at another moment. */
export function identityOf(commonDir: string): string {
  const found = statSync(commonDir, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.ino} ${found.birthtimeNs}`;
}

/** A name for what is kept, which no other text has. */
export const nameFor = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** What holds something else stays. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There is none, or others use it.
  }
}
