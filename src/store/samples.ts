import { asRequestId, asRevision, asTimeMs, type AgentId, type Entry } from '../core/index.ts';
import type { StoredSnapshot } from './log-store.ts';

/** A plain entry. `by` tells writers apart where several race. */
export function sampleEntry(revision: number, by = 'operator'): Entry {
  return {
    revision: asRevision(revision),
    atMs: asTimeMs(1_800_000_000_000 + revision),
    kind: 'AgentLeave',
    agent: null,
    by,
    requestId: asRequestId(`${by}-${revision}`),
    events: [{ kind: 'agent.left', agent: 'agent-ä' as AgentId }],
    result: { kind: 'left', released: [], waited: null },
  };
}

/** Entries `from` to `to`, both included. */
export function sampleEntries(from: number, to: number, by?: string): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, index) => sampleEntry(from + index, by));
}

export function sampleSnapshot(revision: number): StoredSnapshot {
  return {
    revision: asRevision(revision),
    atMs: asTimeMs(1_800_000_000_000 + revision),
    body: `{"at":${revision}}`,
  };
}
