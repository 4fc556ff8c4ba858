import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filledInput, toolHandler } from '../../hooks/install/index.ts';
import { commitAll, makeRepository, temporaryFolder } from '../../repository/testing/fixture.ts';
import { processPorts } from '../process/process-ports.ts';
import { rhemaIn } from '../testing/direct.ts';
import { held, Session, shopFiles } from '../testing/hook-session.ts';
import { createRealWorld } from '../world/real-world.ts';
import { HookTool } from './hook-tool.ts';

/** A client in a repository whose coordinator is opened in this process; how often it was. */
function clientIn(root: string) {
  const opened: string[] = [];
  const ignoredAsked: string[][] = [];
  const world = createRealWorld(() => '1.2.3');
  const tool = new HookTool({
    ...processPorts(),
    env: { PATH: process.env['PATH'] ?? '' },
    cwd: root,
    world: {
      ...world,
      inspection: {
        ...world.inspection,
        ignoredAmong: (repository, paths) => {
          ignoredAsked.push([...paths]);
          return world.inspection.ignoredAmong(repository, paths);
        },
      },
      connect: (repository, options) => {
        opened.push(repository.commonDir);
        return world.connect(repository, { ...options, direct: true });
      },
    },
  });
  const ask = (event: string, tool_name: string, more: object): Promise<string> => {
    const payload = { session_id: 'one', cwd: root, hook_event_name: event, tool_name, ...more };
    return tool.answer(filledInput(toolHandler('claude', event), payload));
  };
  const edit = (file_path: string, more: object = {}): Promise<string> =>
    ask('PreToolUse', 'Edit', { tool_input: { file_path }, ...more });
  return { ask, edit, opened, ignoredAsked, tool };
}

function shop(): string {
  const root = makeRepository(shopFiles());
  commitAll(root);
  return root;
}

const scopesOf = (locks: readonly string[]): string[] => locks.map((lock) => lock.split(' ')[0] ?? '');

test('an edit locks the file, as the command would; of a file that another has it is refused in JSON', async () => {
  const root = shop();
  const { edit } = clientIn(root);
  await new Session(root, 'two').before('api/b.ts');
  expect(await edit('api/a.ts')).toBe('{}');
  expect(scopesOf(await held(root))).toEqual(['api/a.ts', 'api/b.ts']);
  expect(JSON.parse(await edit('api/b.ts'))).toMatchObject({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: expect.stringMatching(/^rhema: not written, api\/b\.ts is held by/) as string,
    },
  });
});

test('a command of the same session is the same agent, and its claims are the same', async () => {
  const root = shop();
  await clientIn(root).edit('api/a.ts');
  expect((await new Session(root, 'one').before('api/a.ts')).code).toBe(0);
  await new Session(root, 'one').say('SessionEnd');
  expect(await held(root)).toEqual([]);
});

test('a subagent is another agent than its session', async () => {
  const root = shop();
  const { edit } = clientIn(root);
  await edit('api/a.ts');
  await edit('web/w.ts', { agent_id: 'sub' });
  const holders = (await held(root)).map((lock) => lock.split(' ')[1]);
  expect(holders).toEqual([
    expect.stringMatching(/^claude-\w{6}$/),
    `${holders[0]}-${holders[1]?.slice(-4)}`,
  ]);
});

test('who joins through rhema mcp acts as that agent from then on', async () => {
  const root = shop();
  const { ask, edit } = clientIn(root);
  await edit('api/a.ts');
  await rhemaIn(root, 'agent', 'join', 'ann');
  const tool_response = [{ type: 'text', text: 'JOINED as ann.\nYou are ann. Pass agent: "ann.1"' }];
  await ask('PostToolUse', 'mcp__rhema__agent_join', { tool_input: { agent: 'ann' }, tool_response });
  await edit('web/w.ts');
  const locks = await held(root);
  expect(scopesOf(locks)).toEqual(['api/a.ts', 'web/w.ts']);
  expect(locks.every((lock) => lock.includes('ann'))).toBe(true);
});

test('one connection serves all hooks in a repository; nothing else is kept: what changed between two is seen', async () => {
  const root = shop();
  const { edit, opened } = clientIn(root);
  for (const path of ['api/a.ts', 'api/b.ts', 'api/a.ts']) await edit(path);
  expect(opened).toEqual([join(root, '.git')]);
  await new Session(root, 'one').say('SessionEnd');
  await new Session(root, 'two').before('api/a.ts');
  expect(await edit('api/a.ts')).toContain('"permissionDecision":"deny"');
});

test('a coordinator that cannot be had is asked for again by the next hook', async () => {
  const root = shop();
  const world = createRealWorld(() => '1.2.3');
  let tries = 0;
  const connect: typeof world.connect = (repository, options) => {
    tries += 1;
    if (tries === 1) return Promise.reject(new Error('it is gone'));
    return world.connect(repository, { ...options, direct: true });
  };
  const tool = new HookTool({ ...processPorts(), env: {}, cwd: root, world: { ...world, connect } });
  const input = {
    client: 'claude',
    hook_event_name: 'PreToolUse',
    session_id: 'one',
    cwd: root,
    tool_name: 'Edit',
  };
  const edit = { ...input, tool_input: { file_path: 'api/a.ts' } };
  expect(JSON.parse(await tool.answer(edit))).toEqual({
    systemMessage: expect.stringContaining(
      'NOT GUARDED, others may be at work on this: it is gone',
    ) as string,
  });
  expect(await tool.answer(edit)).toBe('{}');
});

test('where nobody is coordinated it says nothing; of what names no client it says so', async () => {
  const { edit, tool } = clientIn(temporaryFolder());
  expect(await edit('a')).toBe('{}');
  await expect(tool.answer({ hook_event_name: 'PreToolUse' })).rejects.toThrow('which client');
});

test.each(['file', 'scope'])(
  'with claims by %s Git is asked once whether it ignores a file',
  async (level) => {
    const root = makeRepository(shopFiles(`  max_locks_per_agent: 4\n  claim: ${level}\n`));
    commitAll(root);
    const { edit, ignoredAsked } = clientIn(root);
    await new Session(root, 'two').before('web/b.ts');
    for (const path of ['api/a.ts', 'api/a.ts', 'web/b.ts', 'web/b.ts']) await edit(path);
    expect(ignoredAsked).toEqual(
      level === 'file' ? [['api/a.ts'], ['web/b.ts']] : [['api/a.ts'], ['web/b.ts'], ['web/b.ts']],
    );
  },
);
