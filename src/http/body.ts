import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { GatewayError } from '../errors.ts';

const BODY_TIMEOUT_MS = 30_000;
const MAX_DEPTH = 32;
const V1_LIMIT = 16 * 1024;
const OTHER_LIMIT = 100 * 1024;

/** The limit of a parsed body in bytes, by the path it is sent to. */
export const toBodyLimit = (path: string): number => (path.startsWith('/v1/') ? V1_LIMIT : OTHER_LIMIT);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How deep the brackets of a JSON text nest, found before anything parses it. */
export function toJsonDepth(text: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (isInString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

const invalidBody = (message: string, cause?: unknown): GatewayError =>
  new GatewayError('validation_failed', { errors: [{ path: '', message }], cause });

function requireShallow(_request: unknown, _response: unknown, text: Buffer): void {
  if (toJsonDepth(text) > MAX_DEPTH) {
    throw invalidBody(`nested deeper than ${MAX_DEPTH} levels`);
  }
}

/** The parser's errors by their stable `type` (body-parser), as ours. */
const parserErrors: Record<string, (cause: unknown) => GatewayError> = {
  'entity.too.large': (cause) => new GatewayError('payload_too_large', { cause }),
  'encoding.unsupported': (cause) => new GatewayError('unsupported_media_type', { cause }),
  'charset.unsupported': (cause) => new GatewayError('unsupported_media_type', { cause }),
  'request.aborted': (cause) => new GatewayError('invalid_request', { cause, reason: 'aborted' }),
};

function toBodyError(error: unknown): unknown {
  if (error instanceof GatewayError) return error;
  const { type, cause } = error as { type?: string; cause?: unknown };
  if (cause instanceof GatewayError) return cause;
  return parserErrors[type ?? '']?.(error) ?? invalidBody('the body cannot be parsed', error);
}

const parsers = {
  json: (limit: number) =>
    express.json({ limit, inflate: false, strict: false, type: 'application/json', verify: requireShallow }),
  form: (limit: number) =>
    express.urlencoded({ limit, inflate: false, extended: false, type: 'application/x-www-form-urlencoded' }),
};

const mediaTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/** Whether a parsed value holds an own `__proto__` member anywhere, which a later copy would turn into a prototype. */
function hasProtoMember(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProtoMember);
}

export type BodyReader = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/**
 * Makes the reader of a row's body: one media type at a time, bounded in bytes, depth and time.
 * @throws GatewayError `unsupported_media_type`, `payload_too_large`, `request_timeout`, `validation_failed`
 */
export function createBodyReader(types: readonly ('json' | 'form')[], limit: number): BodyReader {
  const known = types.map((type) => ({ mediaType: mediaTypes[type], parse: parsers[type](limit) }));
  return async (request, response) => {
    const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    const chosen = known.find((each) => each.mediaType === mediaType);
    if (!chosen) throw new GatewayError('unsupported_media_type');
    if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
    let timer: NodeJS.Timeout | undefined;
    const tooSlow = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new GatewayError('request_timeout')), BODY_TIMEOUT_MS);
    });
    const parsed = new Promise<unknown>((resolve, reject) => {
      chosen.parse(request, response, (error?: unknown) => {
        if (error) reject(toBodyError(error));
        else resolve((request as { body?: unknown }).body);
      });
    });
    try {
      const body = await Promise.race([parsed, tooSlow]);
      if (hasProtoMember(body)) throw invalidBody('the name __proto__ is not allowed');
      return body;
    } finally {
      clearTimeout(timer);
    }
  };
}
