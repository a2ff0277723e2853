import type { Origins } from './origins.ts';

const ALLOW_HEADERS = 'Content-Type, Authorization, X-CSRF, X-MFA-Handle, X-Request-Id, traceparent';
const EXPOSE_HEADERS = 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate';
const PREFLIGHT_MAX_AGE_S = 7200;

const VARY_ONLY = ['Vary', 'Origin'] as const;

/** The CORS headers of an answer, flat; undefined if CORS is off. Other origins and `null` get only `Vary`. */
export function toCorsHeaders(origins: Origins, origin: string | undefined): readonly string[] | undefined {
  if (!origins.isCorsOn) return undefined;
  if (origin === undefined || !origins.isAllowed(origin)) return VARY_ONLY;
  return [
    'Vary',
    'Origin',
    'Access-Control-Allow-Origin',
    origin,
    'Access-Control-Allow-Credentials',
    'true',
    'Access-Control-Expose-Headers',
    EXPOSE_HEADERS,
  ];
}

/**
 * Additional headers for a preflight of an allowed origin (Fetch standard, CORS-preflight); `allow` are headers of the row.
 */
export const toPreflightHeaders = (
  methods: string,
  allow: readonly string[] = [],
): Record<string, string> => ({
  'Access-Control-Allow-Methods': methods,
  'Access-Control-Allow-Headers': [ALLOW_HEADERS, ...allow].join(', '),
  'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_S),
});
