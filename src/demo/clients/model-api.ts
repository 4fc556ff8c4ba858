import type { Move, ToolResult } from './script.ts';

/** How one maker's clients speak to a model: over HTTP, answered by server-sent events. */
export interface ModelApi {
  /** End of the path that a client posts a conversation to. */
  readonly path: string;
  /** Whether a conversation is the one with the tools; clients also ask for titles and summaries. */
  readonly hasTools: (body: unknown) => boolean;
  /** The answers that the tool calls of a conversation have got. */
  readonly resultsIn: (body: unknown) => readonly ToolResult[];
  /** The text that came last from anybody but the model and its tools: what its user types, or its client lets it know. */
  readonly lastWordIn: (body: unknown) => string;
  /** The events that tell a move; `number` tells moves apart, and the conversation tells which tools the client has. */
  readonly eventsOf: (move: Move, number: number, body: unknown) => readonly ModelEvent[];
}

export interface ModelEvent {
  /** Where there is none the event has no name. */
  readonly type?: string;
  readonly [field: string]: unknown;
}
