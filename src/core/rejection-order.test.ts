import { describe, expect, test } from 'vitest';
import { agentId, codeOf, scopePath } from '../../test/support/machine.ts';
import { alice, configure, docs, failDocs, newMachine, write } from '../../test/support/two-agents.ts';
import type { Decision } from './decision.ts';
import { asDurationMs, asSessionId, type Epoch, type FencingToken } from './ids.ts';
import { rejectionCodes, type RejectionCode } from './rejection-codes.ts';
import { defaultSettings } from './settings.ts';

describe('when several reasons apply, the first in the list is given', () => {
  const rows: readonly (readonly [string, readonly RejectionCode[], () => Decision])[] = [
    [
      'an unknown agent with a wrong session',
      ['AGENT_NOT_FOUND', 'SESSION_MISMATCH'],
      () => newMachine().say({ kind: 'Heartbeat', agent: agentId('carol'), session: asSessionId('x') }),
    ],
    [
      'an old epoch with a wrong session',
      ['STALE_EPOCH', 'SESSION_MISMATCH'],
      () =>
        newMachine().say({ kind: 'Heartbeat', agent: alice, epoch: 1 as Epoch, session: asSessionId('x') }),
    ],
    [
      'a lost agent with a wrong session',
      ['SESSION_MISMATCH', 'AGENT_LOST'],
      () => {
        const machine = newMachine();
        machine.advance(defaultSettings.sessionTtlMs);
        return machine.say({ kind: 'Heartbeat', agent: alice, session: asSessionId('x') });
      },
    ],
    [
      'an unknown scope asked for by a lost agent',
      ['AGENT_LOST', 'SCOPE_NOT_FOUND'],
      () => {
        const machine = newMachine();
        machine.advance(defaultSettings.sessionTtlMs);
        return machine.acquire('alice', 'nowhere');
      },
    ],
    [
      'a holder asking for a second, busy scope for too long',
      ['AGENT_HOLDS_LOCK', 'TTL_TOO_LONG', 'LOCK_HELD'],
      () => {
        const machine = newMachine();
        machine.acquire('alice', 'docs');
        machine.acquire('bob', 'api');
        return machine.acquire('alice', 'api', { ttlMs: defaultSettings.lockTtlMaxMs + 1 });
      },
    ],
    [
      'a busy scope where no place is free',
      ['LOCK_HELD', 'CONCURRENCY_LIMIT'],
      () => {
        const machine = newMachine({ maxConcurrentAgents: 1 });
        machine.acquire('bob', 'docs');
        return machine.acquire('alice', 'docs');
      },
    ],
    [
      'an old token for a scope that another holds by now',
      ['STALE_FENCING_TOKEN', 'LOCK_NOT_HELD'],
      () => {
        const machine = newMachine();
        machine.acquire('bob', 'docs');
        return machine.renew('alice', 'docs', { token: 1 });
      },
    ],
    [
      'a write of a holder that is blocked and presents an old token',
      ['AGENT_BLOCKED', 'STALE_FENCING_TOKEN'],
      () => {
        const machine = newMachine();
        machine.acquire('alice', 'docs');
        machine.say({ kind: 'SetAgentStatus', agent: alice, status: 'blocked', reason: 'stuck' });
        return write(machine, { token: 1 });
      },
    ],
    [
      'a release of what is held under an old token, and of what is no scope',
      ['SCOPE_NOT_FOUND', 'STALE_FENCING_TOKEN'],
      () => {
        const machine = newMachine();
        machine.acquire('alice', 'docs');
        const scopes = [docs, scopePath('nowhere')];
        return machine.say({ kind: 'ReleaseLock', agent: alice, scopes, token: 1 as FencingToken });
      },
    ],
    [
      'a release under an old token of what another holds',
      ['STALE_FENCING_TOKEN', 'LOCK_NOT_HELD'],
      () => {
        const machine = newMachine();
        machine.acquire('bob', 'docs');
        return machine.release('alice', 'docs', 1);
      },
    ],
    [
      'a write on an old view of a scope that another holds',
      ['LOCK_HELD', 'CONTEXT_CONFLICT'],
      () => {
        const machine = newMachine();
        write(machine);
        machine.release('alice');
        machine.acquire('bob', 'docs');
        return write(machine, { baseDigest: 'e'.repeat(64) });
      },
    ],
    [
      'a graph with a cycle and too many dependencies',
      ['DEPENDENCY_LIMIT_REACHED', 'DEPENDENCY_CYCLE'],
      () => newMachine({ maxDependencies: 1 }).define({ a: ['b'], b: ['a', 'c'], c: [] }),
    ],
    [
      'a failed sync whose budget is used up, retried too soon',
      ['RETRY_LIMIT_REACHED', 'RETRY_TOO_SOON'],
      () => {
        const machine = newMachine({ maxRetries: 0 });
        failDocs(machine);
        return machine.say({ kind: 'RetrySync', scope: docs });
      },
    ],
    [
      'settings that are invalid and in use',
      ['SETTINGS_INVALID', 'SETTINGS_IN_USE'],
      () => {
        const machine = newMachine();
        machine.acquire('alice', 'docs');
        return configure(machine, { maxConcurrentAgents: 0, lockTtlMs: asDurationMs(0) });
      },
    ],
    [
      'settings too small for what is held and for the graph',
      ['SETTINGS_IN_USE', 'DEPENDENCY_LIMIT_REACHED'],
      () => {
        const machine = newMachine();
        machine.acquire('alice', 'docs');
        machine.acquire('bob', 'api');
        return configure(machine, { maxConcurrentAgents: 1, maxDependencies: 0 });
      },
    ],
  ];

  test.each(rows)('%s', (_story, codes, dialogue) => {
    expect(codeOf(dialogue())).toBe(codes[0]);
    const places = codes.map((code) => rejectionCodes.indexOf(code));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});
