import type { EventKind } from './events.ts';
import { evolvers } from './evolve.ts';

/** Every kind of event that there is. */
export const eventKinds = Object.keys(evolvers) as readonly EventKind[];

/** `lock` is the group of all kinds that begin with `lock.`. */
export const eventGroups: readonly string[] = [
  ...new Set(eventKinds.map((kind) => kind.slice(0, kind.indexOf('.')))),
];
