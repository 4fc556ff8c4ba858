import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newRequestId, statePaths } from '../client/index.ts';
import { findRepository } from '../repository/index.ts';
import type { AgentId } from '../core/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import { openDirect } from './index.ts';
import { accepted, acquire, grants, joinAs, TestRepository } from './testing/repository.ts';

let repository: TestRepository;
const opened: Coordinator[] = [];
beforeEach(() => (repository = new TestRepository('api')));
afterEach(async () => {
  for (const coordinator of opened.splice(0)) await coordinator.close();
  repository.remove();
});

async function open(): Promise<Coordinator> {
  const found = await findRepository({ cwd: repository.root, env: {} });
  const coordinator = await openDirect({ repository: found, version: '1.0.0', env: {} });
  opened.push(coordinator);
  return coordinator;
}

it('keeps what was decided for the next who opens the log', async () => {
  const first = await open();
  const agent = await joinAs(first, 'alice');
  grants(await accepted(first, acquire(agent, 'api')));
  await first.close();
  const second = await open();
  const { locks } = await second.query({ kind: 'status', at: null });
  expect(locks).toMatchObject([{ scope: 'api', agent: 'alice' }]);
});

it('refuses what was planted in the place of its files, and says so of whatever is there', async () => {
  const { witness, log } = statePaths(repository.commonDir);
  const refusal = { code: 'PERMISSION', details: { path: witness } };
  symlinkSync(log, witness);
  await expect(open()).rejects.toMatchObject(refusal);
  expect(existsSync(log)).toBe(false);
  rmSync(witness);
  mkdirSync(witness);
  await expect(open()).rejects.toMatchObject(refusal);
});

it('says how it works in its health', async () => {
  const coordinator = await open();
  expect(await coordinator.query({ kind: 'health' })).toMatchObject({
    mode: 'direct',
    version: '1.0.0',
    socket: null,
    storePath: statePaths(repository.commonDir).database,
  });
});

it('lets nothing in that the owner would not', async () => {
  const coordinator = await open();
  const secret = 'short';
  const command = { kind: 'AgentJoin', agent: 'alice' as AgentId, secret, metadata: {} } as const;
  await expect(coordinator.submit({ requestId: newRequestId(), command })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { path: 'command.secret' },
  });
  await expect(coordinator.query({ kind: 'nonsense' } as never)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

it('finds a scope that was written a moment ago', async () => {
  const coordinator = await open();
  const agent = await joinAs(coordinator, 'alice');
  repository.addScope('web');
  expect(grants(await accepted(coordinator, acquire(agent, 'web')))).toHaveLength(1);
});

it('a bound that was raised as its refusal advises is in force at the next try', async () => {
  const coordinator = await open();
  const agent = await joinAs(coordinator, 'alice');
  const long = acquire(agent, 'api', { ttlMs: 2 * 3_600_000 });
  await expect(accepted(coordinator, long)).rejects.toThrow('raise lock_timeout_max');
  repository.addScope('.', 'agent_coordination:\n  lock_timeout_max: 3h\n');
  expect(grants(await accepted(coordinator, long))).toHaveLength(1);
});

it('refuses a scope that is nowhere', async () => {
  const coordinator = await open();
  const agent = await joinAs(coordinator, 'alice');
  await expect(accepted(coordinator, acquire(agent, 'nowhere'))).rejects.toThrow('SCOPE_NOT_FOUND');
});

it('keeps the last good graph when a cycle is written, and shows the problem', async () => {
  const coordinator = await open();
  repository.addScope('api', 'dependencies:\n  - path: ../web\n');
  repository.addScope('web', 'dependencies:\n  - path: ../api\n');
  expect(await coordinator.refresh()).toMatchObject({ accepted: false });
  const { scopes, problems } = await coordinator.query({ kind: 'scopes' });
  expect(scopes.map(({ path }) => path)).toEqual(['api']);
  expect(problems).toContainEqual(expect.objectContaining({ code: 'DEPENDENCY_CYCLE', severity: 'error' }));
});

it('leaves no log where coordination is switched off', async () => {
  repository.addScope('.', 'agent_coordination:\n  enabled: false\n');
  await expect(open()).rejects.toMatchObject({ code: 'DISABLED' });
  expect(existsSync(statePaths(repository.commonDir).directory)).toBe(false);
});
