import { beforeEach, expect, it } from 'vitest';
import { asDurationMs } from '../../core/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { noSync, scopePath, syncedTree } from '../testing/samples.ts';
import type { AllowedCommand } from '../world/allowed-commands.ts';

let kept: readonly AllowedCommand[];
let commands: Record<string, string>;

beforeEach(() => {
  kept = [];
  commands = { api: 'make test', web: 'npm test' };
});

const harness = (answer?: string): Harness =>
  new Harness({
    coordinator: new FakeCoordinator({}),
    terminal: answer !== undefined,
    questions: { select: async () => answer as never },
    inspection: {
      scan: async () => ({
        ...(await syncedTree.inspection.scan()),
        sync: {
          ...noSync,
          commands: new Map(
            Object.entries(commands).map(([scope, run]) => [
              scopePath(scope),
              { run, timeoutMs: asDurationMs(1_000) },
            ]),
          ),
        },
      }),
    },
    syncs: { allowed: () => kept, allow: (_env, _repository, allowed) => void (kept = allowed) },
  });

it('keeps the commands that are declared, word for word, and asks for each other one anew', async () => {
  expect((await harness().run('sync', 'allow', '--yes')).stdout).toBe(
    '2 commands allowed:\n  api: make test\n  web: npm test\n',
  );
  expect((await harness().run('sync', 'allow', '--yes')).stdout).toBe(
    'all commands of scopes are allowed already\n',
  );
  commands = { api: 'make  test', web: 'npm test' };
  expect((await harness().json('sync', 'allow', '--yes')).body).toMatchObject({
    allowed: [{ scope: 'api', run: 'make  test' }],
  });
});

it('allows nothing where nobody has said so', async () => {
  expect(await harness().run('sync', 'allow')).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('make test') as string,
  });
  expect((await harness('no').run('sync', 'allow')).stdout).toContain('nothing was allowed');
  expect(kept).toEqual([]);
  expect((await harness('yes').run('sync', 'allow')).stdout).toContain('2 commands allowed');
});

it('allows to run them by themselves only where that is said, and takes that back from none', async () => {
  await harness().run('sync', 'allow', '--yes');
  expect(kept.map(({ auto }) => auto)).toEqual([false, false]);
  expect((await harness().run('sync', 'allow', '--yes', '--auto')).stdout).toContain('2 commands allowed');
  commands = { ...commands, docs: 'make docs' };
  await harness().run('sync', 'allow', '--yes');
  expect(kept).toEqual([
    { scope: 'api', run: 'make test', auto: true },
    { scope: 'web', run: 'npm test', auto: true },
    { scope: 'docs', run: 'make docs', auto: false },
  ]);
});
