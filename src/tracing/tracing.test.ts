import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it } from 'vitest';
import type { Entry, EntryPrincipal } from '../core/index.ts';
import type { CommandRequest, Reply } from '../protocol/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { TracedWrites } from './traced-writes.ts';
import { openTelemetry } from './tracing.ts';

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
afterEach(() => exporter.reset());

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const server = { name: 'tools/call lock_acquire', kind: 'server', attributes: {} } as const;

/** Each span by its name, with the name of the one above it. */
function told(): Record<string, string | undefined> {
  const spans = exporter.getFinishedSpans();
  const nameOf = (id: string | undefined): string | undefined =>
    spans.find((span) => span.spanContext().spanId === id)?.name ?? id;
  return Object.fromEntries(
    spans.map(({ name, parentSpanContext }) => [name, nameOf(parentSpanContext?.spanId)]),
  );
}

describe('a span', () => {
  it('goes on from what the caller says, and tells the next program of itself', async () => {
    let headers = {};
    await openTelemetry.span(
      { ...server, from: { traceparent, authorization: 'Bearer x', n: 1 } },
      async () => {
        headers = openTelemetry.headers();
      },
    );
    const [span] = exporter.getFinishedSpans();
    expect(span?.spanContext().traceId).toBe(traceId);
    expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(headers).toEqual({ traceparent: `00-${traceId}-${span?.spanContext().spanId}-01` });
  });

  it('begins a trace where the caller says none, or nonsense', async () => {
    for (const from of [{}, { traceparent: 'nonsense' }, { traceparent: ['a'] }, { baggage: 1 }])
      await openTelemetry.span({ ...server, from }, async () => undefined);
    expect(exporter.getFinishedSpans().map(({ parentSpanContext }) => parentSpanContext)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('has the code of what was thrown, and none of its words', async () => {
    const failing = openTelemetry.span({ ...server, from: null }, async () => {
      throw new CoordinatorError('UNAVAILABLE', 'the secret words');
    });
    await expect(failing).rejects.toThrow('the secret words');
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes).toEqual({ 'error.type': 'UNAVAILABLE' });
    expect(JSON.stringify([span?.status, span?.events])).not.toContain('secret');
  });
});

describe('a command', () => {
  const writes = new TracedWrites();
  const request = (requestId: string): CommandRequest =>
    ({
      requestId,
      command: { kind: 'AcquireLock', agent: 'alice', secret: 's3cret' },
    }) as unknown as CommandRequest;
  const answering = (reply: object) =>
    writes.within({
      submit: async ({ requestId }: CommandRequest, _from?: EntryPrincipal) => {
        // A batch has commands of several callers, and runs within none of their calls.
        const commit = { entries: 2, requests: [requestId, 'of-another'] as never, tookMs: 5 };
        context.with(ROOT_CONTEXT, () => writes.committed(commit));
        return reply as Reply;
      },
      awaitTicket: unasked,
      query: unasked,
      watch: unasked as () => AsyncIterable<Entry>,
      refresh: unasked,
    });

  it('is followed from the call of a tool to the append that made it last', async () => {
    const port = answering({ ok: true, revision: 7 });
    await openTelemetry.span({ ...server, from: { traceparent } }, () => port.submit(request('r-1')));
    expect(told()).toEqual({
      'tools/call lock_acquire': 'b7ad6b7169203331',
      'submit AcquireLock': 'tools/call lock_acquire',
      append: 'submit AcquireLock',
    });
    const [append, submit] = exporter.getFinishedSpans();
    expect(append?.attributes).toEqual({ 'rhema.batch.entries': 2 });
    expect(submit?.attributes).toEqual({
      'rhema.command': 'AcquireLock',
      'rhema.outcome': 'done',
      'rhema.revision': 7,
    });
  });

  it('that is refused has the code, and is no error; nothing of it says who asks', async () => {
    const port = answering({
      ok: false,
      revision: 7,
      rejection: { code: 'LOCK_HELD', message: 'held by bob' },
    });
    await port.submit(request('r-2'));
    const submit = exporter.getFinishedSpans().find(({ name }) => name === 'submit AcquireLock');
    expect(submit?.attributes).toMatchObject({ 'rhema.outcome': 'refused', 'rhema.code': 'LOCK_HELD' });
    expect(submit?.status.code).toBe(0);
    expect(JSON.stringify(exporter.getFinishedSpans().map(({ attributes }) => attributes))).not.toMatch(
      /alice|bob|s3cret/,
    );
  });
});

it('a question is followed by its kind', async () => {
  const port = new TracedWrites().within({
    submit: unasked,
    awaitTicket: unasked,
    query: async () => ({ agents: [] }) as never,
    watch: unasked as () => AsyncIterable<Entry>,
    refresh: unasked,
  });
  await openTelemetry.span({ ...server, from: null }, () => port.query({ kind: 'status', at: null }));
  expect(told()).toMatchObject({ 'query status': 'tools/call lock_acquire' });
});

function unasked(): never {
  throw new Error('nobody asks for this here');
}
