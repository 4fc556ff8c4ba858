import type { ModelApi } from './model-api.ts';
import type { Move, ToolResult } from './script.ts';

/** As much of a request as is read: https://platform.openai.com/docs/api-reference/responses. */
interface Request {
  readonly tools?: readonly unknown[];
  readonly input: readonly Item[];
}

interface Item {
  readonly type: string;
  readonly name?: string;
  readonly call_id?: string;
  readonly output?: string | readonly { readonly text?: string }[];
}

/** Clients of this kind give the tools of a server a namespace. */
const namespace = 'mcp__rhema';

export const openaiResponses: ModelApi = {
  path: '/v1/responses',
  hasTools: (body) => ((body as Request).tools ?? []).length > 0,
  resultsIn: (body) => resultsOf((body as Request).input),
  eventsOf: (move, number) => [
    { type: 'response.created', response: { id: `response-${number}` } },
    { type: 'response.output_item.done', output_index: 0, item: itemOf(move, number) },
    {
      type: 'response.completed',
      response: {
        id: `response-${number}`,
        usage: {
          input_tokens: 1,
          input_tokens_details: null,
          output_tokens: 1,
          output_tokens_details: null,
          total_tokens: 2,
        },
      },
    },
  ],
};

function itemOf(move: Move, number: number): object {
  if (move.kind === 'call')
    return {
      type: 'function_call',
      name: move.tool,
      namespace,
      call_id: `call-${number}`,
      arguments: JSON.stringify(move.args),
    };
  return {
    type: 'message',
    role: 'assistant',
    id: `message-${number}`,
    content: [{ type: 'output_text', text: move.text }],
  };
}

function resultsOf(items: readonly Item[]): ToolResult[] {
  const names = new Map(
    items.filter(({ name }) => name !== undefined).map((item) => [item.call_id, item.name]),
  );
  return items
    .filter(({ type }) => type === 'function_call_output')
    .map(({ call_id: id, output }) => ({ tool: names.get(id) ?? '', text: textOf(output) }));
}

function textOf(output: Item['output']): string {
  if (typeof output === 'string') return output;
  return (output ?? []).map(({ text }) => text ?? '').join('\n');
}
