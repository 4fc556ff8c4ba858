import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isTrialName } from '../../sim/trials.ts';

/** Every name of the modules that the proposal came with, by what it is there. */
const originals: Readonly<Record<string, string>> = {
  modules: 'RHEMA_Core RHEMA_Invariants RHEMA_EdgeCases RHEMA_CurrentState',
  constants: `MaxConcurrentAgents MaxBlockTime Scope Agent ContextFileTypes RepositoryFiles Content GitOperationTypes
    MaxScopeDepth MaxDependencies MaxContextFileSize TimeoutValue NetworkPartitionDuration AgentCrashProbability
    GitCorruptionProbability MaxRetryAttempts RecoveryTimeout McpConnectionTimeout SafetyValidationTimeout null`,
  variables: `scopes agents git_state context_files dependencies locks sync_status agent_states operation_history
    conflict_count timeout_count network_partitions agent_crashes git_corruptions retry_counts recovery_states
    mcp_connections safety_validation_queue vars`,
  definitions: `ContextFile GitState AgentState LockState ValidYAML ValidScopeReferences IsInCycle HasCycleHelper
    HasCircularDependencies NoCircularDependencies AreDeadlocked ScopeDepth`,
  actions: `Init AgentJoin AgentLeave ContextModify CrossScopeSync CompleteSync FailSync GitOperation Next Spec
    AgentCrashRecovery NetworkPartitionRecovery GitCorruptionRecovery McpConnectionRecovery
    SafetyValidationComplete RetryOperation ExtendedNext`,
  invariants: `TypeInvariant SafetyInvariants ContextConsistency DependencyIntegrity AgentCoordination
    ContextFileIntegrity DependencyGraphProperties LockConsistency AgentStateConsistency SyncStatusConsistency
    GitStateConsistency OperationHistoryConsistency ConflictDetection TimeoutManagement ResourceBounds
    CircularDependencyPrevention DeadlockPrevention NoPermanentFailures RecoveryProgress BoundedRetries
    McpConnectionStability SafetyValidationQueueBounds`,
  'conjunctions of invariants': `ExtendedTypeInvariant EdgeCaseTypeInvariant AllSafetyInvariants SafetyProperties
    EdgeCaseInvariants EdgeCaseSafetyProperties`,
  liveness: `ContextSyncLiveness AgentProgress ProgressGuarantee SyncCompletion ConflictResolution AgentFairness
    EventuallyAllAgentsProgress EventuallyAllScopesSync NoPermanentDeadlocks EventuallyRecoverFromCrashes
    EventuallyRecoverFromPartitions EventuallyRecoverFromCorruption EventuallyRecoverMcpConnections
    EventuallyCompleteSafetyValidations EventuallyRetryFailedOperations`,
  'conjunctions of liveness properties': `AllLivenessProperties AllTemporalProperties LivenessProperties
    TemporalProperties EdgeCaseLiveness EdgeCaseLivenessProperties`,
  scenarios: `EmptyRepositoryScenario SingleScopeScenario LargeContextFileScenario DeepHierarchyScenario
    CircularDependencyScenario DanglingReferenceScenario GitCorruptionScenario ComplexMergeScenario
    GitHistoryRewritingScenario AgentCrashScenario AgentTimeoutScenario MalformedInputScenario
    NetworkPartitionScenario FileSystemIssueScenario ResourceExhaustionScenario McpConnectionScenario
    SafetyValidationQueueScenario ConcurrentSafetyValidationScenario SafetyValidationTimeoutScenario
    EnhancedErrorRecoveryScenario`,
  tests: `TestEmptyRepository TestSingleScope TestCircularDependencies TestAgentCrashes TestNetworkPartitions
    TestGitCorruption TestResourceExhaustion TestMcpConnectionIssues TestSafetyValidationQueueOverflow
    TestConcurrentSafetyValidations TestEnhancedErrorRecovery`,
};

const namesIn = (text: string): string[] => text.match(/\w+/g) ?? [];

/** The rows of every table of the page, without titles: each as its cells. */
function rows(): string[][] {
  const lines = readFileSync('spec/MAPPING.md', 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('| ') && !/^\| (?:original|-)/.test(line))
    .map((line) => line.split('|').slice(1, -1));
}

/** What stands where the original names stand: in the first column, and tests in the second. */
const mapped = new Set(
  rows().flatMap(([original = '', next = '']) => [
    ...namesIn(original),
    ...namesIn(next).filter((name) => /^Test[A-Z]/.test(name)),
  ]),
);

describe('the mapping of the original names', () => {
  for (const [kind, names] of Object.entries(originals))
    it(`has a row for each of the ${kind}`, () => {
      expect(namesIn(names).filter((name) => !mapped.has(name))).toEqual([]);
    });

  it('calls nothing original that is not', () => {
    const known = new Set(Object.values(originals).flatMap(namesIn));
    const named = rows()
      .map(([original = '']) => original.trim())
      .filter((original) => !/\((?:new|missing)|\.cfg/.test(original))
      .flatMap(namesIn);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('says of every row what has become of it', () => {
    expect(rows().filter(([, ...rest]) => rest.every((cell) => /^[\s-]*$/.test(cell)))).toEqual([]);
  });
});

it.each(['spec/MAPPING.md', 'spec/README.md', 'spec/owner/README.md'])(
  'every file that %s names is there',
  (file) => {
    const page = readFileSync(file, 'utf8');
    const named = [...page.matchAll(/`((?:src|test|sim|spec)(?:\/[\w.-]+)*)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  },
);

describe('the table of faults and what finds them', () => {
  const page = readFileSync('spec/owner/README.md', 'utf8');
  const [, table = ''] = /\n\| fault +\| found by +\|\n([^]*?)\n\n/.exec(page) ?? [];
  const finders = [...table.matchAll(/^\| [^-|][^|]* \| ([^|]+)/gm)].map(([, finder = '']) => finder);

  it('names something for each', () => {
    expect(finders.length).toBeGreaterThan(25);
    expect(finders.filter((finder) => !finder.includes('`'))).toEqual([]);
  });

  it('names runs that there are', () => {
    const runs = finders.flatMap((finder) =>
      [...finder.matchAll(/\bruns? ((?:`\w+`(?: and )?)+)/g)].flatMap(([, names = '']) => namesIn(names)),
    );
    expect(runs.filter((name) => name !== 'and' && !isTrialName(name))).toEqual([]);
    expect(runs.length).toBeGreaterThan(10);
  });

  it('names properties that there are', () => {
    const modules = ['Safety', 'liveness/MCLive', 'owner/Owner', 'owner/Clocks', 'models/MCTokens'];
    const text = modules.map((module) => readFileSync(`spec/${module}.tla`, 'utf8')).join('\n');
    const properties = finders.flatMap((finder) => finder.match(/(?<=`)[A-Z][a-z]+[A-Z]\w+(?=`)/g) ?? []);
    expect(properties.length).toBeGreaterThan(5);
    expect(properties.filter((name) => !text.includes(`\n${name} ==`))).toEqual([]);
  });
});
