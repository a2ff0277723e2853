import { startRecordingUpstream } from '../../support/recording-upstream.ts';

/** A span as OTLP/JSON has it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 2: server, 3: client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly isError: boolean;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
}

interface SentSpan extends Omit<ReceivedSpan, 'attributes' | 'isError'> {
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
  readonly status: { readonly code?: number };
}

interface Batch {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: SentSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

const toRecord = (attributes: SentSpan['attributes']): Record<string, string | number> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)] as const),
  );

/** An OpenTelemetry collector that keeps what it receives as OTLP/JSON. */
export async function startCollector() {
  const server = await startRecordingUpstream();
  const batches = () => server.seen.map(({ body }) => JSON.parse(body.toString()) as Batch);
  return {
    server,
    url: server.url,
    /** All that was sent, as text. */
    text: () => server.seen.map(({ body }) => body.toString()).join('\n'),
    resources: () =>
      batches().flatMap(({ resourceSpans }) =>
        resourceSpans.map(({ resource }) => toRecord(resource.attributes)),
      ),
    spans: (): ReceivedSpan[] =>
      batches()
        .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
        .flatMap(({ spans }) => spans)
        .map(({ attributes, status, ...span }) => ({
          ...span,
          attributes: toRecord(attributes),
          isError: status.code === 2,
        })),
    close: () => server.close(),
  };
}
