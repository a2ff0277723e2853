import type { Exchange, OnAnswered } from '../http/exchange.ts';
import type { Caller } from '../http/route.ts';
import type { Places } from '../limits/places.ts';
import type { Tracing } from '../observe/tracing.ts';
import type { AccessTokenFor } from './access-token-for.ts';
import type { ToAnswerHeaders } from './answer-headers.ts';
import type { ProxyTarget } from './proxy-target.ts';
import type { ToRequestHeaders } from './request-headers.ts';
import type { Streams } from './streams.ts';
import type { Upstream } from './upstream.ts';

/** The dependencies that all calls of a row share. */
export interface ForwardRow {
  readonly target: ProxyTarget;
  readonly upstream: Upstream;
  /** The row's own places at the upstream, or the shared ones. */
  readonly places: Places;
  readonly accessTokenFor: AccessTokenFor;
  /** Whether a session may get a new token after the upstream refused one. */
  readonly mayForce: (caller: Caller) => boolean;
  readonly toRequestHeaders: ToRequestHeaders;
  readonly toAnswerHeaders: ToAnswerHeaders;
  readonly streams: Streams;
  /** Set when the row is removed: its open streams end. */
  readonly lifecycle: { isRemoved: boolean };
  readonly isDraining: () => boolean;
  readonly onAnswered: OnAnswered;
  /** Called when a request becomes an open stream and no longer counts as in flight. */
  readonly onStreaming: (exchange: Exchange) => void;
  readonly tracing: Pick<Tracing, 'startHttpCall'> | undefined;
  /** Called after each attempt with the status, or with a code of its failure. */
  readonly onCalled: (upstream: string, outcome: string, seconds: number) => void;
}
