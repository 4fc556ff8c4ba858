import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as core from '../core/index.ts';
import type { Violation } from '../core/index.ts';
import type { Evidence } from './evidence.ts';
import { acquire, defineScopes, join, kindsIn, openBench, resultOf } from './testing.ts';

/** What the invariants find: a bug that the core does not have must be made up. */
const found: Violation[] = [];

vi.mock('../core/index.ts', async (original) => ({
  ...(await original<typeof core>()),
  violations: () => [...found],
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

  it('is kept as evidence, and everybody is told where: who calls, who waits, and who comes later', async () => {
    const kept: Evidence[] = [];
    const keepEvidence = (evidence: Evidence): string => `evidence ${kept.push(evidence)}`;
    const { service } = await openBench({ options: { keepEvidence, checkInvariants: 'always' } });
    await defineScopes(service, 'a');
    const [ann, bob] = [await join(service, 'ann'), await join(service, 'bob')];
    await acquire(service, ann, 'a');
    const { ticket } = resultOf(await acquire(service, bob, 'a', true), 'queued');
    const waiting = service.awaitTicket({ agent: bob.agent, ticket });
    await service.query({ kind: 'health' });
    found.push(bug);
    const told = { code: 'INTERNAL', details: { violations: [bug], evidence: 'evidence 1' } };
    const failed = expect(waiting).rejects.toMatchObject(told);
    await expect(join(service, 'carl')).rejects.toMatchObject(told);
    await failed;
    found.splice(0);
    await expect(join(service, 'dora')).rejects.toMatchObject(told);
    await expect(service.awaitTicket({ agent: bob.agent, ticket })).rejects.toMatchObject(told);
    const [evidence] = kept;
    expect(evidence).toMatchObject({ violations: [bug], entry: { kind: 'AgentJoin', agent: 'carl' } });
    expect(evidence?.tail.at(-1)).toMatchObject({ kind: 'AcquireLock', agent: 'bob' });
    expect(JSON.parse(evidence?.state ?? '{}')).toMatchObject({ revision: evidence?.entry.revision });
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
