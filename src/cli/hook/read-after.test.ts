import { describe, expect, test } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import { Session, shopFiles } from '../testing/hook-session.ts';

function shop(): string {
  const root = makeRepository(shopFiles());
  commitAll(root);
  return root;
}

async function changeBehind(root: string): Promise<void> {
  const other = new Session(root, 'other');
  await other.before('api/a.ts');
  write(root, { 'api/a.ts': 'of the other\n' });
  await other.after('api/a.ts');
  await other.say('SessionEnd');
}

const changed = [2, expect.stringContaining('api/a.ts changed since you read it')];

describe('a read of which a client tells only when it is over', () => {
  test.each(['Read', 'ReadFile'])('by %s of Cursor, is known: what changed since is stale', async (tool) => {
    const root = shop();
    const cursor = { conversation_id: 'one', generation_id: 'g', workspace_roots: [root], cwd: undefined };
    const one = new Session(root, 'one', cursor, 'cursor');
    await one.tool('postToolUse', tool, 'api/a.ts');
    await changeBehind(root);
    const refused = await one.tool('preToolUse', 'Write', 'api/a.ts');
    expect([refused.code, refused.told]).toEqual(changed);
    expect((await one.tool('preToolUse', 'Write', 'api/a.ts')).code).toBe(0);
  });

  test('by a hook of which only PostToolUse is left, is known as well, also in the shell', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.after('api/a.ts', 'Read');
    await two.say('PostToolUse', { tool_name: 'Bash', tool_input: { command: 'cat api/a.ts' } });
    await changeBehind(root);
    for (const session of [one, two]) {
      const refused = await session.before('api/a.ts');
      expect([refused.code, refused.told]).toEqual(changed);
      await session.say('SessionEnd');
    }
  });
});

test.each(['Read', 'Bash'])('what was written while a file was read (%s) was not read', async (tool_name) => {
  const root = shop();
  for (const id of [{ tool_use_id: 'r' }, {}]) {
    write(root, { 'api/a.ts': 'a\n' });
    const one = new Session(root, `one ${Object.keys(id).join()}`);
    const read = { tool_name, tool_input: { file_path: 'api/a.ts', command: 'cat api/a.ts' }, ...id };
    await one.say('PreToolUse', read);
    await changeBehind(root);
    await one.say('PostToolUse', read);
    const refused = await one.before('api/a.ts');
    expect([refused.code, refused.told]).toEqual(changed);
    await one.say('SessionEnd');
  }
});
