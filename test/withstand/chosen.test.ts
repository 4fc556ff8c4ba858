import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { McpClient } from '../mcp/support/mcp-process.ts';
import { rhema, rhemaJson, start } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';

/** The environment, as in a hook, speaks of one repository; the other is chosen. */
let named: Sandbox;
let chosen: Sandbox;
beforeEach(() => {
  [named, chosen] = [new Sandbox({ web: [] }), new Sandbox({ api: [] })];
  Object.assign(named.env, {
    GIT_DIR: named.commonDir,
    GIT_COMMON_DIR: named.commonDir,
    GIT_WORK_TREE: named.worktree,
    GIT_INDEX_FILE: `${named.commonDir}/index`,
  });
});
afterEach(async () => {
  await named.clear();
  await chosen.clear();
});

describe('a repository that is chosen outranks the one that the environment names', () => {
  it.each([[[]], [['--direct']]])('for a command, and for the owner that it starts: %j', async (way) => {
    const words = [cliMain, '-C', chosen.worktree, ...way, 'scope', 'list', '--json'];
    const { stdout } = await start(named, process.execPath, words).ended;
    const { scopes } = JSON.parse(stdout) as { readonly scopes: readonly { readonly path: string }[] };
    expect(scopes.map(({ path }) => path)).toEqual(['.', 'api']);
    expect([existsSync(chosen.paths.database), existsSync(named.paths.database)]).toEqual([true, false]);
  });

  it('for a client: what it is granted, nobody else is granted there', async () => {
    const client = await McpClient.start(named, 'modern', '--repo', chosen.worktree);
    await client.join('ann');
    expect(await client.acquire('ann', 'api')).toMatchObject({ isError: false });
    expect((await rhema(chosen, 'agent', 'join', 'bob')).code).toBe(0);
    const asked = await rhemaJson(chosen, 'lock', 'acquire', 'api', '--agent', 'bob');
    expect(asked).toMatchObject({ exitCode: 3, envelope: { code: 'LOCK_HELD' } });
    await client.close();
  });
});

it('without a choice the environment decides, wherever one is', async () => {
  const words = [cliMain, 'scope', 'list', '--json'];
  Object.assign(chosen.env, { GIT_DIR: named.commonDir });
  const { stdout } = await start(chosen, process.execPath, words).ended;
  expect(stdout).toContain('"path":"web"');
  expect(existsSync(chosen.paths.database)).toBe(false);
});
