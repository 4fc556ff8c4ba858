import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { connectOverHttp } from '../../client/index.ts';
import { commitAll, makeRepository } from '../../repository/testing/fixture.ts';
import type { Time } from '../../time/index.ts';
import { shopFiles } from '../testing/hook-session.ts';
import { processPorts } from '../process/process-ports.ts';
import type { ServerManner } from '../world/serving.ts';
import { serveHook, type HookOptions } from './serve-hook.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server that never answers, and who is told that it was asked. */
async function silent(onAsked: () => void): Promise<string> {
  const server = createServer(onAsked);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Where nothing listens any more. */
async function closed(): Promise<string> {
  const address = await silent(() => undefined);
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return address;
}

/** What the hook before an edit shows, of a clone that is coordinated at a server; and how that was asked. */
async function shownBefore(
  server: string,
  options: HookOptions,
  clock: (real: Time) => Time = (real) => real,
): Promise<{ readonly shown: string; readonly manner: ServerManner }> {
  const cwd = makeRepository(shopFiles());
  commitAll(cwd);
  const ports = processPorts();
  let manner: ServerManner = {};
  const world = {
    ...ports.world,
    connect: (_: unknown, { direct: __, ...how }: { readonly direct: boolean } & ServerManner) => {
      manner = how;
      return connectOverHttp({ ...how, reachPatienceMs: 1, server, token: 'x' });
    },
  };
  const tool_input = { file_path: 'api/a.ts' };
  const asked = { session_id: 'one', cwd, hook_event_name: 'PreToolUse', tool_name: 'Edit', tool_input };
  const own = { ...ports, clock: clock(ports.clock), world, cwd };
  const words = { client: 'claude', event: null } as const;
  const { stdout } = await serveHook(own, words, JSON.stringify(asked), { server, ...options });
  return { shown: stdout, manner };
}

test('a server that refuses connections is told of with that cause, before the hook is late', async () => {
  const server = await closed();
  const { shown, manner } = await shownBefore(server, {});
  expect(shown).toContain(
    `NOT GUARDED, others may be at work on this: the server ${server} cannot be reached`,
  );
  expect(shown).toContain('ECONNREFUSED');
  expect(manner.reachPatienceMs).toBeLessThan(8_000);
});

test('a server that is reached and answers nothing is named', async () => {
  let endPatience = (): void => undefined;
  const server = await silent(() => endPatience());
  const deadlineMs = 4_567;
  const { shown } = await shownBefore(server, { deadlineMs }, (real) => ({
    ...real,
    schedule: (ms, run) => {
      if (ms !== deadlineMs) return real.schedule(ms, run);
      endPatience = run;
      return () => undefined;
    },
  }));
  expect(shown).toContain(`no answer of ${server} within 4.567 s`);
});
