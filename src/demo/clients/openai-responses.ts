import type { ModelApi } from './model-api.ts';
import type { Act, Move, ToolResult } from './script.ts';

/** As much of a request as is read: https://platform.openai.com/docs/api-reference/responses. */
interface Request {
  readonly tools?: readonly unknown[];
  readonly input: readonly Item[];
}

interface Item {
  readonly type: string;
  readonly role?: string;
  readonly content?: readonly { readonly text?: string }[];
  readonly name?: string;
  readonly call_id?: string;
  readonly output?: string | readonly { readonly text?: string }[];
}

/** Clients of this kind give the tools of a server a namespace. */
const namespace = 'mcp__rhema';

export const openaiResponses: ModelApi = {
  path: '/v1/responses',
  hasTools: (body) =>
    ((body as Request).tools ?? []).length > 0 ||
    (body as Request).input.some(({ type }) => type === 'additional_tools'),
  resultsIn: (body) => resultsOf((body as Request).input),
  lastWordIn: (body) => textOf((body as Request).input.filter(({ role }) => role === 'user').at(-1)?.content),
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
  if (move.kind === 'act')
    return { type: 'custom_tool_call', name: 'exec', call_id: `call-${number}`, input: programOf(move.act) };
  return {
    type: 'message',
    role: 'assistant',
    id: `message-${number}`,
    content: [{ type: 'output_text', text: move.text }],
  };
}

/** Models of this kind write a small program that calls the client's tools. It shows also what a tool has refused. */
function programOf(act: Act): string {
  return `// @exec: {"yield_time_ms": ${programMaxMs}}
try {
  ${act.kind === 'edit' ? `text(await tools.apply_patch(${JSON.stringify(patchOf(act))}));` : commandOf(act)}
} catch (error) {
  text(String(error));
}
`;
}

const programMaxMs = 60_000;

function patchOf({ file, from, to }: Extract<Act, { kind: 'edit' }>): string {
  return `*** Begin Patch\n*** Update File: ${file}\n@@\n-${from}\n+${to}\n*** End Patch`;
}

/** There is no tool to read by: it is done in the shell. */
function commandOf(act: Exclude<Act, { kind: 'edit' }>): string {
  const cmd = act.kind === 'read' ? `cat '${act.file}'` : act.command;
  return `let answer = await tools.exec_command({ cmd: ${JSON.stringify(cmd)}, yield_time_ms: 30000 });
  text(answer.output);
  while (answer.session_id !== undefined) {
    answer = await tools.write_stdin({ session_id: answer.session_id, chars: "", yield_time_ms: 30000 });
    text(answer.output);
  }`;
}

function resultsOf(items: readonly Item[]): ToolResult[] {
  const names = new Map(
    items.filter(({ name }) => name !== undefined).map((item) => [item.call_id, item.name]),
  );
  return items
    .filter(({ type }) => type === 'function_call_output' || type === 'custom_tool_call_output')
    .map(({ call_id: id, output }) => ({ tool: names.get(id) ?? '', text: textOf(output) }));
}

function textOf(output: Item['output']): string {
  if (typeof output === 'string') return output;
  return (output ?? []).map(({ text }) => text ?? '').join('\n');
}
