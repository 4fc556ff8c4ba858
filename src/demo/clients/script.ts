/** What a scripted model knows of its conversation: the answers that its tool calls have got so far. */
export interface ToolResult {
  readonly tool: string;
  readonly text: string;
}

/** What it does next. */
export type Move =
  | { readonly kind: 'call'; readonly tool: string; readonly args: Readonly<Record<string, unknown>> }
  /** Ends its turn, and with it the client's run. */
  | { readonly kind: 'say'; readonly text: string };

/**
 * Stands in for a model: from the results so far to the next move. Clients send the whole conversation with each
 * request, so there is nothing to remember. A move that is still to come is a model that thinks.
 */
export type Script = (results: readonly ToolResult[]) => Move | Promise<Move>;

export const call = (tool: string, args: Readonly<Record<string, unknown>>): Move => ({
  kind: 'call',
  tool,
  args,
});

export const say = (text: string): Move => ({ kind: 'say', text });

/** Does one step after the other. A step may hold on, and is repeated while its last answer asks for that. */
export function inSteps(steps: readonly Step[]): Script {
  return async (results) => {
    let at = 0;
    for (const { text } of results) if (steps[at]?.again?.(text) !== true) at += 1;
    const step = steps[at];
    if (step === undefined) return say('done');
    await step.after;
    return step.move;
  };
}

export interface Step {
  readonly move: Move;
  /** Whether an answer means that the same is to be asked again. */
  readonly again?: (answer: string) => boolean;
  /** What is thought over before the step. */
  readonly after?: Promise<unknown>;
}
