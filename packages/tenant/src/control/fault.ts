import { z } from 'zod';
import { validateHeaderName, validateHeaderValue } from '../lib/node-http.ts';

export const MAX_FAULTS = 100;
const MAX_PATTERN_LENGTH = 200;
const MAX_DELAY_MS = 60_000;
const MAX_TIMES = 1_000_000;
/** Node.js sets the framing headers itself. */
const FRAMING = ['content-length', 'transfer-encoding', 'connection', 'trailer', 'upgrade'];

const holds = (check: () => unknown): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

const areHeaders = (headers: Record<string, string>): boolean =>
  Object.entries(headers).every(
    ([name, value]) =>
      !FRAMING.includes(name.toLowerCase()) &&
      holds(() => validateHeaderName(name)) &&
      holds(() => validateHeaderValue(name, value)),
  );

/**
 * A fault to inject. It responds (`status`, with `headers` and `body`), resets the connection (`reset`), or only delays
 * (`delay_ms`, which can be combined with either). `path` is a regular expression that matches anywhere in the path,
 * without the query; `method` may be `*`.
 */
export const faultBody = z
  .strictObject({
    method: z
      .string()
      .regex(/^([A-Za-z]{1,16}|\*)$/, 'must be a method or *')
      .transform((method) => method.toUpperCase()),
    path: z
      .string()
      .max(MAX_PATTERN_LENGTH)
      .refine((pattern) => holds(() => new RegExp(pattern)), 'must be a regular expression'),
    status: z.int().min(200).max(599).optional(),
    headers: z
      .record(z.string(), z.string())
      .refine(areHeaders, 'must be valid headers, without framing headers')
      .optional(),
    body: z.json().optional(),
    delay_ms: z.int().min(0).max(MAX_DELAY_MS).optional(),
    reset: z.boolean().optional(),
    times: z.int().min(1).max(MAX_TIMES).default(1),
  })
  .refine(
    ({ status, reset, delay_ms }) => status !== undefined || reset === true || delay_ms !== undefined,
    'status, reset or delay_ms is required',
  )
  .refine(
    ({ status, reset }) => status === undefined || reset !== true,
    'status and reset cannot be combined',
  )
  .refine(
    ({ status, headers, body }) => status !== undefined || (headers === undefined && body === undefined),
    'headers and body require status',
  );

export const faultsBody = z.array(faultBody).max(MAX_FAULTS);

export type Fault = z.output<typeof faultBody>;
