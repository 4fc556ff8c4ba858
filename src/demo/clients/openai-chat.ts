import type { ModelApi, ModelEvent } from './model-api.ts';
import type { Act, Move, ToolResult } from './script.ts';

/** As much of a request as is read: https://platform.openai.com/docs/api-reference/chat. */
interface Request {
  readonly tools?: readonly { readonly function?: { readonly name: string } }[];
  readonly messages: readonly Message[];
}

interface Message {
  readonly role: string;
  readonly content?: string | readonly { readonly text?: string }[] | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[];
}

export const openaiChat: ModelApi = {
  path: '/v1/chat/completions',
  hasTools: (body) => toolsIn(body).length > 0,
  resultsIn: (body) => resultsOf((body as Request).messages),
  lastWordIn: (body) => textOf((body as Request).messages.findLast(({ role }) => role === 'user')?.content),
  eventsOf: (move, number, body) => [
    chunk(number, { role: 'assistant', ...deltaOf(move, number, toolsIn(body)) }, null),
    chunk(number, {}, move.kind === 'say' ? 'stop' : 'tool_calls'),
  ],
};

const toolsIn = (body: unknown): string[] =>
  ((body as Request).tools ?? []).flatMap((tool) => tool.function?.name ?? []);

function chunk(number: number, delta: object, reason: string | null): ModelEvent {
  return {
    id: `chat-${number}`,
    object: 'chat.completion.chunk',
    created: 0,
    model: 'scripted',
    choices: [{ index: 0, delta, finish_reason: reason }],
    usage: reason === null ? null : { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

function deltaOf(move: Move, number: number, tools: readonly string[]): object {
  if (move.kind === 'say') return { content: move.text };
  const [name, args] = move.kind === 'call' ? [move.tool, move.args] : ownTool(move.act, tools);
  const called = { name, arguments: JSON.stringify(args) };
  return { tool_calls: [{ index: 0, id: `call-${number}`, type: 'function', function: called }] };
}

/** Two clients speak in this way: Copilot CLI reads by `view`, opencode by `read`. */
function ownTool(act: Act, tools: readonly string[]): readonly [name: string, args: object] {
  if (act.kind === 'shell') return ['bash', { command: act.command, description: 'a step of the work' }];
  const isCopilot = tools.includes('view');
  if (act.kind === 'read') return isCopilot ? ['view', { path: act.file }] : ['read', { filePath: act.file }];
  return [
    'edit',
    isCopilot
      ? { path: act.file, old_str: act.from, new_str: act.to }
      : { filePath: act.file, oldString: act.from, newString: act.to },
  ];
}

function resultsOf(messages: readonly Message[]): ToolResult[] {
  const names = new Map(
    messages.flatMap(({ tool_calls: calls = [] }) =>
      calls.map(({ id, function: called }) => [id, called.name] as const),
    ),
  );
  return messages
    .filter(({ role }) => role === 'tool')
    .map(({ tool_call_id: id = '', content }) => ({ tool: names.get(id) ?? '', text: textOf(content) }));
}

function textOf(content: Message['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('\n');
}
