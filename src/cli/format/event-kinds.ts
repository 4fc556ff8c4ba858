import type { Event } from '../../core/index.ts';

/** Every kind of event; a forgotten one does not compile. */
const known: { readonly [Kind in Event['kind']]: true } = {
  'agent.joined': true,
  'agent.resumed': true,
  'agent.renewed': true,
  'agent.statusChanged': true,
  'agent.reported': true,
  'agent.left': true,
  'agent.lost': true,
  'lock.granted': true,
  'lock.renewed': true,
  'lock.released': true,
  'lock.expired': true,
  'lock.revoked': true,
  'place.contended': true,
  'place.uncontended': true,
  'ticket.issued': true,
  'ticket.ended': true,
  'scope.defined': true,
  'scope.withdrawn': true,
  'scope.removed': true,
  'context.modified': true,
  'repository.changed': true,
  'sync.started': true,
  'sync.completed': true,
  'sync.failed': true,
  'sync.retried': true,
  'sync.reset': true,
  'sync.aborted': true,
  'sync.invalidated': true,
  'leases.rearmed': true,
  'clock.anchored': true,
  'settings.changed': true,
};

export const eventKinds: readonly string[] = Object.keys(known);

/** `lock` is the group of all kinds that begin with `lock.`. */
export const eventGroups: readonly string[] = [
  ...new Set(eventKinds.map((kind) => kind.slice(0, kind.indexOf('.')))),
];
