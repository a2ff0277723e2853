import type { ZodOpenApiHeaderObject } from 'zod-openapi';
import type { DocumentedHeader } from '../http/route.ts';

export type ResponseHeader = DocumentedHeader | 'X-Request-Id' | 'RateLimit-Policy';

interface HeaderDoc {
  readonly description: string;
  readonly example?: string | number;
  /** On each answer for which it is named. */
  readonly required?: true;
}

/** Every response header that the document names. */
const docs: Readonly<Record<ResponseHeader, HeaderDoc>> = {
  'X-Request-Id': {
    description: 'The id of the request in the log; taken over from the request if it is well formed.',
    required: true,
  },
  'Set-Cookie': {
    description: 'Sets, renews or clears cookies of this gateway; a browser keeps them by itself.',
  },
  Location: { description: 'Where the browser goes next.', required: true },
  Allow: { description: 'The methods of this path.', example: 'GET, HEAD, OPTIONS', required: true },
  'WWW-Authenticate': {
    description: 'The challenge (RFC 6750, RFC 9728).',
    example: 'Bearer realm="gatehouse"',
  },
  'Retry-After': { description: 'Seconds to wait.', example: 30 },
  RateLimit: {
    description: 'What is left of the limit, and for how many seconds.',
    example: '"auth-ip";r=59;t=60',
  },
  'RateLimit-Policy': {
    description: 'The limit: so many calls in so many seconds.',
    example: '"auth-ip";q=60;w=60',
  },
};

export function toHeaderObject(name: ResponseHeader): ZodOpenApiHeaderObject {
  const { description, example, required } = docs[name];
  const type = typeof example === 'number' ? 'integer' : 'string';
  return {
    description,
    ...(required && { required }),
    schema: { type, ...(example !== undefined && { example }) },
  };
}
