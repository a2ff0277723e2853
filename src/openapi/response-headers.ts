import type { ZodOpenApiHeaderObject } from 'zod-openapi';
import type { DocumentedHeader } from '../http/route.ts';

export type ResponseHeader = DocumentedHeader | 'X-Request-Id' | 'RateLimit-Policy';

interface HeaderDoc {
  readonly description: string;
  readonly example?: string | number;
  /** Whether it is on each response that names it. */
  readonly required?: true;
}

/** Every response header that the document names. */
const DOCS: Readonly<Record<ResponseHeader, HeaderDoc>> = {
  'X-Request-Id': {
    description: 'The request ID, as in the log. A well-formed X-Request-Id of the request is kept.',
    required: true,
  },
  'Set-Cookie': {
    description: 'Sets, renews or clears cookies of this gateway.',
  },
  Location: { description: 'Where the browser goes next.', required: true },
  Allow: { description: 'The methods of this path.', example: 'GET, HEAD, OPTIONS', required: true },
  'WWW-Authenticate': {
    description: 'The challenge (RFC 6750, RFC 9728).',
    example: 'Bearer realm="gatehouse"',
  },
  'Retry-After': { description: 'Seconds to wait.', example: 30 },
  RateLimit: {
    description: 'Remaining requests, and seconds until the limit resets.',
    example: '"auth-ip";r=59;t=60',
  },
  'RateLimit-Policy': {
    description: 'The limit: requests per window, and the window in seconds.',
    example: '"auth-ip";q=60;w=60',
  },
};

export function toHeaderObject(name: ResponseHeader): ZodOpenApiHeaderObject {
  const { description, example, required } = DOCS[name];
  const type = typeof example === 'number' ? 'integer' : 'string';
  return {
    description,
    ...(required && { required }),
    schema: { type, ...(example !== undefined && { example }) },
  };
}
