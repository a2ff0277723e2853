import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { createCookieJar, SESSION_COOKIE } from '../browser/cookies.ts';
import { type ErrorCode, errorTable } from '../errors.ts';
import { type AnyRoute, isProxied } from '../http/proxy-route.ts';
import type { Route } from '../http/route.ts';

export interface DocumentOptions {
  readonly rows: readonly AnyRoute[];
  readonly version: string;
  readonly publicUrl: string;
  readonly issuer: string;
}

type Document = ReturnType<typeof createDocument>;

const problem = z
  .object({
    type: z.string().meta({ description: 'The address of what this code means.' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retry_after: z.number().int().optional().meta({ description: 'Seconds.' }),
  })
  .loose()
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

const oauthError = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError', description: 'RFC 6749 §5.2' });

/** What any route may answer. */
const commonErrors: readonly ErrorCode[] = [
  'validation_failed',
  'method_not_allowed',
  'overloaded',
  'internal',
];
const guardErrors: readonly ErrorCode[] = [
  'invalid_request',
  'unauthenticated',
  'invalid_token',
  'insufficient_scope',
  'ambiguous_credentials',
  'csrf_failed',
  'session_expired',
  'store_unavailable',
  'tenant_unavailable',
];
const bodyErrors: readonly ErrorCode[] = [
  'request_timeout',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
];
const tenantErrors: readonly ErrorCode[] = [
  'tenant_unavailable',
  'tenant_timeout',
  'tenant_error',
  'tenant_misconfigured',
];

function toErrorCodes(row: AnyRoute): ErrorCode[] {
  const codes = [...commonErrors, ...row.errors];
  if (row.guard !== 'public') {
    codes.push(...guardErrors);
    if (row.guard.max_age !== undefined || row.guard.acr) codes.push('insufficient_user_authentication');
  }
  if (!isProxied(row) && row.body) codes.push(...bodyErrors);
  if (row.path.startsWith('/v1/')) codes.push(...tenantErrors);
  return [...new Set(codes)];
}

function toResponses(row: AnyRoute): ZodOpenApiResponsesObject {
  const responses: Record<string, ZodOpenApiResponsesObject[`${1 | 2 | 3 | 4 | 5}${string}`]> = {};
  for (const [status, { description, schema, contentType }] of Object.entries(row.responses)) {
    const content = schema ? { content: { [contentType ?? 'application/json']: { schema } } } : {};
    responses[status] = { description, ...content };
  }
  const byStatus = Map.groupBy(toErrorCodes(row), (code) => errorTable[code].status);
  for (const [status, codes] of [...byStatus].toSorted(([a], [b]) => a - b)) {
    // A row that says a status of its own, such as 503 of /readyz, has said more than the table.
    if (responses[String(status)]) continue;
    const isOAuth = !isProxied(row) && row.errorShape === 'oauth';
    responses[String(status)] = {
      description: codes.map((code) => `\`${code}\`: ${errorTable[code].title}`).join('\n\n'),
      content: {
        [isOAuth ? 'application/json' : 'application/problem+json']: {
          schema: isOAuth ? oauthError : problem,
        },
      },
    };
  }
  return responses;
}

const bodyMediaTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

const pathParams = (path: string) =>
  z.object(Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name ?? '', z.string()])));

/** What a row of our own parses; an upstream's input is its own business. */
const toInput = (row: AnyRoute): Pick<Route, 'query' | 'body' | 'bodyTypes' | 'requestHeaders'> =>
  isProxied(row) ? {} : row;

/** A prefix as OpenAPI can say it: its rest is a parameter, though one that may hold slashes. */
const toTemplate = (path: string): string => path.replace(/\*$/, '{rest}');

const bySession = { session: [], csrf: [] };

/** What a caller may show; `{}` is nothing. */
function toSecurity({ guard, readsSession, takesBearer }: AnyRoute): Record<string, string[]>[] {
  if (guard !== 'public')
    return [{ bearer: [...(guard.scopes ?? []), ...(guard.anyScope ?? [])] }, bySession];
  if (!readsSession) return [];
  return takesBearer ? [{ bearer: [] }, bySession, {}] : [bySession, {}];
}

function toOperation(row: AnyRoute): ZodOpenApiOperationObject {
  const { query, body, bodyTypes, requestHeaders } = toInput(row);
  const path = toTemplate(row.path);
  const types = bodyTypes ?? ['json'];
  return {
    operationId: row.operationId,
    summary: row.summary,
    ...(row.description && { description: row.description }),
    tags: [row.tag],
    security: toSecurity(row),
    requestParams: {
      ...(path.includes('{') && { path: pathParams(path) }),
      // Only an object of parameters can stand here; a refinement around it is still one.
      ...(query && { query: query as z.ZodObject }),
      ...(requestHeaders && { header: requestHeaders }),
    },
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: Object.fromEntries(types.map((type) => [bodyMediaTypes[type], { schema: body }])),
      },
    }),
    responses: toResponses(row),
  };
}

/** The OpenAPI 3.1 document of the rows that serve. */
export function toDocument({ rows, version, publicUrl, issuer }: DocumentOptions): Document {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  const documented = rows.filter(({ undocumented }) => !undocumented);
  for (const row of documented) {
    const path = toTemplate(row.path);
    const item = paths[path] ?? {};
    item[row.method.toLowerCase()] = toOperation(row);
    paths[path] = item;
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version,
      description: 'Sign-up, sign-in and scope-checked routes behind one front door.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    tags: [...new Set(documented.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `An access token of ${issuer}`,
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: createCookieJar(publicUrl).toName(SESSION_COOKIE),
          description: 'The session that a sign-in begins',
        },
        csrf: {
          type: 'apiKey',
          in: 'header',
          name: 'X-CSRF',
          description: '`1`, with every request that carries the cookie of a session',
        },
      },
    },
  });
}
