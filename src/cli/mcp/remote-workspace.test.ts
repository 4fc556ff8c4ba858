import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { AgentId, Epoch, ScopePath } from '../../core/index.ts';
import type { Workspace } from '../../mcp/index.ts';
import { makeRepository } from '../../repository/testing/fixture.ts';
import { Call } from '../call.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { realInspection } from '../world/real-inspection.ts';
import { remoteWorkspace } from './remote-workspace.ts';

let root = '';
beforeEach(() => (root = makeRepository({ 'api/notes.md': 'x\n', 'api/rhema.yaml': 'name: api\n' })));

function opened(token = 'ci'): Workspace {
  const coordinator = new FakeCoordinator({});
  const { ports } = new Harness({ coordinator });
  const commonDir = join(root, '.git');
  const repository = { worktree: root, mainWorktree: root, gitDir: commonDir, commonDir, bare: false };
  const world = { ...ports.world, inspection: realInspection, locate: async () => repository };
  return remoteWorkspace(new Call({ ...ports, world }, {}, root), repository, coordinator, token);
}

const path = (text: string): ScopePath => text as ScopePath;

it('paths are text, and nothing that is said of one tells where the repository lies', async () => {
  const workspace = opened();
  expect(await workspace.scopePath('api/rhema.yaml')).toEqual({ ok: true, value: 'api' });
  expect(await workspace.filePath('api/notes.md')).toEqual({ ok: true, value: 'api/notes.md' });
  for (const text of ['/etc/passwd', '/home/me/shop/api', '../other', 'api/../../other'])
    for (const parsed of [await workspace.scopePath(text), await workspace.filePath(text)]) {
      expect(parsed.ok).toBe(false);
      expect(JSON.stringify(parsed)).not.toContain(root);
    }
});

it('what lies behind a link out of the working tree is not told, nor whether anything does', async () => {
  const outside = join(tmpdir(), `rhema-outside-${process.pid}`);
  mkdirSync(outside, { recursive: true });
  writeFileSync(join(outside, 'secret'), 'x');
  symlinkSync(outside, join(root, 'link'));
  const workspace = opened();
  expect(await workspace.liesAt(path('api/notes.md'))).toBe('file');
  expect(await workspace.liesAt(path('api'))).toBe('folder');
  for (const text of ['link', 'link/secret', 'link/nothing'])
    expect(await workspace.liesAt(path(text))).toBe('nothing');
  rmSync(outside, { recursive: true });
});

it('no file of a caller is read or written, and no process is bound', async () => {
  const workspace = opened();
  expect(() => workspace.digestOf(path('api/notes.md'))).toThrow('on your machine');
  expect(() => workspace.contexts.files()).toThrow('on your machine');
  expect(await workspace.filesThere()).toEqual([]);
  expect(workspace).not.toHaveProperty('process');
  expect(workspace.about).toEqual({});
});

it('what lets an agent act is kept for its token alone, in files that only this user reads', async () => {
  const agent = 'ci-1' as AgentId;
  const session = { agent, epoch: 3 as Epoch, secret: 'ab'.repeat(32) };
  await opened().sessions.write(session);
  expect(await opened().sessions.read(agent)).toEqual(session);
  expect(await opened('other').sessions.read(agent)).toBeNull();
  const folders = readdirSync(join(root, '.git/rhema')).filter((name) => name.startsWith('sessions'));
  expect(folders).toHaveLength(1);
  const kept = join(root, '.git/rhema', folders[0] ?? '');
  expect(statSync(kept).mode & 0o077).toBe(0);
  for (const file of readdirSync(kept)) expect(statSync(join(kept, file)).mode & 0o077).toBe(0);
  await opened().sessions.forget(agent);
  expect(await opened().sessions.read(agent)).toBeNull();
});
