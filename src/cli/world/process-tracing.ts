import { CoordinatorError } from '../../protocol/index.ts';
import type { StartedTracing } from '../../tracing/index.ts';
import type { Environment } from './environment.ts';

let started: StartedTracing | null = null;

/**
 * Has the long-lived work of this process followed, where the variables of OpenTelemetry name a receiver. Throws
 * `INVALID_INPUT` for a protocol that is not spoken.
 */
export async function followProcess(env: Environment, version: string): Promise<StartedTracing | null> {
  if (!isAskedFor(env)) return null;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? '';
  if (!['', 'http/json'].includes(protocol))
    throw new CoordinatorError(
      'INVALID_INPUT',
      `traces are sent as http/json, not as ${protocol}: set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json, and name a receiver for it`,
      { details: { path: 'OTEL_EXPORTER_OTLP_PROTOCOL' } },
    );
  const { startTracing } = await import('../../tracing/index.ts');
  started ??= startTracing(version);
  return started;
}

/** What another program is told, so that it goes on from here. */
export const traceHeaders = (): Readonly<Record<string, string>> => started?.headers() ?? {};

/** Sends what is not sent yet, before the process ends. */
export const endFollowing = (): Promise<void> => started?.stop() ?? Promise.resolve();

function isAskedFor(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return false;
  return ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'].some(
    (name) => (env[name] ?? '') !== '',
  );
}
