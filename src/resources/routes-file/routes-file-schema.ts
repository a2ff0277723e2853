import { z } from 'zod';
import { isOwnCookie } from '../../browser/own-cookies.ts';
import { mayPass } from '../../proxy/header-names.ts';
import {
  audienceName,
  cookieName,
  durationMs,
  headerName,
  placeCount,
  rate,
  rewritePath,
  rowPath,
  scopeName,
  size,
} from './field-schemas.ts';
import { upstreamOrigin } from './upstream-origin.ts';

const MAX_TIMEOUT_MS = 600_000;
const MAX_IDLE_MS = 3_600_000;

const names = (item: z.ZodString) => z.array(item).min(1, 'at least one');
const claimValue = z.union([z.string(), z.number(), z.boolean()], 'a text, a number, true or false');

/** zod silently drops the name `__proto__`, and the guard's requirement with it. */
const claims = z.preprocess(
  (value, { issues }) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
      issues.push({ code: 'custom', message: 'no claim of this name', input: value, path: ['__proto__'] });
    return value;
  },
  z.record(z.string(), claimValue),
);

const callerRule = z
  .strictObject({
    scopes: names(scopeName).optional().describe('All of these scopes.'),
    anyScope: names(scopeName).optional().describe('At least one of these scopes.'),
    permissions: names(scopeName).optional().describe('All of these permissions (RBAC).'),
    scopesOrPermissions: names(scopeName).optional().describe('Each either as a scope or as a permission.'),
    claims: claims.optional().describe('Claims that must equal these values.'),
    user: z.literal(true, 'true, or left out').optional().describe('Only users.'),
    client: z.literal(true, 'true, or left out').optional().describe('Only machine clients.'),
    max_age: z.int().min(0).optional().describe('Seconds since the user signed in, at most (RFC 9470).'),
    acr: names(scopeName).optional().describe('One of these authentication contexts (RFC 9470).'),
    fresh_permissions: z
      .literal(true, 'true, or left out')
      .optional()
      .describe('Refuses tokens from before roles or permissions of their user were taken away.'),
  })
  .refine(({ user, client }) => !(user && client), 'either user or client, not both');

const guardRule = z
  .union(
    [z.literal('public'), callerRule],
    'public, or the requirements for a caller, such as { scopes: [orders] }',
  )
  .describe(
    'Who may call, required: `public`, or the requirements for a caller; {} accepts any valid token.',
  );

const row = z
  .strictObject({
    path: rowPath.describe('Exact, or a prefix that ends in /*.'),
    methods: z
      .array(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], 'GET, POST, PUT, PATCH or DELETE'))
      .min(1, 'at least one')
      .refine((methods) => new Set(methods).size === methods.length, 'each method once')
      .describe('HEAD comes with GET; OPTIONS is answered by the gateway.'),
    upstream: upstreamOrigin.describe(
      'The origin that answers: https, or http on a private or loopback host. ${NAME} is taken from the environment.',
    ),
    rewrite: rewritePath.optional().describe('Replaces the path, or the prefix before /*.'),
    guard: guardRule,
    token: z
      .enum(['none', 'user', 'client', 'user-or-client'])
      .default('none')
      .describe("The token that is sent upstream: none, the caller's, the gateway's own."),
    audience: audienceName.optional().describe('The API of the token. Default: AUTH0_API_AUDIENCE.'),
    timeout_ms: durationMs(MAX_TIMEOUT_MS).default(5_000).describe('Time until the response headers.'),
    idle_timeout_ms: durationMs(MAX_IDLE_MS)
      .optional()
      .describe('How long a response may pause. Default: 30000, for streams 300000.'),
    keep_alive_ms: durationMs(MAX_TIMEOUT_MS)
      .default(1_500)
      .describe(
        "How long an idle connection to the upstream is kept: less than the upstream's own idle time.",
      ),
    retry: z.literal([0, 1], '0 or 1').default(0).describe('GET and HEAD only.'),
    max_in_flight: placeCount
      .optional()
      .describe(
        'Maximum parallel calls of this row, of which an address gets its ADDRESS_SHARE. Default: the rows of an upstream share a quarter of MAX_IN_FLIGHT, at least 250.',
      ),
    max_body: size.prefault('10MB').describe('The largest request body, or unlimited.'),
    limit: z
      .strictObject({
        per_caller: rate.describe('Calls of one caller; of one address where the row is public.'),
      })
      .optional(),
    stream: z
      .boolean()
      .default(false)
      .describe('Server-sent events and long responses, which may take longer than five minutes.'),
    websocket: z.boolean().default(false).describe('Whether WebSocket upgrades are forwarded.'),
    cookies: names(cookieName).optional().describe("Cookies that are passed on; never the gateway's own."),
    pass_headers: names(headerName)
      .optional()
      .describe(
        "Headers of either direction that are passed on though they are dropped otherwise; never the gateway's own.",
      ),
    framing: z
      .enum(['gateway', 'upstream'])
      .default('gateway')
      .describe('Who sets X-Frame-Options: the gateway (DENY), or the upstream if it sends one.'),
    cors: z
      .strictObject({
        allow: names(headerName)
          .optional()
          .describe('Request headers that pages of allowed origins may send.'),
        expose: names(headerName)
          .optional()
          .describe('Response headers that pages of allowed origins may read.'),
      })
      .optional()
      .describe('Headers in addition to those of every route.'),
    csrf: z
      .enum(['header', 'same-origin'])
      .default('header')
      .describe(
        'What a request with the session cookie must have: X-CSRF: 1; or, for GET and HEAD, Sec-Fetch-Site: same-origin is sufficient.',
      ),
    login: z
      .literal('redirect')
      .optional()
      .describe(
        "A browser's navigation without a session goes to sign-in and comes back; otherwise 401. Navigations need no X-CSRF then, so GET must change nothing.",
      ),
    summary: z.string().min(1).max(200).optional().describe('For the API document.'),
  })
  .check(({ value, issues }) => {
    const fault = (key: string, message: string) =>
      void issues.push({ code: 'custom', input: value, path: [key], message });
    const { path, rewrite = '/', guard, token, websocket, methods, login } = value;
    const { cookies = [], pass_headers: passed = [] } = value;
    if (path.endsWith('*') && rewrite !== '/' && rewrite.endsWith('/'))
      fault('rewrite', 'a path without a slash at its end: what follows the prefix begins with one');
    if (guard === 'public' && token === 'user') fault('token', 'another than user: a public row has no user');
    if (websocket && !methods.includes('GET')) fault('methods', 'GET among them: a WebSocket begins with it');
    if (cookies.some(isOwnCookie)) fault('cookies', "none of the gateway's own");
    const own = passed.filter((name) => !mayPass(name));
    if (own.length > 0)
      fault('pass_headers', `headers that are not the gateway's own: not ${own.join(', ')}`);
    if (login && guard === 'public') fault('login', 'a guard beside it: a public row needs no sign-in');
    if (login && !methods.includes('GET')) fault('methods', 'GET among them: a navigation is one');
  });

export const routesFileSchema = z
  .strictObject({ routes: z.array(row, 'a list of rows') })
  .describe('Routes of the gateway to upstreams.');

/** A parsed row of a routes file. */
export type RoutesFileRow = z.output<typeof row>;
