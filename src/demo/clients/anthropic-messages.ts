import type { ModelApi, ModelEvent } from './model-api.ts';
import type { Move, ToolResult } from './script.ts';

/** As much of a request as is read: https://docs.anthropic.com/en/api/messages. */
interface Request {
  readonly tools?: readonly unknown[];
  readonly messages: readonly { readonly content: string | readonly Block[] }[];
}

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly tool_use_id?: string;
  readonly content?: string | readonly { readonly text?: string }[];
}

/** Clients of this kind put the server's name before the tool's. */
const prefix = 'mcp__rhema__';

export const anthropicMessages: ModelApi = {
  path: '/v1/messages',
  hasTools: (body) => ((body as Request).tools ?? []).length > 0,
  resultsIn: (body) =>
    resultsOf(
      (body as Request).messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content)),
    ),
  eventsOf: (move, number) => [
    { type: 'message_start', message: { ...emptyMessage, id: `message-${number}` } },
    ...blockEvents(move, number),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: move.kind === 'call' ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: 'message_stop' },
  ],
};

const emptyMessage = {
  type: 'message',
  role: 'assistant',
  model: 'scripted',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

function blockEvents(move: Move, number: number): ModelEvent[] {
  const [block, delta] =
    move.kind === 'call'
      ? [
          { type: 'tool_use', id: `call-${number}`, name: `${prefix}${move.tool}`, input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(move.args) },
        ]
      : [
          { type: 'text', text: '' },
          { type: 'text_delta', text: move.text },
        ];
  return [
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
  ];
}

function resultsOf(blocks: readonly Block[]): ToolResult[] {
  const names = new Map(blocks.map(({ id, name }) => [id, name]));
  return blocks
    .filter(({ type }) => type === 'tool_result')
    .map(({ tool_use_id: id, content }) => ({
      tool: (names.get(id) ?? '').replace(prefix, ''),
      text: textOf(content),
    }));
}

function textOf(content: Block['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('\n');
}
