import { readFileSync } from 'node:fs';
import { TokenFolder } from '../../access/index.ts';
import { newRequestId, newSecret, withAccess } from '../../client/index.ts';
import { openFilesMax, roomFor, runFronted, type OpenOptions } from '../../daemon/index.ts';
import { createHttpApp, defaultLimits, HostNames, listen } from '../../http/index.ts';
import { defaultMcpLimits, openMcpHttp } from '../../mcp/index.ts';
import { CoordinatorError, loadRequestParsers, type HealthAnswer } from '../../protocol/index.ts';
import { syncedTree } from '../../repository/index.ts';
import { systemTime } from '../../time/index.ts';
import { commitOf } from './commit-of.ts';
import { tokensFolder } from './real-tokens.ts';
import { logBytesOf, newMetrics } from './serve-metrics.ts';
import { mcpDefaults } from '../mcp/mcp-defaults.ts';
import type { Served, ServeWish, WorkspaceOf } from './world.ts';

/** Of the files that the process may have open, half are for callers over HTTP. */
const connectionsShare = 0.5;

/** Is the owner of a repository's log, and serves it over HTTP, until it is told to leave. */
export async function serveHttp(
  options: OpenOptions,
  wish: ServeWish & { readonly workspaceOf: WorkspaceOf },
  onReady: (served: Served) => void,
): Promise<void> {
  const { host, port, prefix } = wish;
  const tls = wish.tls === null ? null : { cert: pem(wish.tls.certFile), key: pem(wish.tls.keyFile) };
  const tokens = tokensFolder(process.env, options.repository);
  const folder = new TokenFolder(tokens);
  const parsers = await loadRequestParsers();
  const connectionsMax = Math.floor(((await openFilesMax()) ?? 65_536) * connectionsShare);
  const metrics = newMetrics(options.version);
  await runFronted(
    { ...options, observer: metrics },
    async (coordinator, log, figures) => {
      const health = (): Promise<HealthAnswer> => coordinator.query({ kind: 'health' });
      const limits = { ...defaultLimits, requestsPerSecond: wish.requestsPerSecond };
      const mcp = await openMcpHttp({
        version: options.version,
        time: systemTime,
        options: mcpDefaults,
        limits: { ...defaultMcpLimits, bodyBytesMax: limits.bodyBytesMax },
        newRequestId,
        newSecret,
        report: (facts, message) => log.warn(facts, message),
        workspace: async (port, token) => wish.workspaceOf(port, token),
      });
      const app = createHttpApp({
        coordinator,
        parsers,
        mcp,
        admit: (token) => withAccess(tokens, () => folder.admit(token, Date.now())),
        hosts: new HostNames([host, ...wish.allowHosts]),
        prefix,
        behindProxy: wish.behindProxy,
        version: options.version,
        newRequestId,
        time: systemTime,
        onFault: (error, requestId) =>
          log.error({ requestId, cause: error.stack }, 'a request met a fault of this program'),
        canWrite: async () => (await roomFor(options.repository.commonDir)).trouble === null,
        commit: () => commitOf(syncedTree(options.repository) ?? options.repository.commonDir),
        onAnswered: (answered) => metrics.requestAnswered(answered),
        metrics: () =>
          metrics.page({
            figures,
            health,
            checks: app.checks,
            logBytes: logBytesOf(options.repository),
            streams: app.streams,
          }),
        limits,
      });
      const server = await listen(app, { host, port, tls, connectionsMax }).catch((error: unknown) => {
        throw cannotListen(host, port, error);
      });
      const stopWatching = metrics.watchLoop();
      return {
        url: server.url + prefix,
        close: () => {
          stopWatching();
          return server.close();
        },
      };
    },
    ({ url }) => onReady({ url, pid: process.pid }),
  );
}

/** A file that the user names: read as it is, wherever it leads. */
function pem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CoordinatorError('INVALID_INPUT', `${path} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has that port: choose one by --port, or any that is free by --port 0',
  EACCES: 'this user may not have that port: choose one above 1023 by --port',
  EADDRNOTAVAIL: 'this machine has no such address: choose one by --host',
};

function cannotListen(host: string, port: number, cause: unknown): CoordinatorError {
  const { code = '', message } = cause as { readonly code?: string; readonly message: string };
  return new CoordinatorError(
    'UNAVAILABLE',
    `cannot listen on ${host}, port ${port}: ${remedies[code] ?? message}`,
    { cause, details: { cause: code } },
  );
}
