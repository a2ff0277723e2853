/** An upstream's headers by lower-case name; a repeated header is a list. */
export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Joins the values of a header (RFC 9110 §5.3). */
export const toText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;

const NOT_PLAIN = /[^a-z0-9-]/;

/**
 * The normalized name of a header, since CGI-like servers treat several spellings as one: lower case, `-` for other
 * separators (`X_User_Id`, `x.user.id`).
 */
export function toPlainName(name: string): string {
  const lower = name.toLowerCase();
  return NOT_PLAIN.test(lower) ? lower.replaceAll(/[^a-z0-9-]/g, '-') : lower;
}

/** The hop-by-hop names of a `Connection` header (RFC 9110 §7.6.1); undefined if none. */
export function toConnectionNames(value: string | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined;
  return new Set(value.split(',').map((name) => toPlainName(name.trim())));
}

/** Hop-by-hop headers, in either direction (RFC 9110 §7.6.1). */
export const HOP_BY_HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
];

/** Request headers that only the gateway sets; those of callers are removed. */
export const OWN_REQUEST_HEADERS: readonly string[] = [
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'expect',
  'authorization',
  'cookie',
  'cookie2',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-prefix',
  'x-user-id',
  'x-user-scopes',
  'x-client-id',
  'x-request-id',
  'traceparent',
];

/** Response headers that only the gateway sets; those of upstreams are removed. */
export const OWN_ANSWER_HEADERS: readonly string[] = [
  ...HOP_BY_HOP,
  'proxy-authenticate',
  'proxy-authentication-info',
  'x-request-id',
  'alt-svc',
  'strict-transport-security',
  'x-content-type-options',
];

const OWN: ReadonlySet<string> = new Set([...OWN_REQUEST_HEADERS, ...OWN_ANSWER_HEADERS, 'x-frame-options']);
const OWN_FAMILIES = /^(?:proxy-|access-control-)/;

/** Whether a row may pass on a header that is removed by default. */
export function mayPass(name: string): boolean {
  const plain = toPlainName(name);
  return !OWN.has(plain) && !OWN_FAMILIES.test(plain);
}
