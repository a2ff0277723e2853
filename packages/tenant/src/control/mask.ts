/**
 * The parameters that are shown unmasked. None of them is a credential. Anything not listed is masked, so that an
 * unknown parameter stays secret.
 */
const SHOWN = new Set(
  `grant_type response_type response_mode client_id audience scope realm connection redirect_uri returnTo
  post_logout_redirect_uri username email phone_number screen_hint prompt max_age organization
  code_challenge_method token_type_hint subject_token_type requested_token_type client_assertion_type
  authenticator_type authenticator_types challenge_type oob_channel send
  page per_page from take sort q fields include_fields include_totals search_engine
  name identifier app_type`.split(/\s+/),
);

const MASK = '***';
const MAX_VALUE_LENGTH = 200;
const MAX_ENTRIES = 50;
const MAX_DEPTH = 5;
/** Three dotted base64url parts, or one long part: a JWT or an opaque token in a shown parameter. */
const SECRET_PATTERN = /eyJ[\w-]{6,}|[\w-]{24,}\.[\w-]{8,}|^[A-Za-z0-9_-]{41,}$/;
const SAFE_NAME = /^[A-Za-z_$:.-]{1,40}$/;

function maskText(text: string): string {
  if (SECRET_PATTERN.test(text)) return MASK;
  const visible = text
    .slice(0, MAX_VALUE_LENGTH)
    .replace(/\/\/[^/@\s]*@/g, `//${MASK}@`)
    .replace(/[?#].*$/s, (rest) => `${rest[0]}${MASK}`);
  return text.length > MAX_VALUE_LENGTH ? `${visible}…` : visible;
}

function maskEntries(entries: Iterable<[string, unknown]>, depth: number): Record<string, unknown> {
  const masked: [string, unknown][] = [];
  for (const [name, value] of entries) {
    if (masked.length === MAX_ENTRIES) break;
    masked.push([SAFE_NAME.test(name) ? name : MASK, maskValue(value, SHOWN.has(name), depth)]);
  }
  return Object.fromEntries(masked);
}

function maskValue(value: unknown, isShown: boolean, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (depth >= MAX_DEPTH) return MASK;
  if (typeof value === 'object' && !Buffer.isBuffer(value)) {
    return Array.isArray(value)
      ? value.slice(0, MAX_ENTRIES).map((item) => maskValue(item, isShown, depth + 1))
      : maskEntries(Object.entries(value), depth + 1);
  }
  if (!isShown) return MASK;
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? maskText(value) : MASK;
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
    .slice(0, MAX_VALUE_LENGTH)
    .split('/')
    .map((segment) => (/^[\w.~-]{25,}$/.test(segment) || SECRET_PATTERN.test(segment) ? MASK : segment))
    .join('/');

const SHOWN_HEADERS = ['content-type', 'origin', 'user-agent', 'auth0-forwarded-for'];
const PRESENT_HEADERS = ['cookie', 'dpop'];

/** The headers that explain a response; credential headers show only their scheme or presence. */
export function maskHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const masked: Record<string, string> = {};
  for (const name of SHOWN_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') masked[name] = maskText(value);
  }
  for (const name of PRESENT_HEADERS) if (headers[name] !== undefined) masked[name] = MASK;
  const { authorization } = headers;
  if (typeof authorization === 'string') {
    const scheme = /^(Basic|Bearer|DPoP) /i.exec(authorization)?.[1];
    masked.authorization = scheme === undefined ? MASK : `${scheme} ${MASK}`;
  }
  return masked;
}
