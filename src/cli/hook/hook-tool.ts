/** Hooks that a client asks through its own `rhema mcp`: answered as those of a command are, by a process that stays. */
import { invalidInput } from '../../protocol/index.ts';
import { readToolCall } from '../../hooks/index.ts';
import type { ProcessPorts } from '../process/ports.ts';
import { processPorts } from '../process/process-ports.ts';
import type { World } from '../world/world.ts';
import { serveHook } from './serve-hook.ts';

type Coordinators = Map<string, ReturnType<World['connect']>>;

/** More repositories than an agent works in; in others a hook connects for itself. */
const keptMax = 8;

/** All that is kept from one hook to the next is the connection to a coordinator: files and locks are looked at anew. */
export class HookTool {
  readonly #ports: ProcessPorts;

  constructor(ports: ProcessPorts = processPorts()) {
    this.#ports = { ...ports, world: keepingConnections(ports.world) };
  }

  /** What the client reads, as JSON. */
  async answer(args: unknown): Promise<string> {
    const asked = readToolCall(args);
    if (asked === null) throw invalidInput('client', 'it is not said which client asks');
    const { stdout } = await serveHook(this.#ports, { client: asked.client, event: null }, asked.payload);
    return stdout.trim() === '' ? '{}' : stdout.trim();
  }
}

function keepingConnections(world: World): World {
  const kept: Coordinators = new Map();
  return {
    ...world,
    connect: async (repository, options) => {
      const { commonDir } = repository;
      const before = kept.get(commonDir);
      if (before === undefined && kept.size >= keptMax) return world.connect(repository, options);
      const opened = before ?? world.connect(repository, options);
      kept.set(commonDir, opened);
      try {
        return staying(await opened);
      } catch (error) {
        kept.delete(commonDir);
        throw error;
      }
    },
  };
}

/** It dials anew by itself when its connection breaks. */
function staying(coordinator: Awaited<ReturnType<World['connect']>>): typeof coordinator {
  return {
    submit: (request) => coordinator.submit(request),
    awaitTicket: (ticket, signal) => coordinator.awaitTicket(ticket, signal),
    query: (query) => coordinator.query(query),
    watch: (from, signal) => coordinator.watch(from, signal),
    refresh: (options) => coordinator.refresh(options),
    close: () => Promise.resolve(),
  };
}
