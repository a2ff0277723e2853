import type { IncomingHttpHeaders } from 'node:http';

/** The span of one request to the gateway. */
export interface RequestSpan {
  readonly traceId: string;
  /** Runs what belongs to the request: calls that start in it, also later ones, are children of the span. */
  readonly run: (act: () => void) => void;
  /** `route`: the path of its row; `code`: of the problem that was sent. */
  readonly end: (answer: {
    readonly method: string;
    readonly route: string | undefined;
    readonly status: number;
    readonly code: string | undefined;
  }) => void;
}

/** The span of one call to another server. */
export interface CallSpan {
  /** Value of the header `traceparent` (W3C Trace Context) of the call. */
  readonly traceParent: string;
  /** `outcome`: the HTTP status, `ok`, or the code of the failure. */
  readonly end: (outcome: string) => void;
}

/** An HTTP call. No path or query: they may name a person. */
export interface HttpCall {
  readonly method: string;
  readonly origin: string;
  /** The path without ids; undefined if it is unknown. */
  readonly template?: string;
}

/** Creates spans by the semantic conventions of OpenTelemetry. Calls that belong to no request have none. */
export interface Tracing {
  /** The span continues the trace of the header `traceparent`. */
  readonly startRequest: (requestId: string, headers: IncomingHttpHeaders) => RequestSpan;
  /** `parent`: the request that it belongs to; where absent, the one that the caller runs in. */
  readonly startHttpCall: (call: HttpCall, parent?: RequestSpan) => CallSpan | undefined;
  /** `operation`: such as `sessions.read`. */
  readonly startStoreCall: (operation: string) => CallSpan | undefined;
  /** Sends the remaining spans. Never rejects. */
  readonly close: () => Promise<void>;
}
