import { typeOfInvariant, type InvariantName, type Violation } from '../core/index.ts';
import type { Checks } from '../protocol/index.ts';
import type { HttpPorts } from './ports.ts';

const nothing: Checks = {
  log: false,
  agent_coordination: false,
  lock_consistency: false,
  sync_status: false,
  safety_invariants: false,
};

/** Asked by those who have no token: yes or no, and nothing of what is in the log. */
export async function checksOf({ coordinator, canWrite }: HttpPorts): Promise<Checks> {
  try {
    const { ok } = await coordinator.query({ kind: 'health' });
    const { violations } = await coordinator.query({ kind: 'violations' });
    return {
      log: await canWrite(),
      agent_coordination: ok && !violations.some(isOfAgents),
      lock_consistency: !violations.some(isOfLocks),
      sync_status: !violations.some(isOfSyncs),
      safety_invariants: violations.length === 0,
    };
  } catch {
    return nothing;
  }
}

const typeOf = ({ invariant }: Violation): string => typeOfInvariant[invariant as InvariantName];
const isOfAgents = (violation: Violation): boolean => typeOf(violation) === 'AgentCoordination';
const isOfLocks = (violation: Violation): boolean => typeOf(violation) === 'LockConsistency';
const isOfSyncs = ({ invariant }: Violation): boolean =>
  invariant === 'SyncStatusConsistency' || invariant === 'BoundedRetries';

/** What anybody may ask for, as often as he likes, is worked out once for all who ask meanwhile. */
export function atMostEvery<T>(
  ms: number,
  time: HttpPorts['time'],
  work: () => Promise<T>,
): () => Promise<T> {
  let last: { readonly atMs: number; readonly answer: Promise<T> } | null = null;
  return () => {
    const nowMs = time.monotonicMs();
    if (last === null || nowMs - last.atMs >= ms) last = { atMs: nowMs, answer: work() };
    return last.answer;
  };
}
