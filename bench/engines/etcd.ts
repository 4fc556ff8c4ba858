import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { leaseMs, unexpected, type Engine, type LockClient } from './engine.ts';
import { programFile, ServerProcess } from './server-process.ts';

/** A key for each lock that is held, under a lease of its caller, made only when it is not there; one member, over HTTP. */
export const etcd: Engine = {
  name: 'etcd',
  start: async (folder) => {
    const [port, peerPort] = [await freePort(), await freePort()];
    const [own, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
    const listen = ['--listen-client-urls', own, '--advertise-client-urls', own, '--listen-peer-urls', peer];
    const member = ['--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`];
    const server = new ServerProcess(
      [programFile('etcd'), '--data-dir', join(folder, 'data'), ...listen, ...member],
      { logFile: join(folder, 'log') },
    );
    const connections = [new EtcdConnection(port)];
    await server.reached(() => lease(new EtcdConnection(port)));
    return {
      connect: async (caller, lock) => {
        const connection = new EtcdConnection(port);
        connections.push(connection);
        return clientOf(connection, caller, base64(`lock-${lock}`));
      },
      stop: async () => {
        for (const connection of connections) connection.close();
        await server.end();
      },
    };
  },
};

async function clientOf(connection: EtcdConnection, caller: string, key: string): Promise<LockClient> {
  const id = await lease(connection);
  const isFree = { key, target: 'CREATE', result: 'EQUAL', create_revision: '0' };
  const take = { request_put: { key, value: base64(caller), lease: id } };
  return {
    acquire: async () => {
      const answer = await connection.post('/v3/kv/txn', { compare: [isFree], success: [take] });
      if (answer['succeeded'] !== true) throw unexpected(answer);
    },
    release: async () => {
      const answer = await connection.post('/v3/kv/deleterange', { key });
      if (answer['deleted'] !== '1') throw unexpected(answer);
    },
  };
}

async function lease(connection: EtcdConnection): Promise<unknown> {
  const { ID: id } = await connection.post('/v3/lease/grant', { TTL: leaseMs / 1_000 });
  return id;
}

/** JSON over one HTTP connection that is kept. */
class EtcdConnection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  post(path: string, body: object): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const options = { port: this.#port, path, method: 'POST', agent: this.#agent };
      const call = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text) as Record<string, unknown>);
          else reject(new Error(text));
        });
      });
      call.on('error', reject);
      call.end(JSON.stringify(body));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
