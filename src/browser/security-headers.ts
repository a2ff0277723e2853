/** Policy for JSON: no loading, no framing. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Policy for the gateway's pages, whose style sheet and scripts have the same origin. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export interface SecurityHeaderOptions {
  readonly publicUrl: string;
  /** Off by default, since subdomains may not support https. */
  readonly hstsIncludeSubDomains: boolean;
}

/** The headers of every answer, flat (name, value, …), created once at start. */
export function toSecurityHeaders({
  publicUrl,
  hstsIncludeSubDomains,
}: SecurityHeaderOptions): readonly string[] {
  const headers = [
    'X-Content-Type-Options',
    'nosniff',
    'X-Frame-Options',
    'DENY',
    'Referrer-Policy',
    'no-referrer',
    'Cross-Origin-Resource-Policy',
    'same-origin',
  ];
  if (publicUrl.startsWith('https:')) {
    const hsts = `max-age=31536000${hstsIncludeSubDomains ? '; includeSubDomains' : ''}`;
    headers.push('Strict-Transport-Security', hsts);
  }
  return headers;
}

export const API_POLICY_HEADER = ['Content-Security-Policy', API_POLICY] as const;
