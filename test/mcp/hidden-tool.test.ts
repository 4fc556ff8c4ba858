import { expect, it } from 'vitest';
import { eras, openStage } from './support/stage.ts';

it.each(eras)('the tool for hooks is answered, and not listed (%s)', async (era) => {
  const { client } = await (await openStage()).startClient(era);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).not.toContain('client_hook');
  const asked = { client: 'claude', tool_input: { file_path: 'a' } };
  const { content, isError } = await client.callTool({ name: 'client_hook', arguments: asked });
  expect([isError ?? false, content]).toEqual([false, [{ type: 'text', text: JSON.stringify(asked) }]]);
});

it('what hides in its answer is shown, and the answer stays JSON', async () => {
  const { client } = await (await openStage()).startClient();
  const asked = { text: 'a\u202Eb\nc\u200Bd"\\' };
  const { content } = await client.callTool({ name: 'client_hook', arguments: asked });
  const [{ text } = { text: '' }] = content as unknown as readonly { text: string }[];
  expect(JSON.parse(text)).toEqual({ text: 'a\\u202eb\nc\\u200bd"\\' });
});
