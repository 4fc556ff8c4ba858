import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder.ts';
import { isPlugin, pluginCommand, pluginText } from './opencode.ts';

type Hooks = Record<string, (...given: unknown[]) => Promise<void>>;

interface Plugin {
  readonly Rhema: (at: { directory: string; worktree: string }) => Promise<Hooks>;
}

/** The plugin beside a program that notes what it is asked, and answers as told. */
async function plugin(answer: string): Promise<{ hooks: Hooks; asked: () => unknown[] }> {
  const folder = folderOfTest('rhema-opencode-');
  const program = join(folder, 'program');
  writeFileSync(program, `#!/bin/sh\necho "$*" >> words\ncat >> asked\necho >> asked\n${answer}\n`);
  chmodSync(program, 0o755);
  const file = join(folder, 'plugin.mjs');
  writeFileSync(file, pluginText({ words: [program], inRepository: null }));
  const { Rhema } = (await import(pathToFileURL(file).href)) as Plugin;
  const asked = (): unknown[] =>
    readFileSync(join(folder, 'asked'), 'utf8')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown);
  return { hooks: await Rhema({ directory: folder, worktree: folder }), asked };
}

const input = { tool: 'edit', sessionID: 's', callID: 'c' };

it('throws the reason where an act is refused, and says what the act is', async () => {
  const { hooks, asked } = await plugin('echo "held by alice" >&2; exit 2');
  await expect(hooks['tool.execute.before']!(input, { args: { filePath: 'a' } })).rejects.toThrow(
    'held by alice',
  );
  expect(asked()).toEqual([
    {
      cwd: expect.any(String) as string,
      hook_event_name: 'PreToolUse',
      session_id: 's',
      tool_name: 'edit',
      tool_input: { filePath: 'a' },
      tool_use_id: 'c',
    },
  ]);
});

it.each(['exit 0', 'exit 1', 'kill -9 $$'])(
  'passes where the program says nothing against it: %s',
  async (answer) => {
    const { hooks } = await plugin(answer);
    await expect(hooks['tool.execute.before']!(input, { args: {} })).resolves.toBeUndefined();
  },
);

it('adds what the agent has to know to what a tool has answered', async () => {
  const { hooks } = await plugin(`echo '{"context":"beside you works alice"}'`);
  const output = { output: 'done' };
  await hooks['tool.execute.after']!({ ...input, args: {} }, output);
  expect(output.output).toBe('done\n\nbeside you works alice');
});

it("gives the agent's shell its name, which is asked for once", async () => {
  const { hooks, asked } = await plugin(
    '[ -z "$CLAUDE_ENV_FILE" ] || echo "export RHEMA_AGENT=ann" > "$CLAUDE_ENV_FILE"',
  );
  for (const output of [{ env: {} }, { env: {} }]) {
    await hooks['shell.env']!({ sessionID: 's' }, output);
    expect(output.env).toEqual({ RHEMA_AGENT: 'ann' });
  }
  expect(asked()).toHaveLength(1);
});

it('tells of the end of a turn and of a session, and of nothing else', async () => {
  const { hooks, asked } = await plugin('');
  for (const event of [
    { type: 'session.idle', properties: { sessionID: 's' } },
    { type: 'message.updated', properties: { sessionID: 's' } },
    { type: 'session.deleted', properties: { info: { id: 's' } } },
  ])
    await hooks['event']!({ event });
  expect(asked()).toMatchObject([{ hook_event_name: 'Stop' }, { hook_event_name: 'SessionEnd' }]);
});

it('is known again, with the words that it starts', () => {
  const text = pluginText({ words: ['node', 'a b/main.js'], inRepository: null });
  expect([isPlugin(text), pluginCommand(text)]).toEqual([true, ['node', 'a b/main.js', 'hook', 'opencode']]);
  expect([isPlugin('export {};'), pluginCommand('export {};')]).toEqual([false, null]);
});
