import type { Exchange, OnAnswered } from '../http/exchange.ts';
import type { Caller } from '../http/route.ts';
import type { Places } from '../limits/places.ts';
import type { AccessTokenFor } from './access-token-for.ts';
import type { ToAnswerHeaders } from './answer-headers.ts';
import type { ProxyTarget } from './proxy-target.ts';
import type { ToRequestHeaders } from './request-headers.ts';
import type { Streams } from './streams.ts';
import type { Upstream } from './upstream.ts';

/** What all calls of a row share. */
export interface ForwardRow {
  readonly target: ProxyTarget;
  readonly upstream: Upstream;
  /** Its own at the upstream, or those that it shares. */
  readonly places: Places;
  readonly accessTokenFor: AccessTokenFor;
  /** Whether a session may get another token than the one that the upstream has refused. */
  readonly mayForce: (caller: Caller) => boolean;
  readonly toRequestHeaders: ToRequestHeaders;
  readonly toAnswerHeaders: ToAnswerHeaders;
  readonly streams: Streams;
  readonly isDraining: () => boolean;
  readonly onAnswered: OnAnswered;
  /** Called where a request goes on as an open stream: it is under way no more. */
  readonly onStreaming: (exchange: Exchange) => void;
  /** Called with each attempt: a status, or a word for its failure. */
  readonly onCalled: (upstream: string, outcome: string, seconds: number) => void;
}
