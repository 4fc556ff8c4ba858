import type { InvariantName } from './index.ts';

/** What a violation is about. Each rule, of the machine or of the files, belongs to one of them. */
export const violationTypes = [
  'ContextConsistency',
  'DependencyIntegrity',
  'AgentCoordination',
  'LockConsistency',
] as const;

export type ViolationType = (typeof violationTypes)[number];

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
