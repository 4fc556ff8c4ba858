import {
  connect,
  type ConnectOptions,
  type OwnerCommand,
  type SocketCoordinator,
} from '../../client/index.ts';
import { asRevision, type AgentId } from '../../core/index.ts';
import type { CommandRequest } from '../../protocol/index.ts';
import type { CoordinatorServer } from '../server.ts';
import { FakeCoordinator } from './fake-coordinator.ts';
import { serve, shut, type ServeOptions } from './served.ts';

/** A fake coordinator, those who serve it in turn, and the clients of one test. */
export class Stage {
  readonly fake = new FakeCoordinator();
  readonly commonDir: string;
  readonly #servers: CoordinatorServer[] = [];
  readonly #clients: SocketCoordinator[] = [];

  constructor(commonDir: string) {
    this.commonDir = commonDir;
  }

  async serving(options: ServeOptions = {}): Promise<CoordinatorServer> {
    const server = await serve(this.commonDir, this.fake, options);
    this.#servers.push(server);
    return server;
  }

  async connected(options: Partial<ConnectOptions> = {}): Promise<SocketCoordinator> {
    const client = await connect({
      commonDir: this.commonDir,
      version: '1.0.0',
      startOwner: null,
      backoffMs: () => 1,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** As {@link connected}; goes on trying while nobody listens. */
  restartable(): Promise<SocketCoordinator> {
    return this.connected({ startOwner: scriptedOwner(readyAtOnce) });
  }

  async end(): Promise<void> {
    for (const client of this.#clients.splice(0)) await client.close();
    for (const server of this.#servers.splice(0)) shut(server);
  }
}

/** A process in place of an owner, that runs a script. */
export function scriptedOwner(script: string): OwnerCommand {
  return { file: process.execPath, args: ['-e', script] };
}

/** Says that somebody listens, and ends: the test itself serves. */
export const readyAtOnce = `require('fs').writeSync(3, '{"ready":true}\\n')`;

export function heartbeat(requestId: string): CommandRequest {
  const agent = 'alice' as AgentId;
  return {
    requestId,
    command: { kind: 'Heartbeat', agent, epoch: asRevision(1), secret: 'ab'.repeat(16) },
  };
}

/** Lets the event loop turn until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
