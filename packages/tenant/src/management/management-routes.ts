import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import type { TenantContext } from '../context.ts';
import { requireRate } from '../limits/require-rate.ts';
import { WireError } from '../wire/errors.ts';
import { paramsOf, socketIpOf } from '../wire/read-request.ts';
import { parsedFor, type TenantReply } from '../wire/row.ts';
import { writeReply } from '../wire/write-reply.ts';
import { isAuth0Operation, MANAGEMENT_OPERATIONS, operationKey } from './coverage/auth0-operations.ts';
import { toLogDetails } from './log-details.ts';
import { insufficientScope, invalidBody, invalidPath, managementError } from './management-error.ts';
import type { ManagementCaller, ManagementRow } from './management-row.ts';
import { managementRows } from './management-rows.ts';
import { parseBody, parseQuery } from './parse-input.ts';
import { type ManagementToken, requireManagementToken } from './require-management-token.ts';

const BODY_LIMIT = '1mb';
const FORM_TYPE = 'multipart/form-data';
const parseJson = express.json({ limit: BODY_LIMIT, strict: false });
const parseBytes = express.raw({ limit: BODY_LIMIT, type: FORM_TYPE });

/** The router of the Management API, to be mounted at `/api/v2`. `warn` receives unexpected errors. */
export function createManagementApi(context: TenantContext, warn: (message: string) => void): Router {
  const router = express.Router({ caseSensitive: true });
  const rows = managementRows(context);
  const served = new Set(rows.map(operationKey));
  // A path such as `/clients/search` would otherwise be taken for the id of a client.
  for (const operation of MANAGEMENT_OPERATIONS) {
    if (served.has(operationKey(operation)) || operation.path.endsWith('{}')) continue;
    const method = operation.method.toLowerCase() as Lowercase<ManagementRow['method']>;
    router[method](toPattern(operation.path), ({ path }) => {
      throw notServed(operation.method, path);
    });
  }
  for (const row of rows) {
    const method = row.method.toLowerCase() as Lowercase<ManagementRow['method']>;
    router[method](row.path, toHandler(context, row));
  }
  router.use(({ method, path }: Request) => {
    if (isAuth0Operation(method, path)) throw notServed(method, path);
    throw managementError(404, 'Not Found');
  });
  const explain: ErrorRequestHandler = (error: unknown, request, _response, next) => {
    next(toWireError(error) ?? report(error, request));
  };
  const report = (error: unknown, { method, path }: Request): WireError => {
    const detail = error instanceof Error ? error.stack : 'no error';
    warn(`request failed: ${method} /api/v2${path}: ${detail}`);
    return managementError(500, 'An internal server error occurred');
  };
  return router.use(explain);
}

/** An Express path, with a parameter of its own for each `{}`. */
const toPattern = (path: string): string =>
  path.split('{}').reduce((left, right, at) => `${left}:p${at}${right}`);

const notServed = (method: string, path: string): WireError =>
  managementError(501, `This tenant does not serve ${method} /api/v2${path}.`, {
    errorCode: 'not_implemented',
    hint: 'not_served',
  });

/**
 * Parses the body. Throws the errors of Express's parsers, and 415 for any other content type, which would otherwise be
 * treated as an empty body.
 */
async function readBody({ method, isForm }: ManagementRow, request: Request, response: Response) {
  if (method === 'GET') return undefined;
  const parse = isForm ? parseBytes : parseJson;
  await new Promise<void>((done, fail) => {
    parse(request, response, (error?: unknown) => (error === undefined ? done() : fail(error)));
  });
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  const isSent = length !== '0' || encoding !== undefined;
  if (isSent && request.body === undefined) throw managementError(415, 'Unsupported Media Type');
  return isForm ? toForm(request) : request.body;
}

function toHandler(context: TenantContext, row: ManagementRow): RequestHandler {
  return async (request, response) => {
    const token = await requireManagementToken(context, request.headers.authorization);
    const caller = toCaller(request, token);
    const log = (type: string, answer: TenantReply, description = row.title ?? toTitle(row)): void => {
      if (row.method === 'GET') return;
      const { method, originalUrl: url } = request;
      const body: unknown = row.isForm ? undefined : request.body;
      const details = toLogDetails({ method, url, body, ip: caller.ip, token, answer });
      context.log.record({ type, description, ...caller, details });
    };
    try {
      const rate = requireManagementRate(context);
      requireScope(row, token, paramsOf(request));
      const query = parseQuery(row, request.query);
      const parsed = parsedFor(query, parseBody(row, await readBody(row, request, response)));
      const { scopes } = token;
      const reply = await row.handle({ params: paramsOf(request), scopes, caller, ...parsed });
      log('sapi', reply);
      writeReply(response, withRate(reply, rate));
    } catch (error) {
      if (error instanceof WireError) log('fapi', { status: error.status }, error.message);
      throw error;
    }
  };
}

/**
 * Checks the token's scopes. A user's token with a scope for the current user may call operations on that user only.
 * Throws 403.
 */
function requireScope(
  { scopes, ownScopes = [] }: ManagementRow,
  token: ManagementToken,
  { id }: Readonly<Record<string, string>>,
): void {
  if (scopes.some((scope) => token.scopes.has(scope))) return;
  const isOwn = token.userId !== undefined && (id === undefined || id === token.userId);
  if (isOwn && ownScopes.some((scope) => token.scopes.has(scope))) return;
  throw insufficientScope(scopes);
}

const toTitle = ({ method, path }: ManagementRow): string => `${method} ${path}`;

/** An empty form if there is no body. */
const toForm = async ({ body, headers: { 'content-type': type = FORM_TYPE } }: Request): Promise<object> =>
  Buffer.isBuffer(body) ? parseForm(type, new Uint8Array(body)) : {};

/** The fields and files of a multipart form as text, by name. Throws 400 `invalid_body` if the body is not a form. */
async function parseForm(type: string, bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, string>> {
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => {
    throw invalidBody(`'The body is not a multipart form'`);
  });
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (fields.has(name)) throw invalidBody(`'${name} is duplicated'`);
    fields.set(name, typeof value === 'string' ? value : await value.text());
  }
  return Object.fromEntries(fields);
}

const withRate = (reply: TenantReply, rate: Record<string, string>): TenantReply => ({
  ...reply,
  headers: { ...rate, 'cache-control': 'no-store' },
});

/** Consumes one request of this API's rate limit and returns the rate-limit headers. Throws 429. */
function requireManagementRate(context: TenantContext): Record<string, string> {
  try {
    return requireRate(context, 'management', '');
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const { headers = {} } = error.options;
    throw managementError(429, 'Global limit has been reached', {
      errorCode: 'too_many_requests',
      hint: 'rate_limit',
      headers,
    });
  }
}

const toCaller = (request: Request, { clientId }: ManagementToken): ManagementCaller => ({
  client_id: clientId,
  ip: socketIpOf(request),
  user_agent: request.headers['user-agent'],
});

/**
 * Converts errors of Express and its parsers for a malformed request to this API's format; undefined for other errors.
 */
function toWireError(error: unknown): WireError | undefined {
  if (error instanceof WireError) return error;
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (error instanceof URIError) return invalidPath(`'The path has an invalid percent-encoding'`);
  if (status === 413) return managementError(413, 'Payload content length greater than maximum allowed');
  if (status === 415) return managementError(415, 'Unsupported Media Type');
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  return managementError(400, 'Invalid request payload JSON format');
}
