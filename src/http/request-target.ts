import { GatewayError } from '../errors.ts';

export interface RequestTarget {
  /** The raw path, exactly as sent. */
  readonly path: string;
  /** The raw query without its `?`. */
  readonly query: string;
}

// Not allowed in a path: guard and upstream must read the same path.
const BAD_IN_PATH = /[^\x21-\x7e]|[\\;#]|\/\/|\/\.{1,2}(?:\/|$)|%(?![0-9a-f]{2})|%(?:00|25|2f|3b|5c)/i;
const ENCODED_UNRESERVED = /%(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a]|3[0-9]|2[de]|5f|7e)/i;
const ENCODED_CONTROL = /%(?:[01][0-9a-f]|7f)/i;
const BAD_IN_QUERY = /[^\x21-\x7e]|#/;

function isGoodPath(path: string): boolean {
  if (path.charCodeAt(0) !== 0x2f || BAD_IN_PATH.test(path)) return false;
  if (!path.includes('%')) return true;
  if (ENCODED_UNRESERVED.test(path) || ENCODED_CONTROL.test(path)) return false;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false; // not UTF-8
  }
}

const refuse = (): never => {
  throw new GatewayError('bad_request_target');
};

/** Converts an absolute-form target (RFC 9112 §3.2.2) to origin-form; its host must equal the Host header. */
function toOriginForm(target: string, host: string): string {
  const match = /^https?:\/\/([^/?#]+)(.*)$/i.exec(target);
  if (!match || match[1]?.toLowerCase() !== host.toLowerCase()) return refuse();
  const rest = match[2] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * Parses a raw request target; refuses a malformed one instead of repairing it.
 * @throws GatewayError `bad_request_target`
 */
export function parseRequestTarget(target: string, host: string): RequestTarget {
  const origin = target.charCodeAt(0) === 0x2f ? target : toOriginForm(target, host);
  const mark = origin.indexOf('?');
  const path = mark < 0 ? origin : origin.slice(0, mark);
  const query = mark < 0 ? '' : origin.slice(mark + 1);
  if (!isGoodPath(path) || BAD_IN_QUERY.test(query)) refuse();
  return { path, query };
}
