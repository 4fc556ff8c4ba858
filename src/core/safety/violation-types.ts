import type { ViolationType } from '../violation-forms.ts';
import type { InvariantName } from './index.ts';

/** Of each invariant. */
export const typeOfInvariant: { readonly [Name in InvariantName]: ViolationType } = {
  TypeInvariant: 'AgentCoordination',
  ContextConsistency: 'ContextConsistency',
  DependencyIntegrity: 'DependencyIntegrity',
  WithdrawnIsInUse: 'DependencyIntegrity',
  AgentCoordination: 'AgentCoordination',
  LockConsistency: 'LockConsistency',
  OneLockPerAgent: 'LockConsistency',
  LockTimeouts: 'LockConsistency',
  AgentStateConsistency: 'AgentCoordination',
  SyncStatusConsistency: 'DependencyIntegrity',
  DependencyGraphProperties: 'DependencyIntegrity',
  CircularDependencyPrevention: 'DependencyIntegrity',
  DeadlockPrevention: 'LockConsistency',
  FencingMonotonic: 'LockConsistency',
  QueueConsistency: 'LockConsistency',
  InboxConsistency: 'AgentCoordination',
  ResourceBounds: 'AgentCoordination',
  BoundedRetries: 'DependencyIntegrity',
  TimeoutManagement: 'AgentCoordination',
};
