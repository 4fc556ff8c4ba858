import type { Decision, FencingToken, Settings } from '../../src/core/index.ts';
import { agentId, Machine, scopePath } from './machine.ts';

export const alice = agentId('alice');
export const docs = scopePath('docs');
export const digest = 'd'.repeat(64);

/** Alice and Bob, and the scopes docs and api; api depends on docs. */
export function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine(settings);
  machine.define({ docs: [], api: ['docs'] });
  machine.join('alice');
  machine.join('bob');
  return machine;
}

export function write(
  machine: Machine,
  change: { token?: number; baseDigest?: string; file?: string } = {},
): Decision {
  return machine.say({
    kind: 'ContextModify',
    agent: alice,
    scope: docs,
    file: change.file ?? 'rhema.yaml',
    token: (change.token ?? null) as FencingToken | null,
    digest,
    baseDigest: change.baseDigest ?? null,
  });
}

export function configure(machine: Machine, change: Partial<Settings>): Decision {
  return machine.say({ kind: 'Configure', settings: { ...machine.state.settings, ...change } });
}

export function failDocs(machine: Machine): void {
  machine.startSync('alice', 'docs');
  machine.failSync('alice', 'docs');
}
