import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { HttpApp } from './app.ts';

export interface ListenOptions {
  /** A name or an address of this machine. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Texts of PEM files; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly connectionsMax: number;
  /** A socket of this process that is bound already: then nothing else says where. */
  readonly fd?: number | null;
}

export interface HttpServer {
  /** As in `http://127.0.0.1:7421`. */
  readonly url: string;
  /** As in `127.0.0.1`. */
  readonly address: string;
  /** Takes no more connections, ends streams, and hangs up once what runs is answered, or after a second. */
  readonly close: () => Promise<void>;
}

type Listening = Pick<HttpApp, 'fetch' | 'endStreams'>;

/** How long the head of a request, and the whole of it, may take to arrive. */
const headMaxMs = 10_000;
const requestMaxMs = 30_000;
const keepAliveMs = 65_000;
const headBytesMax = 16_384;
const hangUpGraceMs = 1_000;

/** Serves an app. Rejects with the system's error where it cannot listen. */
export async function listen(app: Listening, options: ListenOptions): Promise<HttpServer> {
  const { host, port, tls, connectionsMax, fd = null } = options;
  const answer = getRequestListener(app.fetch);
  const listener: RequestListener = (request, response) => void answer(request, response);
  const limits = {
    headersTimeout: headMaxMs,
    requestTimeout: requestMaxMs,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: headBytesMax,
    connectionsCheckingInterval: 2_000,
  };
  const server = (
    tls === null ? createServer(limits, listener) : createTlsServer({ ...limits, ...tls }, listener)
  ) as Server;
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(fd === null ? { port, host } : { fd }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  // What is passed may also be a socket in the file system.
  if (bound === null || typeof bound === 'string') {
    await close(server, app);
    throw new Error('it is no TCP socket');
  }
  return { url: urlOf(bound, tls !== null), address: bound.address, close: () => close(server, app) };
}

function urlOf({ address, family, port }: AddressInfo, isTls: boolean): string {
  const host = family === 'IPv6' ? `[${address}]` : address;
  return `${isTls ? 'https' : 'http'}://${host}:${port}`;
}

function close(server: Server, app: Listening): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), hangUpGraceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    app.endStreams();
    server.closeIdleConnections();
  });
}
