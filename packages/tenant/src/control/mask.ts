/**
 * The parameters that are shown unmasked. None of them is a credential. Anything not listed is masked, so that an
 * unknown parameter stays secret.
 */
const shown = new Set(
  `grant_type response_type response_mode client_id audience scope realm connection redirect_uri returnTo
  post_logout_redirect_uri username email phone_number screen_hint prompt max_age organization
  code_challenge_method token_type_hint subject_token_type requested_token_type client_assertion_type
  authenticator_type authenticator_types challenge_type oob_channel send
  page per_page from take sort q fields include_fields include_totals search_engine
  name identifier app_type`.split(/\s+/),
);

const mask = '***';
const maxValueLength = 200;
const maxEntries = 50;
const maxDepth = 5;
/** Three dotted base64url parts, or one long part: a JWT or an opaque token in a shown parameter. */
const secretPattern = /eyJ[\w-]{6,}|[\w-]{24,}\.[\w-]{8,}|^[A-Za-z0-9_-]{41,}$/;
const safeName = /^[A-Za-z_$:.-]{1,40}$/;

function maskText(text: string): string {
  if (secretPattern.test(text)) return mask;
  const visible = text
    .slice(0, maxValueLength)
    .replace(/\/\/[^/@\s]*@/g, `//${mask}@`)
    .replace(/[?#].*$/s, (rest) => `${rest[0]}${mask}`);
  return text.length > maxValueLength ? `${visible}…` : visible;
}

function maskEntries(entries: Iterable<[string, unknown]>, depth: number): Record<string, unknown> {
  const masked: [string, unknown][] = [];
  for (const [name, value] of entries) {
    if (masked.length === maxEntries) break;
    masked.push([safeName.test(name) ? name : mask, maskValue(value, shown.has(name), depth)]);
  }
  return Object.fromEntries(masked);
}

function maskValue(value: unknown, isShown: boolean, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (depth >= maxDepth) return mask;
  if (typeof value === 'object' && !Buffer.isBuffer(value)) {
    return Array.isArray(value)
      ? value.slice(0, maxEntries).map((item) => maskValue(item, isShown, depth + 1))
      : maskEntries(Object.entries(value), depth + 1);
  }
  if (!isShown) return mask;
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? maskText(value) : mask;
}

/** A parsed body with secrets masked; undefined if there is none. */
export const maskBody = (body: unknown): unknown => maskValue(body, false, 0);

/** A query string as an object with secrets masked; a repeated name becomes a list. */
export function maskQuery(query: string): Record<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : [before, value].flat());
  }
  return maskEntries(values, 0);
}

/** A path with long opaque segments (tickets, tokens) masked; prefixed user ids stay. */
export const maskPath = (path: string): string =>
  path
    .slice(0, maxValueLength)
    .split('/')
    .map((segment) => (/^[\w.~-]{25,}$/.test(segment) || secretPattern.test(segment) ? mask : segment))
    .join('/');

const shownHeaders = ['content-type', 'origin', 'user-agent', 'auth0-forwarded-for'];
const presentHeaders = ['cookie', 'dpop'];

/** The headers that explain a response; credential headers show only their scheme or presence. */
export function maskHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const masked: Record<string, string> = {};
  for (const name of shownHeaders) {
    const value = headers[name];
    if (typeof value === 'string') masked[name] = maskText(value);
  }
  for (const name of presentHeaders) if (headers[name] !== undefined) masked[name] = mask;
  const { authorization } = headers;
  if (typeof authorization === 'string') {
    const scheme = /^(Basic|Bearer|DPoP) /i.exec(authorization)?.[1];
    masked.authorization = scheme === undefined ? mask : `${scheme} ${mask}`;
  }
  return masked;
}
