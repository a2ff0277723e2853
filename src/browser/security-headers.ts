/** For JSON: nothing may be loaded, framed or sniffed. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** For the few pages of our own: their style sheet and scripts come from here. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export interface SecurityHeaderOptions {
  readonly publicUrl: string;
  /** Other hosts below ours may not have https: only their operator knows. */
  readonly hstsIncludeSubDomains: boolean;
}

/** The headers that every answer carries, flat (name, value, …), made once at start. */
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
