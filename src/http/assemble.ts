import type { Browser } from '../browser/assemble.ts';
import type { Config } from '../config/config.ts';
import type { Limits } from '../limits/assemble.ts';
import type { Logger } from '../observe/logger.ts';
import type { Tracing } from '../observe/tracing.ts';
import { createBrowserCheck } from './browser-check.ts';
import { createClientAddress } from './client-address.ts';
import type { EdgeOptions } from './edge.ts';
import type { ErrorHandlerOptions } from './error-handler.ts';
import { createEventStreams } from './event-stream.ts';
import type { Exchange, OnAnswered } from './exchange.ts';
import { createWriter, type WriterOptions } from './reply.ts';
import type { RowOptions } from './row.ts';

export interface HttpOptions {
  readonly config: Config;
  readonly publicUrl: string;
  readonly toRequestId: EdgeOptions['toRequestId'];
  readonly browser: Browser;
  readonly limits: Limits;
  readonly log: Logger;
  readonly tracing: Tracing | undefined;
  /** Called once for every answer. */
  readonly recordAnswer: OnAnswered;
}

export interface Http {
  /** Set when the drain begins. */
  readonly lifecycle: { isDraining: boolean };
  /** Options of everything that writes an answer. */
  readonly answering: WriterOptions;
  /** Ends the streams of events that rows of our own have open. */
  readonly endEventStreams: () => void;
  /** Called when a request is answered or has become an open stream: it no longer counts as in flight. */
  readonly leaveInFlight: (exchange: Exchange) => void;
  readonly edge: Omit<EdgeOptions, 'findRow'>;
  readonly dispatch: Pick<RowOptions, 'origins' | 'toBrowserCheck' | 'writer' | 'limitCaller'>;
  readonly errors: Pick<ErrorHandlerOptions, 'publicUrl' | 'writer' | 'onUnexpected'>;
}

/** Assembles the HTTP layer, from the edge to the answer. */
export function assembleHttp(options: HttpOptions): Http {
  const { config, publicUrl, toRequestId, browser, limits, log, tracing, recordAnswer } = options;
  const { origins, securityHeaders } = browser;
  const { inFlight, apiCaller } = limits;
  const lifecycle = { isDraining: false };
  const leaveInFlight = (exchange: Exchange): void => {
    if (exchange.isInFlight) inFlight.leave(exchange.ip);
    exchange.isInFlight = false;
  };
  const onAnswered: OnAnswered = (exchange, method, status, durationMs) => {
    leaveInFlight(exchange);
    recordAnswer(exchange, method, status, durationMs);
  };
  const eventStreams = createEventStreams();
  const answering = {
    securityHeaders,
    isDraining: () => lifecycle.isDraining,
    onAnswered,
    eventStreams,
  };
  const writer = createWriter(answering);
  return {
    lifecycle,
    answering,
    endEventStreams: eventStreams.endAll,
    leaveInFlight,
    edge: {
      toRequestId,
      toClientAddress: createClientAddress(config.trustProxy, log),
      origins,
      inFlight,
      tracing,
    },
    dispatch: {
      origins,
      toBrowserCheck: createBrowserCheck({ publicUrl, origins, trust: config.trustProxy }),
      writer,
      limitCaller: apiCaller && ((caller) => apiCaller.charge(caller.subject)),
    },
    errors: {
      publicUrl,
      writer,
      onUnexpected: (err, requestId) => log.error({ err, request_id: requestId }, 'unexpected error'),
    },
  };
}
