import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MIMEType } from 'node:util';
import express from 'express';
import { GatewayError } from '../errors.ts';
import { type JsonFault, parseStrictJson } from '../lib/strict-json.ts';
import { createBodyPace, PACE_CHECK_MS } from './body-pace.ts';
import { parseParameters } from './parameters.ts';

const toTextFault = (text: string): string | undefined =>
  text.isWellFormed() ? undefined : 'the text contains a lone surrogate';

/**
 * Faults of a parsed value that schemas need not check: a lone surrogate, which would be sent on as another character, and
 * an own `__proto__` member, which a later copy would turn into a prototype.
 */
function toValueFault(value: unknown): string | undefined {
  if (typeof value === 'string') return toTextFault(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') return 'the name __proto__ is not allowed';
    const fault = toTextFault(name) ?? toValueFault(member);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const BODY_TIMEOUT_MS = 30_000;
const MAX_DEPTH = 32;
const V1_LIMIT = 16 * 1024;
const OTHER_LIMIT = 100 * 1024;
/** The caller disconnected before the end of its body. */
const ABORTED = 'aborted';

/** The limit of a parsed body in bytes, by the path it is sent to. */
export const toBodyLimit = (path: string): number => (path.startsWith('/v1/') ? V1_LIMIT : OTHER_LIMIT);

// Without the parser's error as cause, since that quotes the body.
const invalidBody = (message: string): GatewayError =>
  new GatewayError('validation_failed', { errors: [{ path: '', message }] });

const JSON_FAULTS: Readonly<Record<JsonFault, string>> = {
  too_deep: `nested deeper than ${MAX_DEPTH} levels`,
  no_json: 'the body cannot be parsed',
  repeated_member: 'an object names the same member twice',
};

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  const parsed = parseStrictJson(bytes, MAX_DEPTH);
  if (parsed.fault !== undefined) throw invalidBody(JSON_FAULTS[parsed.fault]);
  return parsed.value;
}

function parseForm(bytes: Buffer): unknown {
  const text = bytes.toString();
  try {
    decodeURIComponent(text);
  } catch {
    // `URLSearchParams` would read every such escape as the same character.
    throw invalidBody('an escape is not UTF-8');
  }
  return parseParameters(text);
}

type BodyType = 'json' | 'form';

const PARSERS = { json: parseJson, form: parseForm } as const;
const MEDIA_TYPES: Readonly<Record<string, BodyType>> = {
  'application/json': 'json',
  'application/x-www-form-urlencoded': 'form',
};

/** The type of a body by its Content-Type; undefined if not supported, or not UTF-8. */
function toBodyType(contentType: string | undefined): BodyType | undefined {
  try {
    const { essence, params } = new MIMEType(contentType ?? '');
    const isOurs = (params.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8';
    return isOurs && Object.hasOwn(MEDIA_TYPES, essence) ? MEDIA_TYPES[essence] : undefined;
  } catch {
    return undefined; // no media type at all
  }
}

/** Maps the reader's errors by their stable `type` (body-parser). */
const readerErrors: Readonly<Record<string, (cause: unknown) => GatewayError>> = {
  'entity.too.large': (cause) => new GatewayError('payload_too_large', { cause }),
  'encoding.unsupported': (cause) => new GatewayError('unsupported_media_type', { cause }),
  'request.aborted': (cause) => new GatewayError('invalid_request', { cause, reason: ABORTED }),
};

const toReadError = (error: unknown): GatewayError =>
  readerErrors[(error as { type?: string }).type ?? '']?.(error) ?? invalidBody('the body cannot be read');

const isEmpty = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;

/** Whether a body was not received completely. */
export const isBodyMissing = (error: unknown): boolean =>
  error instanceof GatewayError && (error.code === 'request_timeout' || error.options.reason === ABORTED);

export type BodyReader = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/**
 * Creates the body reader of a row: supported media types, UTF-8, limits for bytes, depth and time. A missing body becomes
 * an empty object.
 * @throws GatewayError `unsupported_media_type`, `payload_too_large`, `request_timeout`, `validation_failed`
 */
export function createBodyReader(types: readonly BodyType[], limit: number): BodyReader {
  const readBytes = express.raw({ limit, inflate: false, type: () => true });

  async function read(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    const pace = createBodyPace(() => performance.now());
    const onData = (chunk: Buffer): void => pace.received(chunk.length);
    request.on('data', onData);
    const endsAtMs = performance.now() + BODY_TIMEOUT_MS;
    let timer: NodeJS.Timeout | undefined;
    const tooSlow = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        if (pace.isTooSlow || performance.now() > endsAtMs) reject(new GatewayError('request_timeout'));
      }, PACE_CHECK_MS);
    });
    const bytes = new Promise<Buffer>((resolve, reject) => {
      readBytes(request, response, (error?: unknown) => {
        if (error) reject(toReadError(error));
        else resolve((request as { body?: Buffer }).body ?? Buffer.alloc(0));
      });
    });
    try {
      return await Promise.race([bytes, tooSlow]);
    } finally {
      clearInterval(timer);
      request.off('data', onData);
    }
  }

  return async (request, response) => {
    if (request.headers['content-type'] === undefined && isEmpty(request)) return {};
    const type = toBodyType(request.headers['content-type']);
    if (type === undefined || !types.includes(type)) throw new GatewayError('unsupported_media_type');
    // body-parser would first read such a body to its end.
    if (Number(request.headers['content-length']) > limit) throw new GatewayError('payload_too_large');
    if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
    const bytes = await read(request, response);
    if (!isUtf8(bytes)) throw invalidBody('the body is not UTF-8');
    const value = PARSERS[type](bytes);
    const fault = toValueFault(value);
    if (fault !== undefined) throw invalidBody(fault);
    return value;
  };
}
