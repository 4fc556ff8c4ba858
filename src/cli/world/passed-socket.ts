import { isLoopback } from '../../access/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import { servedAt } from '../served-at.ts';
import type { Environment } from './environment.ts';
import type { ServeWish } from './world.ts';

/** By the rules of systemd, `sd_listen_fds(3)`: what is passed begins after standard error. */
const firstPassed = 3;

/** The socket that systemd has opened for this process, which listens already; null: it has opened none. */
export function passedSocket(env: Environment, pid: number): number | null {
  // What was passed to another process, such as the one that has started this, is not here.
  if (env['LISTEN_PID'] !== String(pid)) return null;
  const { LISTEN_FDS: passed = '0' } = env;
  if (passed === '0') return null;
  if (passed === '1') return firstPassed;
  throw new CoordinatorError(
    'INVALID_INPUT',
    `${passed} sockets were passed (LISTEN_FDS), and one is served: leave one ListenStream= in the socket unit`,
    { details: { passed } },
  );
}

/** Throws where the command line says another place: it would be passed over. */
export function refuseOtherPlace({ host, port }: Pick<ServeWish, 'host' | 'port'>): void {
  if (host === servedAt.host && port === servedAt.port) return;
  throw new CoordinatorError(
    'INVALID_INPUT',
    'a socket was passed (LISTEN_FDS), and --host and --port say where to listen: leave them out, and change ListenStream= in the socket unit',
  );
}

/** Throws where others could read what is sent to the address that a socket is bound to. */
export function refuseReadable(address: string, { tls, behindProxy }: ServeWish): void {
  if (isLoopback(address) || tls !== null || behindProxy) return;
  throw new CoordinatorError(
    'INVALID_INPUT',
    `the socket that was passed is bound to ${address}: others could read tokens on their way: give --tls-cert and --tls-key, or --behind-proxy where a proxy in front encrypts`,
    { details: { address } },
  );
}
