/** Tokens by which this user is let in by servers: a file for each server, in a folder of the user's own. */
import { closeSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { connectOverHttp, withAccess } from '../../client/index.ts';
import {
  isOwnFolder,
  makeOwnFolder,
  openToRead,
  readOwnText,
  refuseIfReadableByOthers,
  removeFile,
  replaceFile,
  textOf,
} from '../../files/index.ts';
import { CoordinatorError, type Coordinator, type Admitted } from '../../protocol/index.ts';
import { noTokenKept } from '../server-address.ts';
import { tokenInFile } from '../token-text.ts';
import { commitOf, rootsOf } from './commit-of.ts';
import { dropNotedServer, notedServer, noteServer } from './noted-server.ts';
import { lookAtServer } from './server-look.ts';
import type { Environment } from './environment.ts';
import { traceHeaders } from './process-tracing.ts';
import type { ServerManner, Servers } from './serving.ts';

export function realServers(env: Environment): Servers {
  return {
    noted: async ({ commonDir }) => notedServer(commonDir),
    note: async ({ commonDir }, server) => noteServer(commonDir, server),
    dropNote: async ({ commonDir }) => dropNotedServer(commonDir),
    token: async (server, isNoted = false) => {
      const named = env['RHEMA_TOKEN_FILE'] ?? '';
      if (named !== '' && !isNoted) return readNamed(named);
      const path = pathOf(env, server);
      return withAccess(path, () => (isOwnFolder(dirname(path)) ? readToken(path) : null));
    },
    keep: async (server, token) => {
      const path = pathOf(env, server);
      withAccess(path, () => {
        mkdirSync(dirname(dirname(dirname(path))), { recursive: true });
        makeOwnFolder(dirname(dirname(path)));
        makeOwnFolder(dirname(path));
        replaceFile(path, `${token}\n`);
      });
      return path;
    },
    forget: async (server) => {
      const path = pathOf(env, server);
      return withAccess(path, () => {
        if (!isOwnFolder(dirname(path)) || readOwnText(path) === null) return false;
        removeFile(path);
        return true;
      });
    },
    look: lookAtServer,
    commitAt: commitOf,
    rootsAt: rootsOf,
    whoAmI: async (server, token, manner = {}) => {
      const coordinator = await connectOverHttp({ ...manner, server, token, callTimeoutMs: 10_000 });
      try {
        return (await coordinator.whoAmI()) as Admitted;
      } finally {
        await coordinator.close();
      }
    },
  };
}

export interface ServerWish extends ServerManner {
  readonly server: string;
  readonly isNoted: boolean;
}

/** The port to a server, by the token that is kept for it. */
export async function connectTo(env: Environment, { isNoted, ...wish }: ServerWish): Promise<Coordinator> {
  const token = await realServers(env).token(wish.server, isNoted);
  if (token === null) throw noTokenKept(wish.server);
  return connectOverHttp({ ...wish, token, headers: traceHeaders });
}

/** A file that the user names is read as it is, wherever it leads: a container has its secrets behind links. */
function readNamed(path: string): string {
  return tokenInFile(textNamed(path), `RHEMA_TOKEN_FILE names ${path}`, path);
}

function textNamed(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CoordinatorError(
      'UNAUTHENTICATED',
      `RHEMA_TOKEN_FILE names ${path}, which cannot be read: ${(cause as Error).message}`,
      { cause, details: { path } },
    );
  }
}

function readToken(path: string): string | null {
  const file = openToRead(path);
  if (file === null) return null;
  try {
    refuseIfReadableByOthers(path, file);
    return tokenInFile(textOf(path, file), `the token is kept in ${path}`, path);
  } finally {
    closeSync(file);
  }
}

/** Named by the server's address, of which each letter that a file name may not have is written as its number. */
function pathOf(env: Environment, server: string): string {
  const named = env['XDG_CONFIG_HOME'] ?? '';
  const config = isAbsolute(named) ? named : join(env['HOME'] ?? homedir(), '.config');
  const name = server.replace(/[^A-Za-z0-9._-]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return join(config, 'rhema', 'servers', `${name}.token`);
}
