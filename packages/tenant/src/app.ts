import express, { type Express, type Request, type RequestHandler } from 'express';
import { createCors } from './clients/cors.ts';
import type { TenantContext } from './context.ts';
import type { ControlDeps } from './control/control-rows.ts';
import { createFaults } from './control/faults.ts';
import { createRequestRecorder } from './control/request-recorder.ts';
import { authenticationEndpoints } from './endpoints.ts';
import type { TravelClock } from './lib/clock.ts';
import { requestId } from './lib/random.ts';
import { messagePage } from './pages/message-page.ts';
import type { BuiltInSeed } from './seed/built-in.ts';
import type { SeedSource } from './seed/read-seed.ts';
import type { Access } from './transport/access.ts';
import { createHostGuard, schemeOf } from './transport/host-guard.ts';
import { toParameters } from './wire/parameters.ts';
import { createRateLimitHeaders } from './wire/rate-limit-headers.ts';
import { paramsOf, queryOf, socketIpOf } from './wire/read-request.ts';
import type { Endpoint, TenantReply } from './wire/row.ts';
import { createErrorWriter } from './wire/write-error.ts';
import { writeReply } from './wire/write-reply.ts';

export interface AppOptions {
  readonly clock: TravelClock;
  readonly access: Access;
  /** The CA certificate of the tenant's certificate, and the path of its file; undefined if it is kept in memory. */
  readonly caPem: string;
  readonly caFile: string | undefined;
  /** The data file, and the seeds that a reset applies. */
  readonly dataFile: string;
  readonly builtInSeed: BuiltInSeed | undefined;
  readonly seedSource: SeedSource | undefined;
  /** Deploys the Actions of the seed's folder again. */
  readonly deployActions: () => void;
  /** The host program's command for the tenant's data, if there is one. */
  readonly command: string | undefined;
  /** Receives unexpected errors. */
  readonly warn: (message: string) => void;
}

const BODY_LIMIT = '100kb';

/**
 * The Express app of the tenant's port, in order: guards, faults, control API, console, Management API, endpoints.
 * Parts that most runs do not use are loaded on their first request, which keeps the start fast.
 */
export function createApp(context: TenantContext, options: AppOptions): Express {
  const { clock, access, warn } = options;
  const requests = createRequestRecorder({ clock });
  const faults = createFaults();
  const loadControlDeps = once(async () => {
    const { createControlDeps } = await import('./control/create-control-deps.ts');
    return createControlDeps(context, { ...options, faults, requests });
  });
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(createHostGuard(access), requests.middleware);
  const endpoints = authenticationEndpoints(context);
  mountCors(app, context, endpoints);
  app.use(faults.middleware);
  mountTools(app, context, options, loadControlDeps);
  const rateLimit = createRateLimitHeaders(clock);
  app.use((_request, response, next) => {
    response.set({ 'x-auth0-requestid': requestId(), ...rateLimit() });
    next();
  });
  // Browser code calls the Management API with tokens of its user.
  app.use('/api/v2', createCors(context, ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']));
  app.use(
    '/api/v2',
    onFirstUse(async () => {
      const { createManagementApi } = await import('./management/management-routes.ts');
      return createManagementApi(context, warn);
    }),
  );
  mountEndpoints(app, endpoints);
  app.use((request, response) => writeReply(response, notFound(context, request)));
  app.use(createErrorWriter(warn));
  return app;
}

/** The answer at a path that is not served: a page for browsers, one line for programs. */
function notFound(
  { linksToConsole }: Pick<TenantContext, 'linksToConsole'>,
  { method, path, headers: { accept = '' } }: Request,
): TenantReply {
  const vary = { vary: 'Accept' };
  const isForPeople = (method === 'GET' || method === 'HEAD') && accept.includes('text/html');
  if (!isForPeople) return { status: 404, body: 'Not found.', headers: vary };
  const page = messagePage({
    tone: 'error',
    status: 404,
    heading: 'Not found',
    text: 'This tenant has nothing at this path.',
    details: [{ label: 'Path', value: path }],
    ...(linksToConsole && { link: { href: '/', label: 'Open the console' } }),
  });
  return { ...page, headers: { ...page.headers, ...vary } };
}

/**
 * Adds CORS for the clients' origins to the endpoints that allow it, before the faults, so that browser code can read
 * injected faults too.
 */
function mountCors(app: Express, context: TenantContext, endpoints: readonly Endpoint[]): void {
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const open = endpoints.filter((endpoint) => endpoint.path === path && endpoint.forBrowsers);
    const methods = open.map(({ method }) => method);
    if (methods.length > 0) app.all(path, createCors(context, methods));
  }
}

/** The control API and the console. */
function mountTools(
  app: Express,
  context: TenantContext,
  { access, caPem, caFile, command, warn }: AppOptions,
  loadControlDeps: () => Promise<ControlDeps>,
): void {
  app.use(
    '/_tenant',
    onFirstUse(async () => {
      const { createControl } = await import('./control/control-routes.ts');
      return createControl(await loadControlDeps(), access);
    }),
  );
  const console = onFirstUse(async () => {
    const { createConsole } = await import('./console/console-routes.ts');
    return createConsole({ context, control: await loadControlDeps(), caPem, caFile, command, access, warn });
  });
  app.use('/console', console);
  app.all('/', console);
}

function mountEndpoints(app: Express, endpoints: readonly Endpoint[]): void {
  const parsers = [
    express.json({ limit: BODY_LIMIT }),
    express.urlencoded({ extended: false, limit: BODY_LIMIT }),
  ];
  for (const endpoint of endpoints) {
    const { method, path } = endpoint;
    const before = method === 'POST' ? parsers : endpoint.noHead ? [passOnHead] : [];
    const verb = method.toLowerCase() as Lowercase<Endpoint['method']>;
    app[verb](path, ...before, toHandler(endpoint));
  }
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const allowed = endpoints.filter((endpoint) => endpoint.path === path).map(({ method }) => method);
    app.all(path, (_request, response) => {
      const body = { error: 'method_not_allowed', error_description: 'Method not allowed' };
      writeReply(response, { status: 405, body, headers: { allow: allowed.join(', ') } });
    });
  }
}

/** Calls `make` once and returns its result to every caller. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function onFirstUse(load: () => Promise<RequestHandler>): RequestHandler {
  const loadOnce = once(load);
  return async (request, response, next) => {
    const handle = await loadOnce();
    await handle(request, response, next);
  };
}

/** Express routes HEAD to GET handlers unless this skips them. */
const passOnHead: RequestHandler = (request, _response, next) =>
  next(request.method === 'HEAD' ? 'route' : undefined);

function toHandler(endpoint: Endpoint): RequestHandler {
  return async (request, response) => {
    const reply = await endpoint.handle({
      headers: request.headers,
      body: toParameters(request.body),
      query: queryOf(request),
      params: paramsOf(request),
      ip: socketIpOf(request),
      scheme: schemeOf(request),
    });
    writeReply(response, reply);
  };
}
