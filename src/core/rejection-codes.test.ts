import { expect, test } from 'vitest';
import { agentId, codeOf, Machine, resourceName, scopePath } from '../../test/support/machine.ts';
import {
  alice,
  configure,
  digest,
  docs,
  failDocs,
  newMachine,
  write,
} from '../../test/support/two-agents.ts';
import type { Decision } from './decision.ts';
import { asSessionId, type Epoch } from './ids.ts';
import type { Addressee } from './message-forms.ts';
import {
  agentsMax,
  contextFilesPerScopeMax,
  messagesPerMinuteMax,
  openViolationsMax,
  scopesMax,
  waitersMax,
} from './limits.ts';
import { rejectionCodes, retryAdvice, type RejectionCode } from './rejection-codes.ts';
import { defaultSettings } from './settings.ts';
import type { Agent, Waiter } from './state.ts';

/** The service gives one of the codes, which looks for requests that the machine has forgotten. */
type MachineCode = Exclude<RejectionCode, 'REQUEST_FORGOTTEN'>;
const machineCodes = rejectionCodes.filter((code): code is MachineCode => code !== 'REQUEST_FORGOTTEN');

const send = (machine: Machine, to: Addressee): Decision =>
  machine.say({ kind: 'SendMessage', agent: alice, to, messageKind: 'info', text: 'hello' });

const violated = (subject: string) =>
  ({ by: 'olga', type: 'LockConsistency', rule: 'LockTimeouts', subject }) as const;
const report = (subject: string) =>
  ({
    kind: 'ReportViolation',
    ...violated(subject),
    path: null,
    evidence: 'seen',
    remedy: 'mend it',
  }) as const;
const settle = (subject: string) =>
  ({ kind: 'SettleViolation', ...violated(subject), end: 'gone', cause: null }) as const;

/** The shortest way to each refusal. */
const dialogues: { readonly [Code in MachineCode]: () => Decision } = {
  REQUEST_ID_REUSED: () => {
    const machine = newMachine();
    machine.say({ kind: 'Heartbeat', agent: alice, requestId: 'r1' });
    return machine.say({ kind: 'AgentLeave', agent: alice, requestId: 'r1' });
  },
  AGENT_NOT_FOUND: () => newMachine().acquire('carol', 'docs'),
  STALE_EPOCH: () => newMachine().say({ kind: 'Heartbeat', agent: alice, epoch: 1 as Epoch }),
  SESSION_MISMATCH: () =>
    newMachine().say({ kind: 'Heartbeat', agent: alice, session: asSessionId('stolen') }),
  AGENT_LOST: () => {
    const machine = newMachine();
    machine.advance(defaultSettings.sessionTtlMs);
    return machine.acquire('alice', 'docs');
  },
  AGENT_ALREADY_JOINED: () =>
    newMachine().say({ kind: 'AgentJoin', agent: alice, session: asSessionId('another'), metadata: {} }),
  NAME_TOO_SIMILAR: () =>
    newMachine().say({ kind: 'AgentJoin', agent: agentId('a1ice'), session: asSessionId('s'), metadata: {} }),
  AGENT_LIMIT_REACHED: () => {
    const machine = new Machine();
    const { agents } = machine.state;
    for (let number = 0; number < agentsMax; number += 1) agents.set(agentId(`a${number}`), {} as Agent);
    return machine.say({ kind: 'AgentJoin', agent: alice, session: asSessionId('s'), metadata: {} });
  },
  TRANSITION_NOT_ALLOWED: () =>
    newMachine().say({ kind: 'SetAgentStatus', agent: alice, status: 'working', reason: null }),
  SETTINGS_INVALID: () => configure(newMachine(), { maxConcurrentAgents: 0 }),
  SETTINGS_IN_USE: () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    machine.acquire('bob', 'api');
    return configure(machine, { maxConcurrentAgents: 1 });
  },
  SCOPE_NOT_FOUND: () => newMachine().acquire('alice', 'nowhere'),
  GRAPH_EMPTY: () => newMachine().define({}),
  SCOPE_LIMIT_REACHED: () =>
    new Machine().say({
      kind: 'DefineScopes',
      scopes: Array.from({ length: scopesMax + 1 }, (_, number) => ({
        path: scopePath(`s${number}`),
        name: 's',
        type: 'library',
        dependencies: [],
      })),
    }),
  SELF_DEPENDENCY: () => newMachine().define({ docs: ['docs'] }),
  DEPENDENCY_UNKNOWN: () => newMachine().define({ docs: ['nowhere'] }),
  DEPENDENCY_LIMIT_REACHED: () => newMachine({ maxDependencies: 1 }).define({ a: [], b: [], c: ['a', 'b'] }),
  DEPENDENCY_CYCLE: () => newMachine().define({ a: ['b'], b: ['a'] }),
  SCOPE_DEPTH_EXCEEDED: () => newMachine({ maxScopeDepth: 1 }).define({ a: ['b'], b: ['c'], c: [] }),
  RESOURCE_NOT_FOUND: () => newMachine().acquire('alice', { resources: ['@deploy'] }),
  ALREADY_WAITING: () => {
    const machine = newMachine();
    machine.acquire('bob', 'docs');
    machine.acquire('alice', 'docs', { wait: 'open' });
    return machine.acquire('alice', 'api', { wait: 'open' });
  },
  AGENT_BLOCKED: () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    machine.say({ kind: 'SetAgentStatus', agent: alice, status: 'blocked', reason: 'needs a decision' });
    return machine.acquire('alice', 'docs');
  },
  AGENT_HOLDS_LOCK: () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    return machine.acquire('alice', 'api');
  },
  LOCK_LIMIT_REACHED: () => newMachine().acquire('alice', ['api', 'docs']),
  FILE_LIMIT_REACHED: () =>
    newMachine({ maxFilesPerAgent: 1 }).acquire('alice', { files: ['docs/a.md', 'docs/b.md'] }),
  RESOURCE_LIMIT_REACHED: () => {
    const resources = { [resourceName('@git')]: 1, [resourceName('@port')]: 2 };
    const machine = newMachine({ resources, maxResourcesPerAgent: 1 });
    machine.acquire('alice', { resources: ['@git'] });
    return machine.acquire('alice', { resources: ['@port'] });
  },
  TTL_TOO_LONG: () => newMachine().acquire('alice', 'docs', { ttlMs: defaultSettings.lockTtlMaxMs + 1 }),
  STALE_FENCING_TOKEN: () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    return machine.release('alice', 'docs', machine.token('docs') - 1);
  },
  LOCK_NOT_HELD: () => newMachine().renew('alice', 'docs'),
  LOCK_HELD: () => {
    const machine = newMachine();
    machine.acquire('bob', 'docs');
    return machine.acquire('alice', 'docs');
  },
  RESERVED_FOR_WAITER: () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.join('carol');
    machine.acquire('bob', 'docs');
    machine.acquire('carol', ['api', 'docs'], { wait: 'open' });
    return machine.acquire('alice', 'api');
  },
  CONCURRENCY_LIMIT: () => {
    const machine = newMachine({ maxConcurrentAgents: 1 });
    machine.acquire('bob', 'api');
    return machine.acquire('alice', 'docs');
  },
  WOULD_DEADLOCK: () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('alice', 'docs');
    machine.acquire('bob', 'api');
    machine.acquire('alice', 'api', { wait: 'open' });
    return machine.acquire('bob', 'docs', { wait: 'open' });
  },
  WAITER_LIMIT_REACHED: () => {
    const machine = newMachine();
    machine.acquire('bob', 'docs');
    const { tickets } = machine.state;
    for (let number = 1; number <= waitersMax; number += 1)
      tickets.set(-number as Waiter['ticket'], {} as Waiter);
    return machine.acquire('alice', 'docs', { wait: 'open' });
  },
  CONTEXT_CONFLICT: () => {
    const machine = newMachine();
    write(machine);
    return write(machine, { baseDigest: 'e'.repeat(64) });
  },
  NO_RECIPIENT: () => send(newMachine(), { kind: 'holder', scope: docs }),
  MESSAGE_LIMIT_REACHED: () => {
    const machine = newMachine();
    for (let sent = 0; sent < messagesPerMinuteMax; sent += 1) send(machine, { kind: 'all' });
    return send(machine, { kind: 'all' });
  },
  VIOLATION_NOT_FOUND: () => newMachine().say(settle('docs')),
  VIOLATION_LIMIT_REACHED: () => {
    const machine = newMachine();
    for (let number = 0; number < openViolationsMax; number += 1) machine.say(report(String(number)));
    return machine.say(report('one more'));
  },
  CONTEXT_LIMIT_REACHED: () => {
    const machine = newMachine();
    for (let number = 0; number < contextFilesPerScopeMax; number += 1)
      machine.state.scopes
        .get(docs)
        ?.contexts.set(`${number}.yaml`, { digest, revision: machine.state.revision, agent: alice });
    return write(machine);
  },
  SYNC_IN_PROGRESS: () => {
    const machine = newMachine();
    machine.startSync('alice', 'docs');
    return machine.startSync('bob', 'docs');
  },
  SYNC_ALREADY_COMPLETED: () => {
    const machine = newMachine();
    machine.startSync('alice', 'docs');
    machine.completeSync('alice', 'docs');
    return machine.startSync('alice', 'docs');
  },
  SYNC_FAILED: () => {
    const machine = newMachine();
    failDocs(machine);
    return machine.startSync('alice', 'docs');
  },
  DEPENDENCY_NOT_SYNCED: () => newMachine().startSync('alice', 'api'),
  SYNC_NOT_RUNNING: () => newMachine().completeSync('alice', 'docs'),
  STALE_SYNC_RUN: () => {
    const machine = newMachine();
    machine.startSync('alice', 'docs');
    return machine.completeSync('bob', 'docs');
  },
  SYNC_NOT_FAILED: () => newMachine().say({ kind: 'RetrySync', scope: docs }),
  RETRY_LIMIT_REACHED: () => {
    const machine = newMachine({ maxRetries: 0 });
    failDocs(machine);
    return machine.say({ kind: 'RetrySync', scope: docs });
  },
  RETRY_TOO_SOON: () => {
    const machine = newMachine();
    failDocs(machine);
    machine.advance(defaultSettings.retryBackoffMs - 1);
    return machine.say({ kind: 'RetrySync', scope: docs });
  },
};

/** What each of these refusals tells a program. */
const facts: { readonly [Code in MachineCode]: Readonly<Record<string, unknown>> } = {
  REQUEST_ID_REUSED: { kind: 'Heartbeat', agent: 'alice', revision: 4 },
  AGENT_NOT_FOUND: { agent: 'carol' },
  STALE_EPOCH: { agent: 'alice', epoch: 1, currentEpoch: 2 },
  SESSION_MISMATCH: { agent: 'alice' },
  AGENT_LOST: { agent: 'alice', lostAtMs: 1_900_000, heldWhenLost: [] },
  AGENT_ALREADY_JOINED: { agent: 'alice', epoch: 2, seenAtMs: 1_000_000, sessionDeadlineMs: 1_900_000 },
  NAME_TOO_SIMILAR: { agent: 'a1ice', similar: 'alice', presence: 'present' },
  AGENT_LIMIT_REACHED: { agentsMax },
  TRANSITION_NOT_ALLOWED: { from: 'idle', to: 'working', allowed: ['completed'], ticket: null },
  SETTINGS_INVALID: { problems: [expect.stringContaining('maxConcurrentAgents')] },
  SETTINGS_IN_USE: { what: expect.stringContaining('2 agents') },
  SCOPE_NOT_FOUND: { scope: 'nowhere', near: [], scopeCount: 2 },
  GRAPH_EMPTY: { scopes: 2 },
  SCOPE_LIMIT_REACHED: { scopes: scopesMax + 1, scopesMax },
  SELF_DEPENDENCY: { scope: 'docs' },
  DEPENDENCY_UNKNOWN: { scope: 'docs', unknown: ['nowhere'] },
  DEPENDENCY_LIMIT_REACHED: { scope: 'c', dependencies: 2, maxDependencies: 1 },
  DEPENDENCY_CYCLE: { cycle: ['a', 'b', 'a'] },
  SCOPE_DEPTH_EXCEEDED: { scope: 'a', depth: 2, maxScopeDepth: 1 },
  RESOURCE_NOT_FOUND: { resource: '@deploy', declared: ['@git'] },
  ALREADY_WAITING: { ticket: 5, scopes: ['docs'], sinceMs: 1_000_000 },
  AGENT_BLOCKED: { agent: 'alice', reason: 'needs a decision', held: ['docs'] },
  AGENT_HOLDS_LOCK: {
    held: ['docs'],
    asked: ['api'],
    heldIn: ['docs'],
    askedIn: ['api'],
    maxLocksPerAgent: 1,
  },
  LOCK_LIMIT_REACHED: { asked: 2, maxLocksPerAgent: 1 },
  FILE_LIMIT_REACHED: { held: 0, asked: 2, maxFilesPerAgent: 1 },
  RESOURCE_LIMIT_REACHED: { held: 1, asked: 1, maxResourcesPerAgent: 1 },
  TTL_TOO_LONG: { ttlMs: 3_600_001, lockTtlMaxMs: 3_600_000 },
  STALE_FENCING_TOKEN: { scope: 'docs', token: 3, currentToken: 4, holder: 'alice' },
  LOCK_NOT_HELD: { scope: 'docs', holder: null, lastEnd: null },
  LOCK_HELD: {
    scope: 'docs',
    holder: 'bob',
    epoch: 3,
    token: 4,
    reason: null,
    grantedAtMs: 1_000_000,
    deadlineMs: 1_060_000,
    queueLength: 0,
  },
  RESERVED_FOR_WAITER: { scope: 'api', waiter: 'carol', ticket: 6, sinceMs: 1_000_000, queueLength: 1 },
  CONCURRENCY_LIMIT: { scopes: ['docs'], holders: ['bob'], maxConcurrentAgents: 1, queueLength: 0 },
  WOULD_DEADLOCK: {
    cycle: [
      { agent: 'bob', waitsFor: 'alice', scope: 'docs' },
      { agent: 'alice', waitsFor: 'bob', scope: 'api' },
    ],
    held: ['api'],
  },
  WAITER_LIMIT_REACHED: { waitersMax },
  CONTEXT_CONFLICT: {
    scope: 'docs',
    file: 'rhema.yaml',
    baseDigest: 'e'.repeat(64),
    currentDigest: digest,
    agent: 'alice',
    revision: 4,
  },
  NO_RECIPIENT: { scope: 'docs' },
  MESSAGE_LIMIT_REACHED: { agent: 'alice', messagesPerMinuteMax, againAtMs: 1_060_000 },
  VIOLATION_NOT_FOUND: { type: 'LockConsistency', rule: 'LockTimeouts', subject: 'docs' },
  VIOLATION_LIMIT_REACHED: { openViolationsMax },
  CONTEXT_LIMIT_REACHED: { scope: 'docs', contextFilesPerScopeMax },
  SYNC_IN_PROGRESS: { scope: 'docs', agent: 'alice', run: 4, startedAtMs: 1_000_000 },
  SYNC_ALREADY_COMPLETED: { scope: 'docs', digest: null, endedAtMs: 1_000_000 },
  SYNC_FAILED: {
    scope: 'docs',
    error: 'it broke',
    failures: 1,
    maxRetries: defaultSettings.maxRetries,
    retryAtMs: 1_005_000,
  },
  DEPENDENCY_NOT_SYNCED: { scope: 'api', dependencies: [{ scope: 'docs', status: 'idle' }] },
  SYNC_NOT_RUNNING: { scope: 'docs', run: 0, status: 'idle' },
  STALE_SYNC_RUN: { scope: 'docs', run: 4, currentRun: 4, agent: 'alice' },
  SYNC_NOT_FAILED: { scope: 'docs', status: 'idle' },
  RETRY_LIMIT_REACHED: { scope: 'docs', failures: 1, maxRetries: 0, error: 'it broke' },
  RETRY_TOO_SOON: { scope: 'docs', retryAtMs: 1_005_000, failures: 1 },
};

test.each(machineCodes)('%s is reached, says what to do and why, and writes nothing', (code) => {
  const decision = dialogues[code]();
  expect(codeOf(decision)).toBe(code);
  const { message, details } = (decision as Extract<Decision, { kind: 'rejected' }>).rejection;
  expect(message.length).toBeGreaterThan(20);
  expect(details).toEqual(facts[code]);
  expect(JSON.parse(JSON.stringify(details))).toEqual(details);
});

test('every code has advice on retrying, and no code is listed twice', () => {
  expect(Object.keys(retryAdvice).toSorted()).toEqual([...rejectionCodes].toSorted());
  expect(new Set(rejectionCodes).size).toBe(rejectionCodes.length);
});

test('a refused command leaves the state untouched', () => {
  const machine = newMachine();
  machine.acquire('bob', 'docs');
  const revision = machine.state.revision;
  machine.acquire('alice', 'docs');
  expect(machine.state.revision).toBe(revision);
});
