import type { Rate } from '../limits/rate-limit.ts';

/**
 * The token that an upstream gets: none, the caller's, the gateway's, or the caller's if there is a caller and else the
 * gateway's.
 */
export type TokenMode = 'none' | 'user' | 'client' | 'user-or-client';

/** The upstream of a proxied row, and the settings of its calls. */
export interface ProxyTarget {
  /** Exact, or a prefix that ends in `/*`. */
  readonly path: string;
  /** The origin. */
  readonly upstream: string;
  /** The replacement of the row's path; for a prefix, of its part before `/*`. Undefined: unchanged. */
  readonly rewrite?: string | undefined;
  readonly token: TokenMode;
  /** Audience of the token that is sent. */
  readonly audience: string;
  /** Time until the head of the answer. */
  readonly timeoutMs: number;
  /** Maximum time between two parts of an answer. */
  readonly idleTimeoutMs: number;
  /** GET and HEAD only. */
  readonly retries: 0 | 1;
  /** Infinity: unlimited. */
  readonly maxBodyBytes: number;
  /** Number of places of its own at the upstream; undefined: shares places with other rows. */
  readonly places?: number | undefined;
  readonly perCaller?: Rate | undefined;
  readonly isStream: boolean;
  readonly isWebSocket: boolean;
  /** Cookies that are passed on. */
  readonly cookies: readonly string[];
  /** Headers of either direction to pass on that are removed by default. */
  readonly passHeaders: readonly string[];
  /** Additional response headers that scripts of an allowed origin may read. */
  readonly exposeHeaders: readonly string[];
  /** Whether the upstream decides who may frame its pages; otherwise framing is denied. */
  readonly isFramingUpstreams: boolean;
  /** How long an idle connection to the upstream is kept. */
  readonly keepAliveMs: number;
}
