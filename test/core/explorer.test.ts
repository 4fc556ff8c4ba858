import { describe, expect, test } from 'vitest';
import { asDurationMs, asSessionId, type Settings, type State } from '../../src/core/index.ts';
import { agentId, Machine, scopePath, type SaidCommand } from '../support/machine.ts';
import { explore, type Step } from './explorer.ts';

const names = ['alice', 'bob'] as const;

/** Two agents and two scopes, web on docs; all durations are one to three ticks. */
function newMachine(settings: Partial<Settings>): State {
  const machine = new Machine({
    lockTtlMs: asDurationMs(2),
    lockTtlMaxMs: asDurationMs(2),
    maxBlockMs: asDurationMs(2),
    maxContendedHoldMs: asDurationMs(1),
    sessionTtlMs: asDurationMs(3),
    retryBackoffMs: asDurationMs(1),
    maxRetries: 1,
    ...settings,
  });
  machine.define({ docs: [], web: ['docs'] });
  for (const name of names) machine.join(name);
  return machine.state;
}

function step(name: string, say: (state: State) => SaidCommand): Step {
  return {
    name,
    waitMs: 0,
    command: (state, nowMs) => {
      const machine = new Machine();
      machine.nowMs = nowMs;
      return completed(state, machine, say(state));
    },
  };
}

function completed(state: State, machine: Machine, said: SaidCommand): ReturnType<Machine['complete']> {
  const epoch = 'agent' in said ? (state.agents.get(said.agent)?.epoch ?? 0) : 0;
  return machine.complete({ ...said, ...('agent' in said ? { epoch } : {}) } as SaidCommand);
}

const tick: Step = { name: 'tick', waitMs: 1, command: () => null };

function acquires(name: string): Step[] {
  const wishes = [['docs'], ['web'], ['docs', 'web']];
  return wishes.map((scopes) =>
    step(`${name} acquires ${scopes.join('+')}`, () => ({
      kind: 'AcquireLock',
      agent: agentId(name),
      scopes: scopes.map(scopePath),
      ttlMs: null,
      wait: { kind: 'queue', forMs: null },
      reason: null,
    })),
  );
}

const lockSteps: readonly Step[] = [
  tick,
  ...names.flatMap(acquires),
  ...names.flatMap((name) => {
    const agent = agentId(name);
    return [
      step(`${name} releases`, () => ({ kind: 'ReleaseLock', agent, scopes: null, token: null })),
      step(`${name} beats`, () => ({ kind: 'Heartbeat', agent })),
      step(`${name} cancels`, () => ({ kind: 'CancelWait', agent })),
      step(`${name} is blocked`, () => ({ kind: 'SetAgentStatus', agent, status: 'blocked', reason: 'so' })),
      step(`${name} goes on`, () => ({ kind: 'SetAgentStatus', agent, status: 'working', reason: null })),
      step(`${name} is done`, () => ({ kind: 'SetAgentStatus', agent, status: 'completed', reason: null })),
    ];
  }),
  step('alice joins', () => ({
    kind: 'AgentJoin',
    agent: agentId('alice'),
    session: asSessionId('session of alice'),
    metadata: {},
  })),
  step('alice leaves', () => ({ kind: 'AgentLeave', agent: agentId('alice') })),
  step('docs is revoked', () => ({ kind: 'RevokeLock', scope: scopePath('docs'), reason: null })),
  step('web is removed', () => ({ kind: 'RemoveScope', scope: scopePath('web') })),
];

const syncSteps: readonly Step[] = [
  tick,
  ...['docs', 'web'].flatMap((path) => {
    const scope = scopePath(path);
    const agent = agentId('alice');
    const run = (state: State) => state.syncs.get(scope)?.run ?? (0 as never);
    return [
      step(`start ${path}`, () => ({ kind: 'StartSync', agent, scope })),
      step(`complete ${path}`, (state) => ({
        kind: 'CompleteSync',
        agent,
        scope,
        run: run(state),
        digest: null,
        syncedAgainst: {},
      })),
      step(`fail ${path}`, (state) => ({ kind: 'FailSync', agent, scope, run: run(state), error: 'e' })),
      step(`retry ${path}`, () => ({ kind: 'RetrySync', scope })),
      step(`reset ${path}`, () => ({ kind: 'ResetSync', scope })),
      step(`abort ${path}`, () => ({ kind: 'AbortSync', scope, reason: null })),
      step(`change ${path}`, () => ({ kind: 'InvalidateSync', scope, reason: null })),
    ];
  }),
  step('alice beats', () => ({ kind: 'Heartbeat', agent: agentId('alice') })),
  step('web is removed', () => ({ kind: 'RemoveScope', scope: scopePath('web') })),
];

/** More steps than it takes to reach every state there is. */
const depthMax = 60;

describe('no state that can be reached violates an invariant', () => {
  test.each([
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
  ])(
    'of locks and queue, with %i agents at once and %i locks each',
    (maxConcurrentAgents, maxLocksPerAgent) => {
      const found = explore(newMachine({ maxConcurrentAgents, maxLocksPerAgent }), lockSteps, depthMax);
      expect(found.complete).toBe(true);
      expect(found.states).toBeGreaterThan(500);
      expect(found.seen.has('WOULD_DEADLOCK')).toBe(maxLocksPerAgent > 1);
    },
  );

  test.each([true, false])('of syncs, with dependency checking %s', (dependencyChecking) => {
    const found = explore(newMachine({ dependencyChecking }), syncSteps, depthMax);
    expect(found.complete).toBe(true);
    expect(found.states).toBeGreaterThan(30);
    expect(found.seen).toContain('sync.invalidated');
  });
});
