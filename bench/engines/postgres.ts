import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { leaseMs, NotInstalledError, unexpected, type Engine, type LockClient } from './engine.ts';
import { PostgresConnection } from './postgres-wire.ts';
import { programFile, ServerProcess } from './server-process.ts';

const packaged = '/usr/lib/postgresql';
const port = 5432;

const createSql =
  'CREATE TABLE lock (name text PRIMARY KEY, holder text NOT NULL, deadline timestamptz NOT NULL)';
const acquireSql = `INSERT INTO lock VALUES ($1, $2, now() + interval '${leaseMs} milliseconds')
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, deadline = excluded.deadline WHERE lock.deadline < now()`;
const releaseSql = 'DELETE FROM lock WHERE name = $1 AND holder = $2';

/** A row for each lock that is held, with its deadline, in a server as it comes; no history, no queue, no fencing token. */
export const postgres: Engine = {
  name: 'PostgreSQL',
  start: async (folder) => {
    const user = serverUser();
    const data = join(folder, 'data');
    makeFolder(data, user);
    const programs = readdirIfThere(packaged).map((version) => join(packaged, version, 'bin'));
    const init = ['-D', data, '--auth=trust', `--username=${owner}`];
    execFileSync(programFile('initdb', programs), init, { stdio: 'ignore', cwd: data, ...user });
    const options = ['-D', data, '-p', String(port), '-c', 'listen_addresses=', '-k', data];
    const server = new ServerProcess([programFile('postgres', programs), ...options], {
      logFile: join(folder, 'log'),
      ...(user === undefined ? {} : { user }),
    });
    const open = (): Promise<PostgresConnection> =>
      PostgresConnection.open(join(data, `.s.PGSQL.${port}`), owner);
    const connections = [await server.reached(open)];
    await connections[0]?.prepare('create', createSql);
    await connections[0]?.execute('create');
    return {
      connect: async (caller, lock) => {
        const connection = await open();
        connections.push(connection);
        return clientOf(connection, caller, `lock-${lock}`);
      },
      stop: async () => {
        for (const connection of connections) connection.close();
        await server.end();
      },
    };
  },
};

const owner = 'bench';

async function clientOf(connection: PostgresConnection, caller: string, name: string): Promise<LockClient> {
  await connection.prepare('acquire', acquireSql);
  await connection.prepare('release', releaseSql);
  const execute = async (statement: string, done: string): Promise<void> => {
    const tag = await connection.execute(statement, name, caller);
    if (tag !== done) throw unexpected(tag);
  };
  return {
    acquire: () => execute('acquire', 'INSERT 0 1'),
    release: () => execute('release', 'DELETE 1'),
  };
}

type User = { readonly uid: number; readonly gid: number } | undefined;

/** It does not run as root: there it gets the user that its package has made. */
function serverUser(): User {
  if (userInfo().uid !== 0) return undefined;
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }));
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    throw new NotInstalledError('there is no user postgres');
  }
}

/** Where another user can come to it. */
function makeFolder(folder: string, user: User): void {
  mkdirSync(folder, { recursive: true });
  if (user === undefined) return;
  chownSync(folder, user.uid, user.gid);
  for (const above of [dirname(folder), dirname(dirname(folder))]) chmodSync(above, 0o711);
}

function readdirIfThere(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
