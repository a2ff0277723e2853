import type { Exchange, OnAnswered } from '../http/exchange.ts';
import type { ProxiedCall } from '../http/proxy-route.ts';
import type { Clock } from '../lib/clock.ts';
import { createSharedPlaces } from '../limits/places.ts';
import type { BreakerState } from '../observe/operations-metrics.ts';
import { type AccessTokenDeps, createAccessTokenFor } from './access-token-for.ts';
import { type AnswerHeaderOptions, createAnswerHeaders } from './answer-headers.ts';
import { Forward } from './forward.ts';
import type { ForwardRow } from './forward-row.ts';
import type { ProxyTarget } from './proxy-target.ts';
import { createRequestHeaders } from './request-headers.ts';
import { createRewrite } from './rewrite.ts';
import { createStreams, type IsRevoked, type WatchSession } from './streams.ts';
import { requireFittingLength } from './upload.ts';
import { createUpstreams, type UpstreamPlaces } from './upstream.ts';

export interface ProxyOptions extends AnswerHeaderOptions, UpstreamPlaces {
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly tokens: AccessTokenDeps;
  readonly watchSession: WatchSession;
  readonly isRevoked: IsRevoked;
  readonly isDraining: () => boolean;
  readonly onAnswered: OnAnswered;
  readonly onStreaming: ForwardRow['onStreaming'];
  readonly onCalled: ForwardRow['onCalled'];
  readonly tracing: ForwardRow['tracing'];
}

/** A row that is served. */
export interface ServedRow {
  readonly serve: (call: ProxiedCall) => void;
  /** Ends its open streams within a second, including later ones; requests in flight continue. */
  readonly remove: () => void;
}

export interface Proxy {
  /** Creates the request handler of a row. */
  readonly createServe: (target: ProxyTarget) => ServedRow;
  /** The breakers of all upstreams. */
  readonly breakers: () => readonly BreakerState[];
  /** Ends WebSockets and event streams, for a shutdown. */
  readonly endStreams: () => void;
  readonly close: () => Promise<void>;
}

/** The unchanged query with its `?`. */
function toQuery({ query }: Exchange, url: string): string {
  return query !== '' || url.endsWith('?') ? `?${query}` : '';
}

/**
 * Whether a request is for a WebSocket or an event stream. Beyond capacity it is refused without a call to the upstream.
 */
const isStreamRequest = ({ headers }: ProxiedCall['request'], { isUpgrade }: Exchange): boolean =>
  isUpgrade || headers.accept?.startsWith('text/event-stream') === true;

export function createProxy(options: ProxyOptions): Proxy {
  const { publicUrl, tokens, addressShare, isDraining, onAnswered, onStreaming, onCalled, tracing } = options;
  const upstreams = createUpstreams({ ...options, nowMs: () => performance.now() });
  const streams = createStreams(options);

  return {
    createServe(target) {
      const upstream = upstreams.get(target.upstream);
      const rewrite =
        target.rewrite === undefined
          ? undefined
          : createRewrite({ ...target, rewrite: target.rewrite }, publicUrl);
      const lifecycle = { isRemoved: false };
      const row: ForwardRow = {
        target,
        upstream,
        places:
          target.places === undefined ? upstream.places : createSharedPlaces(target.places, addressShare),
        accessTokenFor: createAccessTokenFor(tokens, target.token, target.audience),
        mayForce: (caller) => tokens.mayForce(caller, target.audience),
        toRequestHeaders: createRequestHeaders({
          ...target,
          publicUrl,
          forwardedPrefix: rewrite?.forwardedPrefix ?? '',
        }),
        toAnswerHeaders: createAnswerHeaders(options, target, rewrite),
        streams,
        lifecycle,
        isDraining,
        onAnswered,
        onStreaming,
        onCalled,
        tracing,
      };
      const serve = (call: ProxiedCall): void => {
        const { request, exchange } = call;
        requireFittingLength(request, target.maxBodyBytes);
        if (isStreamRequest(request, exchange)) streams.requireCapacity(target.upstream, exchange);
        const path = rewrite ? rewrite.toUpstreamPath(exchange.path) : exchange.path;
        new Forward(row, call, path + toQuery(exchange, request.url ?? '')).start();
      };
      return {
        serve,
        remove: () => {
          lifecycle.isRemoved = true;
        },
      };
    },
    breakers: () =>
      upstreams.all().map((upstream) => ({ target: upstream.origin, isOpen: upstream.isBroken() })),
    endStreams: () => streams.endAll(),
    close: () => upstreams.close(),
  };
}
