import { z } from 'zod';
import { parseRequestTarget } from '../../http/request-target.ts';
import { isReserved, RESERVED_PATHS } from '../../http/reserved-paths.ts';

/** A text of a fixed format; the fault states the expected format, which may depend on the value. */
const text = (pattern: RegExp, wanted: string, example: string, toWanted?: (value: string) => string) =>
  z
    .string(wanted)
    .regex(pattern, { error: ({ input }) => toWanted?.(String(input)) ?? wanted, abort: true })
    .meta({ examples: [example] });

const SEGMENT = "(?!:)(?:[A-Za-z0-9._~!$&'()+,=:@-]|%[0-9A-F]{2})+";
const PLAIN_PATH = new RegExp(`^(?:/${SEGMENT})*/?$`);
const PATH_PATTERN = new RegExp(`^(?:/${SEGMENT})*(?:/|/\\*)?$`);
/** Whether a request can have this path; the edge refuses others. */
function isReachable(path: string): boolean {
  try {
    return parseRequestTarget(path, '').query === '' && !path.includes('?');
  } catch {
    return false;
  }
}
const UNREACHABLE = 'a path that a request can have: no dot segments, no needless escapes';

const PATH_WANTED = 'a path such as /api/orders, or a prefix such as /api/orders/*';

/** Other routers treat `:id` as a parameter; here a row would match it literally. */
function toPathWanted(value: string): string {
  const colon = value.indexOf('/:');
  if (colon < 0) return PATH_WANTED;
  return `a path without parameters: ${value.slice(0, colon)}/* takes every path below it`;
}

export const rowPath = text(PATH_PATTERN, PATH_WANTED, '/api/orders/*', toPathWanted)
  .refine(isReachable, UNREACHABLE)
  .refine((path) => !isReserved(path), `a path outside of ${RESERVED_PATHS.join(', ')}`);

export const rewritePath = text(
  PLAIN_PATH,
  'a path such as /orders, without parameters or *: what follows the prefix of the row is added to it',
  '/orders',
).refine(isReachable, UNREACHABLE);

const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** A size in bytes; Infinity for `unlimited`. */
export const size = text(
  /^(?:unlimited|[1-9]\d{0,5}(?:B|kB|MB|GB))$/,
  'a size such as 512kB, 10MB or 2GB, or unlimited',
  '10MB',
).transform((value) => {
  if (value === 'unlimited') return Number.POSITIVE_INFINITY;
  const [, count = '', unit = ''] = /^(\d+)(\w+)$/.exec(value) ?? [];
  return Number(count) * (SIZE_UNITS[unit] ?? Number.NaN);
});

const WINDOWS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

export const rate = text(
  /^[1-9]\d{0,6}\/(?:s|min|h)$/,
  'a rate such as 10/s, 600/min or 5000/h',
  '600/min',
).transform((value) => {
  const [count = '', unit = ''] = value.split('/');
  return { count: Number(count), windowS: WINDOWS[unit] ?? Number.NaN };
});

const wholeNumber = (max: number, what: string) => {
  const wanted = `${what} from 1 to ${max}`;
  return z.int(wanted).min(1, wanted).max(max, wanted);
};

export const durationMs = (max: number) => wholeNumber(max, 'whole milliseconds');

export const placeCount = wholeNumber(1_000_000, 'a whole number');

/** RFC 6749 §3.3; other characters are invalid in a challenge. */
export const scopeName = text(
  /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  'a scope: printable characters without spaces',
  'read:orders',
);

export const audienceName = text(
  /^[\x21-\x7e]{1,600}$/,
  "an API's identifier without spaces",
  'urn:organizer',
);

/** RFC 9110 §5.1, without `*`, which would mean all. */
export const headerName = text(/^[!#$%&'+.^_`|~0-9A-Za-z-]+$/, "a header's name", 'If-Match');

/** RFC 9110 §5.6.2 */
export const cookieName = text(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a cookie's name", 'theme');
