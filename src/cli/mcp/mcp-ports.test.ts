import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { makeRepository } from '../../repository/testing/fixture.ts';
import { makePipe } from '../../repository/testing/pipe.ts';
import type { AgentId, ScopePath } from '../../core/index.ts';
import type { Workspace } from '../../mcp/index.ts';
import { Call } from '../call.ts';
import { mcpPorts } from './mcp-ports.ts';
import { FakeCoordinator, type Script } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { agentId, agentView, statusAnswer } from '../testing/samples.ts';

let root = '';
beforeEach(() => (root = makeRepository({ 'api/notes.md': 'x\n' })));

function opened(script: Script = {}, bare = false): Promise<Workspace> {
  const { ports } = new Harness({ coordinator: new FakeCoordinator(script) });
  const commonDir = join(root, '.git');
  const worktree = bare ? null : root;
  const repository = { worktree, mainWorktree: worktree, gitDir: commonDir, commonDir, bare };
  const world = { ...ports.world, locate: async () => repository };
  return mcpPorts(new Call({ ...ports, world }, {}, root)).open();
}

const path = (text: string): ScopePath => text as ScopePath;

it('what an agent records is what the file holds; a pipe in its place is refused, and not waited for', async () => {
  const workspace = await opened();
  expect(await workspace.digestOf(path('api/notes.md'))).toMatch(/^[0-9a-f]{64}$/);
  expect(await workspace.digestOf(path('api/notes.md/inside'))).toBeNull();
  makePipe(join(root, 'api/pipe.md'), 'x');
  await expect(workspace.digestOf(path('api/pipe.md'))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('"api/pipe.md" cannot be recorded') as string,
  });
});

it("nothing is recorded of a bare repository: what lies there is Git's own", async () => {
  const workspace = await opened({}, true);
  await expect(workspace.digestOf(path('config'))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('in a working tree of it') as string,
  });
});

it('a name that cannot be occupied is a failure that names the file in the way', async () => {
  const { sessions } = await opened();
  const note = join(root, '.git/rhema/keepers/alice#1');
  mkdirSync(note, { recursive: true, mode: 0o700 });
  await expect(sessions.occupy('alice' as AgentId)).rejects.toMatchObject({
    code: 'PERMISSION',
    details: { path: note },
  });
});

it.each([
  ['present', 'taken'],
  ['lost', 'ours'],
] as const)(
  'a name whose process is in another container, and whose agent is %s, is %s',
  async (presence, kind) => {
    const agents = [agentView({ agent: agentId('alice'), presence })];
    const { sessions } = await opened({ answers: { status: () => statusAnswer({ agents }) } });
    const notes = join(root, '.git/rhema/keepers');
    mkdirSync(notes, { recursive: true, mode: 0o700 });
    const elsewhere = { pid: 4, start: 'then', namespace: 'pid:[1]' };
    writeFileSync(join(notes, 'alice#1'), JSON.stringify({ process: elsewhere, sinceMs: 5 }));
    expect(await sessions.occupy(agentId('alice'))).toMatchObject({ kind });
  },
);
