import { asDurationMs, asRevision, asTimeMs } from '../../core/index.ts';
import type { Entry, Event } from '../../core/index.ts';
import { startMs } from './harness.ts';
import { agentId, scopePath } from './samples.ts';

export const granted = {
  kind: 'lock.granted',
  scope: scopePath('src/core'),
  agent: agentId('alice'),
  epoch: asRevision(2),
  ticket: null,
  ttlMs: asDurationMs(60_000),
  deadlineMs: asTimeMs(startMs),
  reason: 'refactor auth',
} as const satisfies Event;
export const renewed = {
  kind: 'lock.renewed',
  scope: scopePath('src/core'),
  agent: agentId('alice'),
  ttlMs: asDurationMs(60_000),
  deadlineMs: asTimeMs(startMs + 60_000),
} as const satisfies Event;
export const left = { kind: 'agent.left', agent: agentId('bob') } as const satisfies Event;

export function entry(revision: number, ...events: readonly Event[]): Entry {
  return {
    revision: asRevision(revision),
    atMs: asTimeMs(startMs - 60_000 + revision),
    kind: 'AcquireLock',
    agent: agentId('alice'),
    by: null,
    requestId: null,
    events,
    result: { kind: 'done' },
  };
}
