import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  DiagLogLevel,
  defaultTextMapGetter,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from './logger.ts';
import type { CallSpan, RequestSpan, Tracing } from './tracing.ts';

/** The variables `OTEL_*` that are set. */
export type TelemetryVariables = Readonly<Record<string, string | undefined>>;

export interface OpenTelemetryOptions {
  readonly variables: TelemetryVariables;
  readonly version: string;
  /** `db.system.name` of the store's spans. */
  readonly storeKind: string;
  readonly log: Pick<Logger, 'warn'>;
}

/** The longest time that the end of the gateway waits for the collector, in milliseconds. */
const CLOSE_WAIT_MS = 2_000;

/** The HTTP methods that the semantic conventions name. */
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
]);

const toMethod = (method: string): string => (METHODS.has(method) ? method : '_OTHER');

/** The samplers of `OTEL_TRACES_SAMPLER`, by a share between 0 and 1. */
const SAMPLERS: Readonly<Record<string, (share: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (share) => new TraceIdRatioBasedSampler(share),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (share) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
};

const DEFAULT_SAMPLER = 'parentbased_always_on';

/** The exporters of `OTEL_EXPORTER_OTLP_PROTOCOL`. They read the other variables of the exporter from the environment. */
const EXPORTERS: Readonly<Record<string, () => Promise<SpanExporter>>> = {
  'http/protobuf': async () =>
    new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter(),
  'http/json': async () => new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter(),
};

const DEFAULT_PROTOCOL = 'http/protobuf';

/** A value of a table by the variable that names it; the default, with a warning, where the name is unknown. */
function choose<T>(
  table: Readonly<Record<string, T>>,
  [variable, name]: readonly [string, string | undefined],
  fallback: string,
  log: OpenTelemetryOptions['log'],
): T {
  if (name !== undefined && !Object.hasOwn(table, name))
    log.warn(`${variable}: use one of ${Object.keys(table).join(', ')}; ${fallback} is used now`);
  const found = Object.hasOwn(table, name ?? fallback) ? table[name ?? fallback] : table[fallback];
  if (found === undefined) throw new Error(`no default for ${variable}`);
  return found;
}

const toCount = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;

function toShare(text = '1'): number {
  const share = Number(text);
  return share >= 0 && share <= 1 ? share : 1;
}

/** `OTEL_BSP_*`, with the names that the processor has for them. */
function toBatchOptions(variables: TelemetryVariables) {
  const given = {
    maxQueueSize: toCount(variables['OTEL_BSP_MAX_QUEUE_SIZE']),
    maxExportBatchSize: toCount(variables['OTEL_BSP_MAX_EXPORT_BATCH_SIZE']),
    scheduledDelayMillis: toCount(variables['OTEL_BSP_SCHEDULE_DELAY']),
    exportTimeoutMillis: toCount(variables['OTEL_BSP_EXPORT_TIMEOUT']),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function toServer(origin: string): Attributes {
  const { protocol, hostname, port } = new URL(origin);
  return { 'server.address': hostname, 'server.port': Number(port || (protocol === 'https:' ? 443 : 80)) };
}

/** Starts OpenTelemetry with an OTLP exporter. An unreachable collector is logged and costs spans, never a request. */
export async function createOpenTelemetry(options: OpenTelemetryOptions): Promise<Tracing> {
  const { variables, version, storeKind, log } = options;
  diag.setLogger(
    { ...SILENT, warn: (message) => log.warn(message), error: (message) => log.warn(message) },
    DiagLogLevel.WARN,
  );
  const sampler = ['OTEL_TRACES_SAMPLER', variables['OTEL_TRACES_SAMPLER']] as const;
  const createSampler = choose(SAMPLERS, sampler, DEFAULT_SAMPLER, log);
  const protocol = [
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    variables['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? variables['OTEL_EXPORTER_OTLP_PROTOCOL'],
  ] as const;
  const exporter = await choose(EXPORTERS, protocol, DEFAULT_PROTOCOL, log)();
  const provider = new TracerProvider({
    sampler: createSampler(toShare(variables['OTEL_TRACES_SAMPLER_ARG'])),
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'gatehouse', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...toBatchOptions(variables) })],
  });
  const tracer = provider.getTracer('gatehouse', version);
  const propagator = new W3CTraceContextPropagator();
  const current = new AsyncLocalStorage<Context>();
  const contexts = new WeakMap<RequestSpan, Context>();
  const servers = new Map<string, Attributes>();

  function serverOf(origin: string): Attributes {
    let server = servers.get(origin);
    if (!server) servers.set(origin, (server = toServer(origin)));
    return server;
  }

  function startCall(name: string, attributes: Attributes, parent: Context): CallSpan {
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    return {
      traceParent: toTraceParent(span),
      end(outcome) {
        const status = toCount(outcome);
        if (status !== undefined) span.setAttribute('http.response.status_code', status);
        if (outcome !== 'ok' && (status === undefined || status >= 400)) markFailed(span, outcome);
        span.end();
      },
    };
  }

  return {
    startRequest(requestId, headers) {
      const received = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const attributes = { 'gatehouse.request_id': requestId };
      const span = tracer.startSpan('HTTP', { kind: SpanKind.SERVER, attributes }, received);
      const context = trace.setSpan(received, span);
      const requestSpan: RequestSpan = {
        traceId: span.spanContext().traceId,
        run: (act) => current.run(context, act),
        end({ method, route, status, code }) {
          const known = toMethod(method);
          span.updateName(route === undefined ? known : `${known} ${route}`);
          span.setAttributes({
            'http.request.method': known,
            'http.response.status_code': status,
            ...(route !== undefined && { 'http.route': route }),
          });
          if (status >= 500) markFailed(span, code ?? String(status));
          span.end();
        },
      };
      contexts.set(requestSpan, context);
      return requestSpan;
    },
    startHttpCall({ method, origin, template }, parent) {
      const context = parent ? contexts.get(parent) : current.getStore();
      if (!context) return undefined;
      const known = toMethod(method);
      const attributes = {
        ...serverOf(origin),
        'http.request.method': known,
        'url.full': `${origin}${template ?? ''}`,
        ...(template !== undefined && { 'url.template': template }),
      };
      return startCall(template === undefined ? known : `${known} ${template}`, attributes, context);
    },
    startStoreCall(operation) {
      const context = current.getStore();
      const attributes = { 'db.system.name': storeKind, 'db.operation.name': operation };
      return context && startCall(operation, attributes, context);
    },
    async close() {
      const waited = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_WAIT_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), waited]);
    },
  };
}

const ignore = (): void => {};
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore, verbose: ignore };

function markFailed(span: Span, type: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', type);
}

function toTraceParent(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
