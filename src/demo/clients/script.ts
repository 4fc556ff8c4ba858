/** What a scripted model knows of its conversation: the answers that its tool calls have got so far. */
export interface ToolResult {
  readonly tool: string;
  readonly text: string;
}

/** What each coding agent can do by tools of its own, in the words of no client. Files are named by their whole paths. */
export type Act =
  | { readonly kind: 'read'; readonly file: string }
  | { readonly kind: 'edit'; readonly file: string; readonly from: string; readonly to: string }
  | { readonly kind: 'shell'; readonly command: string };

/** What it does next. */
export type Move =
  | { readonly kind: 'call'; readonly tool: string; readonly args: Readonly<Record<string, unknown>> }
  | { readonly kind: 'act'; readonly act: Act }
  /** Ends its turn, and with it the client's run. */
  | { readonly kind: 'say'; readonly text: string };

/**
 * Stands in for a model: from the results so far to the next move. Clients send the whole conversation with each
 * request, so there is nothing to remember. A move that is still to come is a model that thinks. The last word: what its user, or
 * its client, has said last.
 */
export type Script = (results: readonly ToolResult[], lastWord: string) => Move | Promise<Move>;

export const call = (tool: string, args: Readonly<Record<string, unknown>>): Move => ({
  kind: 'call',
  tool,
  args,
});

export const act = (what: Act): Move => ({ kind: 'act', act: what });

export const say = (text: string): Move => ({ kind: 'say', text });

export interface Step {
  readonly move: Move;
  /** What its answer must say before the next step is done. */
  readonly until: string;
  /** What an answer says that asks for the same step again. */
  readonly again?: string;
  /** What is thought over before the step. */
  readonly after?: Promise<unknown>;
}

/** Does one step after the other, as its answers allow; at an answer that nobody expects it gives up. */
export function inSteps(steps: readonly Step[]): Script {
  return async (results) => {
    let at = 0;
    for (const { tool, text } of results) {
      const step = steps[at];
      if (step !== undefined && text.includes(step.until)) at += 1;
      else if (step?.again === undefined || !text.includes(step.again))
        return say(`gave up: ${tool} answered ${text}`);
    }
    const next = steps[at];
    if (next === undefined) return say('done');
    await next.after;
    return next.move;
  };
}
