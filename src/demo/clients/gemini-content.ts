import type { ModelApi } from './model-api.ts';
import type { Act, Move, ToolResult } from './script.ts';

/** As much of a request as is read: https://ai.google.dev/api/generate-content. */
interface Request {
  readonly tools?: readonly unknown[];
  readonly contents: readonly { readonly role: string; readonly parts: readonly Part[] }[];
}

interface Part {
  readonly text?: string;
  readonly functionResponse?: { readonly name: string; readonly response: Readonly<Record<string, unknown>> };
}

export const geminiContent: ModelApi = {
  path: ':streamGenerateContent',
  hasTools: (body) => ((body as Request).tools ?? []).length > 0,
  resultsIn: (body) => (body as Request).contents.flatMap(({ parts }) => parts.flatMap(resultsOf)),
  lastWordIn: (body) =>
    (body as Request).contents
      .filter(({ role }) => role === 'user')
      .flatMap(({ parts }) => parts.flatMap(({ text }) => text ?? []))
      .at(-1) ?? '',
  eventsOf: (move, number) => [
    {
      responseId: `response-${number}`,
      candidates: [
        { index: 0, content: { role: 'model', parts: [partOf(move, number)] }, finishReason: 'STOP' },
      ],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    },
  ],
};

function partOf(move: Move, number: number): object {
  if (move.kind === 'say') return { text: move.text };
  const [name, args] = move.kind === 'call' ? [move.tool, move.args] : ownTool(move.act);
  return { functionCall: { id: `call-${number}`, name, args } };
}

/** The client's own tool for an act, and what it is given. */
function ownTool(act: Act): readonly [name: string, args: object] {
  switch (act.kind) {
    case 'read':
      return ['read_file', { file_path: act.file }];
    case 'edit':
      return [
        'replace',
        { file_path: act.file, old_string: act.from, new_string: act.to, instruction: 'a step of the work' },
      ];
    case 'shell':
      return ['run_shell_command', { command: act.command, description: 'a step of the work' }];
  }
}

/** What came of it stands in `output`, or in `error`. */
function resultsOf({ functionResponse: answer }: Part): ToolResult[] {
  if (answer === undefined) return [];
  const texts = Object.values(answer.response).filter((value) => typeof value === 'string');
  return [{ tool: answer.name, text: texts.join('\n') }];
}
