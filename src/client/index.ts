import type { HttpConnectOptions, HttpCoordinator } from './http/http-coordinator.ts';

export { connect, SocketCoordinator, type ConnectOptions } from './coordinator.ts';
export { endOwner, type OwnerEnd } from './end-owner.ts';
export {
  accessError,
  ensurePrivateDirectory,
  isDialable,
  logExists,
  pathsFor,
  shortLinks,
  socketAddress,
  statePaths,
  withAccess,
  type StatePaths,
} from './paths.ts';
export {
  occupyName,
  deadOccupant,
  livingOccupant,
  releaseName,
  takeName,
  type Occupant,
} from './occupant-file.ts';
export { findProgram, type ProgramLocations } from './program.ts';
export { ancestorsOf, boundProcess, hasEnded, type AncestorProcess } from './process-identity.ts';
export { newRequestId, newSecret } from './requests.ts';
export { deleteSession, listSessions, readSession, requireSession, writeSession } from './session-file.ts';
export { sessionKeeping, sessionsOfCaller } from './session-keeping.ts';
export { readinessVariable, type OwnerCommand, type Readiness } from './start-owner.ts';
export { jitteredBackoffMs } from './persist.ts';
export { sentElsewhere } from './http/sent-elsewhere.ts';
export { tlsRemedy } from './http/tls-remedy.ts';
export { compareVersions, packageVersion } from './version.ts';

/** See `http/http-coordinator.ts`; loaded when it is needed, as few need it. */
export async function connectOverHttp(options: HttpConnectOptions): Promise<HttpCoordinator> {
  const { HttpCoordinator } = await import('./http/http-coordinator.ts');
  return new HttpCoordinator(options);
}
