import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api';
import type { SpanEnd, Tracing } from '../observe/index.ts';

const kinds = { server: SpanKind.SERVER, internal: SpanKind.INTERNAL } as const;

/** By whatever SDK of OpenTelemetry this process has. */
export const openTelemetry: Tracing = {
  span: ({ name, kind, attributes, from, ended }, run) => {
    const parent = from === null ? context.active() : propagation.extract(ROOT_CONTEXT, from);
    const options = { kind: kinds[kind], attributes };
    return trace.getTracer('rhema').startActiveSpan(name, options, parent, async (span) => {
      try {
        const result = await run();
        if (ended !== undefined) end(span, ended(result));
        return result;
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  },
  headers: () => {
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    return headers;
  },
};

function end(span: Span, { attributes, isError }: SpanEnd): void {
  span.setAttributes(attributes);
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** By its code: words may quote what a caller has sent. */
function fail(span: Span, error: unknown): void {
  const { code } = error as { readonly code?: unknown };
  span.setAttribute('error.type', typeof code === 'string' ? code : 'INTERNAL');
  span.setStatus({ code: SpanStatusCode.ERROR });
}
