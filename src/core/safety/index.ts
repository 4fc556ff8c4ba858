/** The invariants, under the names they have in the spec. Each holds at every revision; one that does not is a bug. */
import type { State } from '../state.ts';
import { AgentCoordination, AgentStateConsistency, OneLockPerAgent } from './agents.ts';
import {
  BoundedRetries,
  CircularDependencyPrevention,
  ContextConsistency,
  DependencyGraphProperties,
  DependencyIntegrity,
  WithdrawnIsInUse,
  SyncStatusConsistency,
} from './graph.ts';
import {
  DeadlockPrevention,
  FencingMonotonic,
  LockConsistency,
  LockTimeouts,
  QueueConsistency,
} from './locks.ts';
import { InboxConsistency } from './messages.ts';
import { ResourceBounds, TimeoutManagement, TypeInvariant } from './machine.ts';
import type { Violation } from './violation.ts';

/** Each invariant by name. A check reads the whole state: its cost grows with what the state holds. */
export const invariants = {
  TypeInvariant,
  ContextConsistency,
  DependencyIntegrity,
  WithdrawnIsInUse,
  AgentCoordination,
  LockConsistency,
  OneLockPerAgent,
  LockTimeouts,
  AgentStateConsistency,
  SyncStatusConsistency,
  DependencyGraphProperties,
  CircularDependencyPrevention,
  DeadlockPrevention,
  FencingMonotonic,
  QueueConsistency,
  InboxConsistency,
  ResourceBounds,
  BoundedRetries,
  TimeoutManagement,
} as const satisfies Readonly<Record<string, (state: State) => Violation[]>>;

export type InvariantName = keyof typeof invariants;

export const invariantNames = Object.keys(invariants) as readonly InvariantName[];

/** Evidence of every invariant that does not hold; empty for every state that can be reached. */
export function violations(state: State): Violation[] {
  return Object.values(invariants).flatMap((invariant) => invariant(state));
}
