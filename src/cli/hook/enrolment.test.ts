import { describe, expect, test } from 'vitest';
import { commitAll, git, makeRepository, write } from '../../repository/testing/fixture.ts';
import { rhemaIn, rhemaWith } from '../testing/direct.ts';
import { held, Session, shopFiles } from '../testing/hook-session.ts';

function shop(more?: string): string {
  const root = makeRepository(shopFiles(more));
  commitAll(root);
  return root;
}

describe('who acts', () => {
  test('a subagent is an agent of its own, and leaves when it ends', async () => {
    const root = shop();
    const [main, sub] = [new Session(root, 'one'), new Session(root, 'one', { agent_id: 'sub-7' })];
    const other = new Session(root, 'one', { agent_id: 'sub-8' });
    await main.before('api/b.ts');
    await other.before('api/a.ts');
    expect((await sub.before('api/a.ts')).code).toBe(2);
    await other.say('SubagentStop');
    expect((await sub.before('api/a.ts')).code).toBe(0);
    expect((await main.before('api/a.ts')).code).toBe(2);
    await sub.say('SubagentStop');
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['api/b.ts']);
  });

  test('a subagent goes on where the agent that started it has edited, but not where that one has a lock by its own word', async () => {
    const root = shop();
    const [main, sub] = [new Session(root, 'one'), new Session(root, 'one', { agent_id: 'sub-7' })];
    await main.before('api/a.ts');
    write(root, { 'api/a.ts': 'of main\n' });
    const [name = ''] = (await held(root)).map((lock) => lock.split(' ')[1] ?? '');
    await rhemaIn(root, 'lock', 'acquire', 'api/b.ts', '--agent', name);
    expect((await sub.before('api/a.ts')).code).toBe(0);
    expect((await sub.before('api/b.ts')).code).toBe(2);
    expect(await held(root)).toEqual([
      expect.stringMatching(/^api\/a\.ts claude-\w{6}-\w{4}$/),
      `api/b.ts ${name}`,
    ]);
  });

  test('what a subagent leaves uncommitted its session holds from then on', async () => {
    const root = shop();
    const [main, sub] = [new Session(root, 'one'), new Session(root, 'one', { agent_id: 'sub-7' })];
    await main.before('api/a.ts');
    write(root, { 'api/a.ts': 'of main\n' });
    await sub.before('api/a.ts');
    await sub.before('api/b.ts');
    await sub.say('SubagentStop');
    expect(await held(root)).toEqual([expect.stringMatching(/^api\/a\.ts claude-\w{6}$/)]);
    expect((await new Session(root, 'two').before('api/a.ts')).code).toBe(2);
  });

  test('what a subagent has locked its session may commit', async () => {
    const root = shop();
    const [main, sub] = [new Session(root, 'one'), new Session(root, 'one', { agent_id: 'sub-7' })];
    await main.before('api/b.ts');
    await sub.before('api/a.ts');
    write(root, { 'api/a.ts': 'of sub\n' });
    git(root, 'add', 'api/a.ts');
    const name = (await held(root)).find((lock) => lock.startsWith('api/b.ts'))?.split(' ')[1] ?? '';
    expect((await rhemaIn(root, 'guard', 'check', '--staged', '--agent', name)).code).toBe(0);
    expect((await rhemaIn(root, 'guard', 'check', '--staged')).code).toBe(3);
    expect((await rhemaIn(root, 'guard', 'check', 'api/a.ts', '--agent', name)).code).toBe(3);
  });

  test('an agent that has joined through rhema mcp acts under that name from then on', async () => {
    const root = shop();
    await rhemaIn(root, 'agent', 'join', 'bob');
    const one = new Session(root, 'one');
    await one.before('api/a.ts');
    const [name = ''] = (await held(root)).map((lock) => lock.split(' ')[1] ?? '');
    write(root, { 'api/a.ts': 'of bob\n' });
    git(root, 'add', '.');
    await one.say('PostToolUse', {
      tool_name: 'mcp__rhema__agent_join',
      tool_response: [
        { type: 'text', text: 'JOINED as bob (epoch 1).\nYou are bob. Pass agent: "bob.1" on each call.' },
      ],
    });
    expect(await held(root)).toEqual(['api/a.ts bob']);
    expect((await one.before('api/b.ts')).code).toBe(0);
    expect(await held(root)).toEqual(['api/a.ts bob', 'api/b.ts bob']);
    // Its shell has the name that it began with.
    const checked = await rhemaWith({ RHEMA_AGENT: name }, root, 'guard', 'check', '--staged');
    expect(checked).toMatchObject({ code: 0 });
    await one.say('SessionEnd');
    expect(await held(root)).toEqual([]);
    expect((await rhemaIn(root, 'agent', 'list')).stdout).toContain('bob');
  });

  test('whoever has set RHEMA_AGENT is that agent', async () => {
    const root = shop();
    await rhemaIn(root, 'agent', 'join', 'ann');
    const one = new Session(root, 'one');
    const edit = { tool_name: 'Edit', tool_input: { file_path: 'api/a.ts' } };
    await one.say('PreToolUse', edit, { RHEMA_AGENT: 'ann' });
    expect(await held(root)).toEqual(['api/a.ts ann']);
  });

  test('one that was taken for lost joins anew, and is told what it held', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await one.before('api/a.ts');
    const { stdout } = await rhemaIn(root, 'agent', 'list', '--json');
    const { agents } = JSON.parse(stdout) as { agents: { agent: string }[] };
    await rhemaIn(root, 'agent', 'leave', agents[0]?.agent ?? '');
    const heard = await one.before('api/b.ts');
    expect(heard.code).toBe(0);
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['api/b.ts']);
  });
});
