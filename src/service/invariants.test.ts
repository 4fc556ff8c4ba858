import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as core from '../core/index.ts';
import type { Violation } from '../core/index.ts';
import { defineScopes, join, kindsIn, openBench } from './testing.ts';

/** What the invariants find: a bug that the core does not have must be made up. */
const found: Violation[] = [];

vi.mock('../core/index.ts', async (original) => ({
  ...(await original<typeof core>()),
  violations: () => found,
}));

afterEach(() => void found.splice(0));

const bug: Violation = { invariant: 'LockConsistency', subject: 'a', evidence: 'two holders' };

describe('a state that must not exist', () => {
  it('is never written: the batch is refused, writing stops, and that is reported', async () => {
    const { service, store, problems } = await openBench();
    await defineScopes(service, 'a');
    const before = await kindsIn(store);
    found.push(bug);
    await expect(join(service, 'ann')).rejects.toMatchObject({ code: 'INTERNAL', retryable: false });
    found.splice(0);
    await expect(join(service, 'bob')).rejects.toThrow('LockConsistency does not hold after AgentJoin');
    expect(await kindsIn(store)).toEqual(before);
    expect(problems).toMatchObject([{ kind: 'violation' }]);
    expect(service.health().ok).toBe(false);
  });

  it('leaves the last good state to be read', async () => {
    const { service } = await openBench();
    found.push(bug);
    await expect(join(service, 'ann')).rejects.toThrow('LockConsistency');
    found.splice(0);
    expect(await service.query({ kind: 'status', at: null })).toMatchObject({ revision: 1, agents: [] });
  });

  it('is not looked for where checks are switched off', async () => {
    const { service } = await openBench({ options: { checkInvariants: 'never' } });
    found.push(bug);
    await expect(join(service, 'ann')).resolves.toMatchObject({ agent: 'ann' });
  });
});
