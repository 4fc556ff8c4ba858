/** The single writer around the pure core: batches, time, tickets, watchers, recovery, snapshots. */
export { openService, Service, type BoundAgent, type InternalCommand } from './service.ts';
export type { SubmitManner } from './submit-manner.ts';
export { unobserved, type About, type ServiceOptions, type ServicePorts } from './options.ts';
export type { Evidence, KeepEvidence } from './evidence.ts';
export type { InvariantChecks } from './writer.ts';
export { beginningOf, beginningText, type Beginning } from './beginning.ts';
export { readHostIdentity, type HostIdentity } from './host.ts';
export { noWitness } from './witness.ts';
export type { Sighting, Witness } from './witness.ts';
export { toFailure } from './failures.ts';
export type { SyncsNow } from './views.ts';
