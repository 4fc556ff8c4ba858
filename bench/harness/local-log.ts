import { join } from 'node:path';
import { defaultSettings, type ScopePath } from '../../src/core/index.ts';
import {
  openService,
  readHostIdentity,
  type InternalCommand,
  type Service,
  type ServiceOptions,
} from '../../src/service/index.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/index.ts';
import { SystemClock, systemTimers } from '../../src/time/index.ts';

/** The service on a log of its own in this process, set up as the owner has it. */
export interface LocalLog {
  readonly service: Service;
  readonly store: SqliteStore;
  /** Stops the service, with its snapshot, and closes the file. */
  close(): Promise<void>;
}

export async function openLocalLog(folder: string, options: Partial<ServiceOptions> = {}): Promise<LocalLog> {
  const store = await openSqliteStore(join(folder, 'coordination.db'));
  const host = await readHostIdentity();
  const service = await openService({
    store,
    clock: new SystemClock(host),
    timers: systemTimers,
    host,
    // The owner is alone with its file and need not look for what others append.
    options: { follow: false, ...options },
  });
  const close = async (): Promise<void> => {
    await service.stop();
    await store.close();
  };
  return { service, store, close };
}

/** Defines independent scopes, and lets as many agents hold locks. Returns their paths. */
export async function defineScopes(service: Service, count: number): Promise<ScopePath[]> {
  const paths = Array.from({ length: count }, (_, index) => `scope-${index}` as ScopePath);
  const settings = { ...defaultSettings, maxConcurrentAgents: count };
  const scopes = paths.map((path) => ({ path, name: path, type: 'library', dependencies: [] }));
  await accepted(service, { kind: 'Configure', by: 'bench', settings });
  await accepted(service, { kind: 'DefineScopes', by: 'bench', scopes });
  return paths;
}

async function accepted(service: Service, command: InternalCommand): Promise<void> {
  const reply = await service.submitInternal(command);
  if (!reply.ok) throw new Error(reply.rejection.message);
}
