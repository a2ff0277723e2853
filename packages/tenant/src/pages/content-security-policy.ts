export interface PolicyParts {
  /** URLs outside of the tenant that a form's response may redirect to; `http://host:*` is any port. */
  readonly redirectsTo?: readonly string[] | undefined;
  /** `'sha256-…'` of the inline script, or `'self'` for the tenant's script files. */
  readonly script?: string | undefined;
  /** Whether the script may fetch from the tenant. */
  readonly fetchesItself?: boolean | undefined;
  /** URLs whose pages may frame this page. Default: none. */
  readonly framedBy?: readonly string[] | undefined;
}

/**
 * The Content-Security-Policy of a page: only the tenant's stylesheet, icon and forms, plus the given parts. Browsers apply
 * `form-action` to every redirect after a POST, so a page must list the redirect targets.
 */
export function contentSecurityPolicy(parts: PolicyParts): string {
  const { redirectsTo = [], script, fetchesItself = false, framedBy = [] } = parts;
  const ancestors = framedBy.length === 0 ? "'none'" : sources(framedBy);
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    script === undefined ? '' : `script-src ${script}`,
    fetchesItself ? "connect-src 'self'" : '',
    `form-action 'self' ${sources(redirectsTo)}`.trim(),
    `frame-ancestors ${ancestors}`,
    "base-uri 'none'",
  ]
    .filter((directive) => directive !== '')
    .join('; ');
}

const sources = (urls: readonly string[]): string => [...new Set(urls.map(toSource))].join(' ');

/** An origin with any port, which `URL` cannot parse. */
const ANY_PORT = /^https?:\/\/[\w.-]+:\*$/;

/**
 * The CSP source for a URL's origin. Falls back to the scheme if CSP cannot express the origin: a custom scheme, an
 * IPv6 address, or a host with `;` or a comma. Throws the error of `URL` for an invalid URL.
 */
function toSource(url: string): string {
  if (ANY_PORT.test(url)) return url;
  const { origin, protocol, hostname } = new URL(url);
  return origin !== 'null' && /^[\w.*-]+$/.test(hostname) ? origin : protocol;
}
