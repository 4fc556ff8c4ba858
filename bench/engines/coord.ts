import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { unexpected, type Engine, type LockClient } from './engine.ts';
import { programFile, ServerProcess } from './server-process.ts';

const token = 'of-the-benchmark';

/**
 * The HTTP API of coord (`pip install coord-mcp-server`) over its own SQLite file, which it writes with `synchronous=NORMAL`: what
 * it answered may be lost with the power.
 */
export const coord: Engine = {
  name: 'coord',
  start: async (folder) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const settings = {
      COORD_HOST: '127.0.0.1',
      COORD_PORT: String(port),
      COORD_AUTH_TOKEN: token,
      COORD_LOG_LEVEL: 'warning',
      COORD_DATABASE_PATH: join(folder, 'coordination.db'),
    };
    const server = new ServerProcess([programFile('coord-api')], {
      logFile: join(folder, 'log'),
      settings,
    });
    await server.reached(async () => {
      const { status } = await fetch(`${url}/health`);
      if (status !== 200) throw unexpected(status);
    });
    return {
      connect: (caller, lock) => Promise.resolve(clientOf(url, caller, `src/part-${lock}/index.ts`)),
      stop: () => server.end(),
    };
  },
};

function clientOf(url: string, engineer: string, pattern: string): LockClient {
  let claims: readonly string[] = [];
  const about = { engineer, repo: 'bench', session_id: engineer };
  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw unexpected(answer);
    return answer;
  };
  return {
    acquire: async () => {
      const answer = await post('/claims', { ...about, claims: [{ type: 'file', pattern }], ttl_hours: 1 });
      const { claim_ids: ids, conflicts } = answer as { claim_ids?: string[]; conflicts?: object[] };
      if (ids?.length !== 1 || conflicts?.length !== 0) throw unexpected(answer);
      claims = ids;
    },
    release: async () => {
      await post('/claims/release', { claim_ids: claims, engineer });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
