import type { ModelApi, ModelEvent } from './model-api.ts';
import type { Act, Move, ToolResult } from './script.ts';

/** As much of a request as is read: https://docs.anthropic.com/en/api/messages. */
interface Request {
  readonly tools?: readonly unknown[];
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
}

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly tool_use_id?: string;
  readonly text?: string;
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
  lastWordIn: (body) =>
    (body as Request).messages
      .filter(({ role }) => role !== 'assistant')
      .flatMap(({ content }) =>
        typeof content === 'string'
          ? [content]
          : content.flatMap(({ type, text = '' }) => (type === 'text' ? [text] : [])),
      )
      .at(-1) ?? '',
  eventsOf: (move, number) => [
    { type: 'message_start', message: { ...emptyMessage, id: `message-${number}` } },
    ...blockEvents(move, number),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: move.kind === 'say' ? 'end_turn' : 'tool_use', stop_sequence: null },
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
    move.kind === 'say'
      ? [
          { type: 'text', text: '' },
          { type: 'text_delta', text: move.text },
        ]
      : toolUse(move, number);
  return [
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
  ];
}

function toolUse(move: Exclude<Move, { kind: 'say' }>, number: number): readonly [object, object] {
  const [name, input] = move.kind === 'call' ? [`${prefix}${move.tool}`, move.args] : ownTool(move.act);
  return [
    { type: 'tool_use', id: `call-${number}`, name, input: {} },
    { type: 'input_json_delta', partial_json: JSON.stringify(input) },
  ];
}

/** The client's own tool for an act, and what it is given. */
function ownTool(act: Act): readonly [name: string, input: object] {
  switch (act.kind) {
    case 'read':
      return ['Read', { file_path: act.file }];
    case 'edit':
      return ['Edit', { file_path: act.file, old_string: act.from, new_string: act.to }];
    case 'shell':
      return ['Bash', { command: act.command, description: 'a step of the work' }];
  }
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
