import { TokenFolder } from '../../access/index.ts';
import { newRequestId, newSecret, withAccess } from '../../client/index.ts';
import { roomFor, runFronted, type OpenOptions } from '../../daemon/index.ts';
import { createHttpApp, defaultLimits, type HostNames, type Mounts } from '../../http/index.ts';
import { defaultMcpLimits, openMcpHttp } from '../../mcp/index.ts';
import { bothObservers, noTracing } from '../../observe/index.ts';
import { loadRequestParsers, type HealthAnswer } from '../../protocol/index.ts';
import { syncedTree } from '../../repository/index.ts';
import { systemTime } from '../../time/index.ts';
import { commitOf, rootsOnceKnown } from './commit-of.ts';
import { followProcess } from './process-tracing.ts';
import { tokensFolder } from './real-tokens.ts';
import { logBytesOf, newMetrics } from './serve-metrics.ts';
import { startWebhooks } from './serve-webhooks.ts';
import { mcpDefaults } from '../mcp/mcp-defaults.ts';
import type { ServeWish, WorkspaceOf } from './world.ts';

/** Where one of the repositories is served that the process has. */
export interface Place {
  readonly options: OpenOptions;
  readonly mounts: Mounts;
  readonly hosts: HostNames;
  /** What sets it apart from others in lines of the log; empty: there are none. */
  readonly served: string;
  /** What comes before each of its paths. */
  readonly path: string;
  /** As its clients have it. */
  readonly url: string;
  readonly workspaceOf: WorkspaceOf;
  readonly leaveOn: AbortSignal;
}

/** Is the owner of a repository's log, and serves it over HTTP, until it is told to leave. */
export async function serveHttp(
  { options, mounts, hosts, path, served, url, workspaceOf, leaveOn }: Place,
  wish: Pick<ServeWish, 'behindProxy' | 'requestsPerSecond' | 'logLevel'>,
  onReady: () => void,
): Promise<void> {
  const tokens = tokensFolder(process.env, options.repository);
  const folder = new TokenFolder(tokens);
  const parsers = await loadRequestParsers();
  const metrics = newMetrics(options.version);
  const tracing = await followProcess(process.env, options.version);
  const writes = tracing?.newWrites();
  const observer = writes === undefined ? metrics : bothObservers(metrics, writes);
  await runFronted(
    {
      ...options,
      observer,
      log: { ...(wish.logLevel && { level: wish.logLevel }), ...(served && { served }) },
    },
    async (owned, log, figures) => {
      const coordinator = writes?.within(owned) ?? owned;
      const health = (): Promise<HealthAnswer> => coordinator.query({ kind: 'health' });
      const limits = { ...defaultLimits, requestsPerSecond: wish.requestsPerSecond };
      const mcp = await openMcpHttp({
        version: options.version,
        time: systemTime,
        tracing: tracing ?? noTracing,
        options: mcpDefaults,
        limits: { ...defaultMcpLimits, bodyBytesMax: limits.bodyBytesMax },
        newRequestId,
        newSecret,
        report: (event, facts) => log.note(event, facts),
        workspace: async (port, token) => workspaceOf(port, token),
      });
      const served = (): string => syncedTree(options.repository) ?? options.repository.commonDir;
      const roots = rootsOnceKnown(served);
      // Whoever logs in first does not wait for it.
      void roots();
      const app = createHttpApp({
        coordinator,
        parsers,
        mcp,
        admit: (token) => withAccess(tokens, () => folder.admit(token, Date.now())),
        hosts,
        prefix: path,
        behindProxy: wish.behindProxy,
        version: options.version,
        newRequestId,
        time: systemTime,
        onFault: (error, requestId) => log.note('request.faulted', { requestId, cause: error.stack }),
        onCutOff: (reader) => log.note('stream.cutOff', reader),
        canWrite: async () => (await roomFor(options.repository.commonDir)).trouble === null,
        commit: () => commitOf(served()),
        roots,
        onAnswered: (answered) => {
          metrics.requestAnswered(answered);
          log.note('request.answered', answered);
        },
        metrics: () =>
          metrics.page({
            figures,
            health,
            checks: app.checks,
            logBytes: logBytesOf(options.repository),
            streams: app.streams,
          }),
        tracing: tracing ?? noTracing,
        limits,
      });
      const unmount = mounts.mount(path, app);
      const stopWatching = metrics.watchLoop();
      const stopWebhooks = startWebhooks({
        ...options,
        coordinator,
        log,
        onTried: (tried) => metrics.webhookTried(tried),
      });
      return {
        url,
        close: () => {
          stopWatching();
          return Promise.all([unmount(), stopWebhooks()]).then(() => undefined);
        },
      };
    },
    onReady,
    leaveOn,
  );
}
