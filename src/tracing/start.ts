import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, detectResources, envDetector } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Tracing } from '../observe/index.ts';
import { TracedWrites } from './traced-writes.ts';
import { openTelemetry } from './tracing.ts';

/** Who ends does not wait longer for a receiver. */
const stopMaxMs = 1_000;

export interface StartedTracing extends Tracing {
  /** Follows commands to one log, where they are decided in this process. */
  readonly newWrites: () => TracedWrites;
  /** Sends what is not sent yet, for a second at most. */
  readonly stop: () => Promise<void>;
}

/**
 * Sends spans by OTLP over HTTP, as the variables OTEL_EXPORTER_OTLP_* say. What cannot be sent is dropped: nobody waits for it.
 */
export function startTracing(version: string): StartedTracing {
  const named = resourceFromAttributes({ 'service.name': 'rhema', 'service.version': version });
  const provider = new NodeTracerProvider({
    resource: named.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const stop = (): Promise<void> => {
    const late = new Promise<void>((resolve) => setTimeout(resolve, stopMaxMs).unref());
    return Promise.race([provider.shutdown().catch(() => undefined), late]);
  };
  return { ...openTelemetry, newWrites: () => new TracedWrites(), stop };
}
