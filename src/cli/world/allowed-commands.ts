/** Which commands of which repositories their user has allowed to be run when scopes are synced. */
import { rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withAccess } from '../../client/index.ts';
import { quote, type ScopePath } from '../../core/index.ts';
import { isOwnFolder, readOwnText, removeFile, replaceFile } from '../../files/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import type { Environment } from './environment.ts';
import { identityOf, makeOwnState, nameFor, ownState } from './own-state.ts';

/** A command, word for word. Another one of the same scope has to be allowed anew. */
export interface AllowedCommand {
  readonly scope: ScopePath;
  readonly run: string;
  /** Whether it may also be run when nobody has asked for it. */
  readonly auto: boolean;
}

/** None where nothing was ever allowed, or what was cannot be read: then it is asked for again. */
export function readAllowed(env: Environment, commonDir: string): readonly AllowedCommand[] {
  const path = pathOf(env, commonDir);
  try {
    if (!isOwnFolder(dirname(path))) return [];
    const kept: unknown = JSON.parse(readOwnText(path) ?? '{}');
    const { commands, identity } = kept as { readonly commands?: unknown; readonly identity?: unknown };
    if (identity !== identityOf(commonDir)) return [];
    return Array.isArray(commands) ? commands.filter(isAllowed) : [];
  } catch {
    return [];
  }
}

/** Replaces what was allowed of this repository. Throws `PERMISSION` or `STORE_FAILURE`, and `INVALID_INPUT` where it is too much. */
export function writeAllowed(env: Environment, commonDir: string, commands: readonly AllowedCommand[]): void {
  if (commands.length === 0) return forgetAllowed(pathOf(env, commonDir));
  const text = `${JSON.stringify({ repository: commonDir, identity: identityOf(commonDir), commands }, null, 2)}\n`;
  if (Buffer.byteLength(text) > textBytesMax)
    throw new CoordinatorError(
      'INVALID_INPUT',
      `the commands of ${quote(commonDir)} are too long to be kept: put them into scripts`,
    );
  const path = pathOf(env, commonDir);
  withAccess(path, () => {
    makeOwnState(dirname(path));
    replaceFile(path, text);
  });
}

/** With the folders that held nothing else. */
function forgetAllowed(path: string): void {
  withAccess(path, () => {
    removeFile(path);
    for (const folder of [dirname(path), dirname(dirname(path))]) {
      try {
        rmdirSync(folder);
      } catch {
        return;
      }
    }
  });
}

/** What is read back as a whole. */
const textBytesMax = 60 * 1024;

function isAllowed(one: unknown): one is AllowedCommand {
  const { scope, run, auto } = one as Readonly<Record<keyof AllowedCommand, unknown>>;
  return typeof scope === 'string' && typeof run === 'string' && typeof auto === 'boolean';
}

function pathOf(env: Environment, commonDir: string): string {
  return join(ownState(env), 'allowed', `${nameFor(commonDir)}.json`);
}
