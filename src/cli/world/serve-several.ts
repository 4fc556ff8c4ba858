import { newRequestId } from '../../client/index.ts';
import { endSoon, openFilesMax, type OpenOptions } from '../../daemon/index.ts';
import { HostNames, listen, Mounts, type HttpServer } from '../../http/index.ts';
import { openLog } from '../../observe/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import { systemTime } from '../../time/index.ts';
import { endFollowing } from './process-tracing.ts';
import { passedSocket, refuseOtherPlace, refuseReadable } from './passed-socket.ts';
import { serveHttp } from './serve-http.ts';
import { readTls } from './tls-files.ts';
import type { Repository, Served, ServedRepository, ServeWish } from './world.ts';

/** Of the files that the process may have open, half are for callers over HTTP. */
const connectionsShare = 0.5;

/**
 * Is the owner of each repository's log, and serves them over HTTP at one address, until it is told to leave. One that is ended
 * for itself leaves the others alone; where one cannot be begun, none is served.
 */
export async function serveSeveral(
  repositories: readonly ServedRepository[],
  optionsOf: (repository: Repository) => OpenOptions,
  wish: ServeWish,
  onReady: (served: Served) => void,
): Promise<void> {
  const hosts = new HostNames([wish.host, ...wish.allowHosts]);
  const paths = repositories.map(({ path }) => wish.prefix + path);
  const mounts = openMounts(hosts, wish, paths);
  const server = await open(mounts, wish);
  const failed = new AbortController();
  const places = repositories.map(({ repository, path, workspaceOf }) => ({
    options: optionsOf(repository),
    mounts,
    hosts,
    path: wish.prefix + path,
    served: path,
    url: server.url + wish.prefix + path,
    workspaceOf,
    leaveOn: failed.signal,
  }));
  let starting = places.length;
  const ready = (): void => {
    starting -= 1;
    if (starting === 0) onReady({ urls: places.map(({ url }) => url), pid: process.pid });
  };
  const lives = places.map((place) =>
    serveHttp(place, wish, ready).catch((error: unknown) => {
      if (starting > 0) failed.abort('another repository cannot be served');
      throw error;
    }),
  );
  try {
    for (const life of await Promise.allSettled(lives)) if (life.status === 'rejected') throw life.reason;
  } finally {
    await server.close();
    endSoon();
    await endFollowing();
  }
}

function openMounts(hosts: HostNames, { prefix, logLevel }: ServeWish, paths: readonly string[]): Mounts {
  const log = openLog(logLevel === null ? {} : { level: logLevel });
  return new Mounts(
    {
      hosts,
      newRequestId,
      time: systemTime,
      onFault: (error, requestId) => log.note('request.faulted', { requestId, cause: error.stack }),
    },
    prefix,
    paths,
  );
}

async function open(mounts: Mounts, wish: ServeWish): Promise<HttpServer> {
  const { host, port, tls } = wish;
  const fd = passedSocket(process.env, process.pid);
  if (fd !== null) refuseOtherPlace(wish);
  const pems = tls === null ? null : readTls(tls);
  const connectionsMax = Math.floor(((await openFilesMax()) ?? 65_536) * connectionsShare);
  const place = fd === null ? `${host}, port ${port}` : 'the socket that was passed';
  const server = await listen(mounts, { host, port, tls: pems, connectionsMax, fd }).catch(
    (error: unknown) => {
      throw cannotListen(place, error);
    },
  );
  if (fd === null) return server;
  try {
    refuseReadable(server.address, wish);
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has that port: choose one by --port, or any that is free by --port 0',
  EACCES: 'this user may not have that port: choose one above 1023 by --port',
  EADDRNOTAVAIL: 'this machine has no such address: choose one by --host',
};

function cannotListen(place: string, cause: unknown): CoordinatorError {
  const { code = '', message } = cause as { readonly code?: string; readonly message: string };
  return new CoordinatorError('UNAVAILABLE', `cannot listen on ${place}: ${remedies[code] ?? message}`, {
    cause,
    details: { cause: code },
  });
}
