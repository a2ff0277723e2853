import type { Rate } from '../limits/rate-limit.ts';

/** Whose token an upstream gets: nobody's, the caller's, the gateway's own, or the caller's where there is one. */
export type TokenMode = 'none' | 'user' | 'client' | 'user-or-client';

/** Where a proxied row leads, and what it promises on the way. */
export interface ProxyTarget {
  /** Exact, or a prefix that ends in `/*`. */
  readonly path: string;
  /** The origin. */
  readonly upstream: string;
  /** What the row's path becomes; for a prefix, what its part before `/*` becomes. Undefined: nothing changes. */
  readonly rewrite?: string | undefined;
  readonly token: TokenMode;
  /** Of the token that is sent. */
  readonly audience: string;
  /** Until the head of an answer. */
  readonly timeoutMs: number;
  /** How long an answer may stand still. */
  readonly idleTimeoutMs: number;
  /** GET and HEAD only. */
  readonly retries: 0 | 1;
  /** Infinity: unlimited. */
  readonly maxBodyBytes: number;
  /** Of its own, at the upstream; undefined: those that rows without a number share. */
  readonly places?: number | undefined;
  readonly perCaller?: Rate | undefined;
  readonly isStream: boolean;
  readonly isWebSocket: boolean;
  /** Cookies that are passed on. */
  readonly cookies: readonly string[];
  /** Headers of either direction that are passed on though they are dropped otherwise. */
  readonly passHeaders: readonly string[];
  /** Headers of an answer that scripts of an allowed origin may read, beside those of every answer. */
  readonly exposeHeaders: readonly string[];
  /** Whether the upstream decides who may frame its pages; otherwise nobody may. */
  readonly isFramingUpstreams: boolean;
  /** How long an idle connection to the upstream is kept. */
  readonly keepAliveMs: number;
}
