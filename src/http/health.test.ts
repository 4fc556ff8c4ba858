import { expect, it } from 'vitest';
import { bodyOf, openStage, principal } from './testing.ts';

async function failedChecks(invariant: string | null, over: object = {}): Promise<unknown> {
  const query = async (): Promise<object> => ({
    ok: true,
    violations: invariant === null ? [] : [{ invariant, subject: 'a', evidence: 'seen' }],
  });
  const { call } = await openStage({ coordinator: { query } as never, ...over });
  const response = await call('/readyz', { token: null });
  const { ok, checks } = (await bodyOf(response)) as { ok: boolean; checks: Record<string, boolean> };
  expect([response.status, ok]).toEqual(ok ? [200, true] : [503, false]);
  return Object.keys(checks).filter((check) => checks[check] === false);
}

it.each([
  [null, []],
  ['AgentStateConsistency', ['agent_coordination', 'safety_invariants']],
  ['OneLockPerAgent', ['lock_consistency', 'safety_invariants']],
  ['BoundedRetries', ['sync_status', 'safety_invariants']],
  ['ContextConsistency', ['safety_invariants']],
])('where %s does not hold, these checks are not passed: %j', async (invariant, failed) => {
  expect(await failedChecks(invariant)).toEqual(failed);
});

it('a log that cannot be written is told of, and so is a coordinator that has stopped', async () => {
  expect(await failedChecks(null, { canWrite: async () => false })).toEqual(['log']);
  const stopped = async (): Promise<object> => ({ ok: false, violations: [] });
  expect(await failedChecks(null, { coordinator: { query: stopped } as never })).toEqual([
    'agent_coordination',
  ]);
});

it('whoever has a token is told by which program he is served, and until when', async () => {
  const stage = await openStage();
  stage.tokens.set('soon', { ...principal('soon', 'observer'), expiresAtMs: 7 } as never);
  expect(await bodyOf(await stage.call('/api/v1/about', { token: 'soon' }))).toEqual({
    version: '1.2.3',
    api: 'v1',
    nowMs: stage.time.wallMs(),
    commit: 'c0ffee',
    roots: ['c0ffee0'],
    token: { name: 'soon', role: 'observer', agents: [], expiresAtMs: 7 },
  });
  expect((await stage.call('/api/v1/about', { token: null })).status).toBe(401);
});
