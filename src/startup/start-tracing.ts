import type { OpenTelemetryOptions } from '../observe/open-telemetry.ts';
import type { Tracing } from '../observe/tracing.ts';

/**
 * Starts tracing where OTEL_EXPORTER_OTLP_ENDPOINT is set. Without it nothing of OpenTelemetry is loaded. OTEL_SDK_DISABLED
 * `true` and OTEL_TRACES_EXPORTER `none` turn it off.
 */
export async function startTracing(options: OpenTelemetryOptions): Promise<Tracing | undefined> {
  const { variables } = options;
  const isOff = variables['OTEL_SDK_DISABLED'] === 'true' || variables['OTEL_TRACES_EXPORTER'] === 'none';
  if (variables['OTEL_EXPORTER_OTLP_ENDPOINT'] === undefined || isOff) return undefined;
  const { createOpenTelemetry } = await import('../observe/open-telemetry.ts');
  return createOpenTelemetry(options);
}
