export interface PolicyParts {
  /** URLs outside of the tenant to which the answer to a form of the page may redirect. */
  readonly redirectsTo?: readonly string[] | undefined;
  /** `'sha256-…'` of the one inline script. */
  readonly script?: string | undefined;
  /** URLs whose pages may frame this one; none where absent. */
  readonly framedBy?: readonly string[] | undefined;
}

/**
 * The Content-Security-Policy of a page: nothing but our stylesheet and our forms, plus what the parts say.
 * `form-action` governs redirects after a POST too, each of them, which is why a page has to name where they lead.
 */
export function contentSecurityPolicy({ redirectsTo = [], script, framedBy = [] }: PolicyParts): string {
  const ancestors = framedBy.length === 0 ? "'none'" : sources(framedBy);
  return [
    "default-src 'none'",
    "style-src 'self'",
    script === undefined ? '' : `script-src ${script}`,
    `form-action 'self' ${sources(redirectsTo)}`.trim(),
    `frame-ancestors ${ancestors}`,
    "base-uri 'none'",
  ]
    .filter((directive) => directive !== '')
    .join('; ');
}

const sources = (urls: readonly string[]): string => [...new Set(urls.map(toSource))].join(' ');

/**
 * The origin of a URL as a policy can say it. A scheme of an app's own has no origin, and a policy has no way to name
 * an IPv6 address, nor a host with a `;` or a comma: there the scheme stands for all of it. Throws what `URL` throws.
 */
function toSource(url: string): string {
  const { origin, protocol, hostname } = new URL(url);
  return origin !== 'null' && /^[\w.*-]+$/.test(hostname) ? origin : protocol;
}
