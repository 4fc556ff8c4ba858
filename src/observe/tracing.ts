/** What work is told of to whoever follows a request through programs; without one it costs nothing. */
export interface Tracing {
  /** Runs within a span of this name. What is thrown is noted of it, and thrown. */
  span<T>(wish: SpanWish<T>, run: () => Promise<T>): Promise<T>;
  /** What another program is told of the span of this moment: headers of HTTP, by the rules of W3C Trace Context. */
  headers(): Readonly<Record<string, string>>;
}

export interface SpanWish<T> {
  /** From few: never of an agent, a path or a token. */
  readonly name: string;
  /** `server`: another program asks for it. */
  readonly kind: 'server' | 'internal';
  readonly attributes: SpanAttributes;
  /** What the program said that asks for it, `traceparent` above all; null: nothing. */
  readonly from: Readonly<Record<string, unknown>> | null;
  /** What is known of it in the end. */
  readonly ended?: (result: T) => SpanEnd;
}

export interface SpanEnd {
  readonly attributes: SpanAttributes;
  readonly isError: boolean;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export const noTracing: Tracing = {
  span: (_wish, run) => run(),
  headers: () => ({}),
};
