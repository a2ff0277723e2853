import express, { type Express, type Request, type RequestHandler } from 'express';
import type { TenantContext } from './context.ts';
import { createCors } from './cors.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { authenticationEndpoints } from './endpoints/endpoints.ts';
import { toParameters } from './endpoints/parameters.ts';
import { requestId } from './lib/random.ts';
import { createRateLimitHeaders } from './rate-limit-headers.ts';
import { createErrorWriter } from './write-error.ts';
import { writeReply } from './write-reply.ts';

/** Loads a part of the port; called once, when somebody first asks for it. */
type Load = () => Promise<RequestHandler>;

export interface TenantAppOptions {
  /** What judges or records requests before anything else sees them, in order. */
  readonly before: readonly RequestHandler[];
  /** What spoils requests; browsers can read what it answers. */
  readonly faults: RequestHandler;
  /** Mounted at `/_tenant`. */
  readonly loadControl: Load;
  /** Mounted at `/console` and at `/`. */
  readonly loadConsole: Load;
  /** Mounted at `/api/v2`. */
  readonly loadManagementApi: Load;
  /** Where failures that nobody foresaw are told. */
  readonly warn: (message: string) => void;
}

const bodyLimit = '100kb';

/** The tenant's port as an Express application: guards, control, console, the Management API, then the endpoints. */
export function createTenantApp(context: TenantContext, options: TenantAppOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(...options.before);
  const endpoints = authenticationEndpoints(context);
  const paths = new Set(endpoints.map(({ path }) => path));
  for (const path of paths) {
    const open = endpoints.filter((endpoint) => endpoint.path === path && endpoint.forBrowsers);
    const methods = open.map(({ method }) => method);
    if (methods.length > 0) app.all(path, createCors(context, methods));
  }
  app.use(options.faults);
  app.use('/_tenant', onFirstUse(options.loadControl));
  const console = onFirstUse(options.loadConsole);
  app.use('/console', console);
  app.all('/', console);
  const rateLimit = createRateLimitHeaders(context.clock);
  app.use((_request, response, next) => {
    response.set({ 'x-auth0-requestid': requestId(), ...rateLimit() });
    next();
  });
  app.use('/api/v2', onFirstUse(options.loadManagementApi));
  const parsers = [
    express.json({ limit: bodyLimit }),
    express.urlencoded({ extended: false, limit: bodyLimit }),
  ];
  for (const endpoint of endpoints) {
    if (endpoint.method === 'GET')
      app.get(endpoint.path, ...(endpoint.noHead ? [passOnHead] : []), toHandler(endpoint));
    else if (endpoint.method === 'DELETE') app.delete(endpoint.path, toHandler(endpoint));
    else app.post(endpoint.path, parsers, toHandler(endpoint));
  }
  for (const path of paths) {
    const allowed = endpoints.filter((endpoint) => endpoint.path === path).map((endpoint) => endpoint.method);
    app.all(path, (_request, response) => {
      const body = { error: 'method_not_allowed', error_description: 'Method not allowed' };
      writeReply(response, { status: 405, body, headers: { allow: allowed.join(', ') } });
    });
  }
  app.use((_request, response) => {
    writeReply(response, { status: 404, body: 'Not found.' });
  });
  app.use(createErrorWriter(options.warn));
  return app;
}

function onFirstUse(load: Load): RequestHandler {
  let loading: Promise<RequestHandler> | undefined;
  return async (request, response, next) => {
    loading ??= load();
    const handle = await loading;
    await handle(request, response, next);
  };
}

/** Express takes GET's handlers for HEAD too. */
const passOnHead: RequestHandler = (request, _response, next) =>
  next(request.method === 'HEAD' ? 'route' : undefined);

function toHandler(endpoint: Endpoint): RequestHandler {
  return async (request, response) => {
    const reply = await endpoint.handle({
      headers: request.headers,
      body: toParameters(request.body),
      query: toQuery(request.originalUrl),
      params: toParams(request),
      ip: socketIp(request),
    });
    writeReply(response, reply);
  };
}

/** All that follows the first `?`: further ones belong to the values. */
const toQuery = (target: string): URLSearchParams => {
  const at = target.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : target.slice(at + 1));
};

/** Only wildcards have lists for values, and no row has a wildcard. */
const toParams = ({ params }: Request): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));

/** Without the prefix that a socket open to both IP versions puts before an IPv4 address. */
const socketIp = (request: Request): string => request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
