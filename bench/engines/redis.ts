import { join } from 'node:path';
import { leaseMs, unexpected, type Engine, type LockClient } from './engine.ts';
import { RespConnection } from './resp.ts';
import { programFile, ServerProcess } from './server-process.ts';

/** Gives back only what the caller has. */
const releaseText = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end`;
const releaseAndTellText = `if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1]) redis.call('PUBLISH', KEYS[1], '') return 1 else return 0 end`;

/**
 * `SET NX PX` and a script that deletes the caller's own key, each synced before its answer; no history, no queue, no
 * fencing token. Who waits is told by PUBLISH, and then asks for the lock.
 */
export const redis: Engine = {
  name: 'Redis',
  start: async (folder) => {
    const [socket, logFile] = [join(folder, 'socket'), join(folder, 'log')];
    const options = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''];
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
    const server = new ServerProcess([programFile('redis-server'), ...options, ...durable], { logFile });
    const connections = [await server.reached(() => RespConnection.open(socket))];
    const open = async (): Promise<RespConnection> => {
      const connection = await RespConnection.open(socket);
      connections.push(connection);
      return connection;
    };
    return {
      connect: async (caller, lock, isWaitedFor) => {
        const subscription = isWaitedFor ? await open() : null;
        return new RedisClient(await open(), subscription, caller, `lock-${lock}`).begin();
      },
      stop: async () => {
        for (const connection of connections) connection.close();
        await server.end();
      },
    };
  },
};

class RedisClient implements LockClient {
  readonly #connection: RespConnection;
  /** Null where nobody waits: then a release need not tell, either. */
  readonly #subscription: RespConnection | null;
  readonly #caller: string;
  readonly #key: string;
  #release = '';

  constructor(connection: RespConnection, subscription: RespConnection | null, caller: string, key: string) {
    this.#connection = connection;
    this.#subscription = subscription;
    this.#caller = caller;
    this.#key = key;
  }

  async begin(): Promise<this> {
    const script = this.#subscription === null ? releaseText : releaseAndTellText;
    this.#release = String(await this.#connection.send('SCRIPT', 'LOAD', script));
    await this.#subscription?.send('SUBSCRIBE', this.#key);
    return this;
  }

  async acquire(): Promise<void> {
    const reply = await this.#ask();
    if (reply !== 'OK') throw unexpected(reply);
  }

  async release(): Promise<void> {
    const reply = await this.#connection.send('EVALSHA', this.#release, '1', this.#key, this.#caller);
    if (reply !== 1) throw unexpected(reply);
  }

  async queue(): Promise<{ readonly granted: Promise<void> }> {
    const subscription = this.#subscription;
    if (subscription === null) throw new Error('nobody was to wait for this lock');
    const told = new Promise<void>((resolve) => (subscription.onMessage = resolve));
    const reply = await this.#ask();
    if (reply !== null) throw unexpected(reply);
    return { granted: told.then(() => this.acquire()) };
  }

  #ask(): Promise<unknown> {
    return this.#connection.send('SET', this.#key, this.#caller, 'NX', 'PX', String(leaseMs));
  }
}
