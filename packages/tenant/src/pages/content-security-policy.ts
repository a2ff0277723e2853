export interface PolicyParts {
  /** URLs outside of the tenant to which the answer to a form of the page may redirect; `http://host:*` is any port. */
  readonly redirectsTo?: readonly string[] | undefined;
  /** `'sha256-…'` of the one inline script, or `'self'` for scripts that are files of ours. */
  readonly script?: string | undefined;
  /** Whether its script may fetch from the tenant. */
  readonly fetchesItself?: boolean | undefined;
  /** URLs whose pages may frame this one; none where absent. */
  readonly framedBy?: readonly string[] | undefined;
}

/**
 * The Content-Security-Policy of a page: nothing but our stylesheet and our forms, plus what the parts say.
 * `form-action` governs redirects after a POST too, each of them, which is why a page has to name where they lead.
 */
export function contentSecurityPolicy(parts: PolicyParts): string {
  const { redirectsTo = [], script, fetchesItself = false, framedBy = [] } = parts;
  const ancestors = framedBy.length === 0 ? "'none'" : sources(framedBy);
  return [
    "default-src 'none'",
    "style-src 'self'",
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

/** An origin with any port, which a URL cannot say. */
const anyPort = /^https?:\/\/[\w.-]+:\*$/;

/**
 * The origin of a URL as a policy can say it. A scheme of an app's own has no origin, and a policy has no way to name
 * an IPv6 address, nor a host with a `;` or a comma: there the scheme stands for all of it. Throws what `URL` throws.
 */
function toSource(url: string): string {
  if (anyPort.test(url)) return url;
  const { origin, protocol, hostname } = new URL(url);
  return origin !== 'null' && /^[\w.*-]+$/.test(hostname) ? origin : protocol;
}
