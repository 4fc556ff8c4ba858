import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelServer } from './model-server.ts';
import { act, call, inSteps, say, type Script } from './script.ts';

let models: ModelServer;
beforeEach(async () => (models = await ModelServer.start()));
afterEach(() => models.stop());

const scripted = inSteps([
  { move: call('lock_acquire', { scopes: ['api'] }), until: 'GRANTED', again: 'WAITING' },
  { move: call('lock_release', {}), until: 'RELEASED' },
]);

/** The data of the events that answer a request. */
async function ask(
  script: Script,
  path: string,
  body: object,
  name = 'alice',
): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${models.play(name, script)}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return (await response.text())
    .split('\n')
    .filter((text) => text.startsWith('data: '))
    .map((text) => JSON.parse(text.slice('data: '.length)) as Record<string, unknown>);
}

describe('over the messages API', () => {
  const conversation = (...answers: readonly string[]): object => ({
    tools: [{ name: 'mcp__rhema__lock_acquire' }],
    messages: [
      { role: 'user', content: 'do it' },
      ...answers.flatMap((text, index) => [
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: `c${index}`, name: 'mcp__rhema__lock_acquire', input: {} }],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: `c${index}`, content: [{ type: 'text', text }] }],
        },
      ]),
    ],
  });
  const toolIn = (events: readonly Record<string, unknown>[]): unknown =>
    events.map((event) => event['content_block'] as { name?: string } | undefined).find(Boolean)?.name;

  it('a tool is called by the name that the client gives it', async () => {
    const events = await ask(scripted, '/v1/messages?beta=true', conversation());
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(toolIn(events)).toBe('mcp__rhema__lock_acquire');
    expect(events[2]).toMatchObject({ delta: { partial_json: '{"scopes":["api"]}' } });
  });

  it('a step is repeated while its answer asks for that, and then the next one is done', async () => {
    const waiting = ['WAITING 2', 'WAITING 1'];
    expect(toolIn(await ask(scripted, '/v1/messages', conversation(...waiting)))).toContain('lock_acquire');
    expect(toolIn(await ask(scripted, '/v1/messages', conversation(...waiting, 'GRANTED')))).toContain(
      'lock_release',
    );
    expect(models.heardBy('alice').map(({ text }) => text)).toEqual([...waiting, 'GRANTED']);
    expect(models.heardBy('alice')[0]?.tool).toBe('lock_acquire');
  });

  it('the turn ends after the last step', async () => {
    const events = await ask(scripted, '/v1/messages', conversation('GRANTED', 'RELEASED'));
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' } });
  });

  it('the turn ends at an answer that nobody expects, and says which', async () => {
    const events = await ask(scripted, '/v1/messages', conversation('WAITING 1', 'LOCK_LIMIT_REACHED'));
    expect(events[2]).toMatchObject({
      delta: { text: 'gave up: lock_acquire answered LOCK_LIMIT_REACHED' },
    });
  });

  it.each([
    [act({ kind: 'read', file: '/a.ts' }), 'Read', { file_path: '/a.ts' }],
    [
      act({ kind: 'edit', file: '/a.ts', from: 'one', to: 'two' }),
      'Edit',
      { file_path: '/a.ts', old_string: 'one', new_string: 'two' },
    ],
    [act({ kind: 'shell', command: 'ls' }), 'Bash', { command: 'ls', description: 'a step of the work' }],
  ])('what is done by a tool of the client is done by its name: %j', async (move, tool, input) => {
    const events = await ask(() => move, '/v1/messages', conversation());
    expect(toolIn(events)).toBe(tool);
    const delta = { type: 'input_json_delta', partial_json: JSON.stringify(input) };
    expect(events[2]).toMatchObject({ delta });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  it('the last word is what its user has typed or its client has said, and never an answer of a tool', async () => {
    const heard: string[] = [];
    const script: Script = (_, lastWord) => (heard.push(lastWord), say('ok'));
    const { tools, messages } = conversation('GRANTED') as { tools: object[]; messages: object[] };
    await ask(script, '/v1/messages', { tools, messages });
    const woken = { role: 'user', content: [{ type: 'text', text: 'your turn' }] };
    await ask(script, '/v1/messages', { tools, messages: [...messages, woken] });
    expect(heard).toEqual(['do it', 'your turn']);
  });

  it('a request beside the conversation is not taken for it', async () => {
    const events = await ask(scripted, '/v1/messages', { messages: [{ role: 'user', content: 'a title' }] });
    expect(events[1]).toMatchObject({ content_block: { type: 'text' } });
    expect(models.heardBy('alice')).toEqual([]);
  });
});

describe('over the responses API', () => {
  const conversation = (...answers: readonly string[]): object => ({
    tools: [{ type: 'namespace', name: 'mcp__rhema' }],
    input: answers.flatMap((text, index) => [
      { type: 'function_call', name: 'lock_acquire', namespace: 'mcp__rhema', call_id: `c${index}` },
      { type: 'function_call_output', call_id: `c${index}`, output: [{ type: 'input_text', text }] },
    ]),
  });

  it('a tool is called in the namespace of its server', async () => {
    const events = await ask(scripted, '/v1/responses', conversation('WAITING 1'));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events[1]).toMatchObject({
      item: { name: 'lock_acquire', namespace: 'mcp__rhema', arguments: '{"scopes":["api"]}' },
    });
    expect(models.heardBy('alice')).toEqual([{ tool: 'lock_acquire', text: 'WAITING 1' }]);
  });

  it('the turn ends after the last step', async () => {
    const events = await ask(scripted, '/v1/responses', conversation('GRANTED', 'RELEASED'));
    expect(events[1]).toMatchObject({ item: { type: 'message', content: [{ text: 'done' }] } });
  });
});

describe('over the responses API, a model that writes programs', () => {
  const conversation = (...input: readonly object[]): object => ({
    input: [{ type: 'additional_tools', role: 'developer', tools: [] }, ...input],
  });
  const programFor = async (script: Script): Promise<unknown> => {
    const events = await ask(script, '/v1/responses', conversation());
    expect(events[1]).toMatchObject({ item: { type: 'custom_tool_call', name: 'exec' } });
    return (events[1]?.['item'] as { input?: unknown } | undefined)?.input;
  };

  it.each([
    [act({ kind: 'read', file: '/a.ts' }), 'tools.exec_command({ cmd: "cat \'/a.ts\'"'],
    [act({ kind: 'shell', command: 'echo "a"' }), String.raw`tools.exec_command({ cmd: "echo \"a\""`],
    [
      act({ kind: 'edit', file: '/a.ts', from: 'one', to: 'two' }),
      String.raw`tools.apply_patch("*** Begin Patch\n*** Update File: /a.ts\n@@\n-one\n+two\n*** End Patch")`,
    ],
  ])('calls the tools of the client in one: %j', async (move, called) => {
    expect(await programFor(() => move)).toContain(called);
  });

  it('hears what its program has shown, and what its user types', async () => {
    const heard: unknown[] = [];
    const script: Script = (results, lastWord) => (heard.push(results, lastWord), say('ok'));
    const body = conversation(
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'do it' }] },
      { type: 'custom_tool_call', name: 'exec', call_id: 'c1' },
      { type: 'custom_tool_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'blocked' }] },
    );
    await ask(script, '/v1/responses', body);
    expect(heard).toEqual([[{ tool: 'exec', text: 'blocked' }], 'do it']);
  });
});

it('a model may think for as long as it likes before a step', async () => {
  let decide: (thought: unknown) => void = () => undefined;
  const thought = new Promise((resolve) => (decide = resolve));
  const script = inSteps([{ move: say('decided'), until: '', after: thought }]);
  const answer = ask(script, '/v1/responses', { tools: [{}], input: [] });
  let isAnswered = false;
  void answer.then(() => (isAnswered = true));
  await ask(() => say('meanwhile'), '/v1/responses', { tools: [{}], input: [] }, 'bob');
  expect(isAnswered).toBe(false);
  decide(null);
  expect((await answer)[1]).toMatchObject({ item: { content: [{ text: 'decided' }] } });
});

it.each([
  ['/bob/v1/messages', 'POST'],
  ['/alice/v1/elsewhere', 'POST'],
  ['/alice/v1/messages', 'GET'],
])('there is nothing at %s for %s', async (path, method) => {
  const base = new URL(models.play('alice', scripted)).origin;
  expect((await fetch(`${base}${path}`, { method })).status).toBe(404);
});
