import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { createCookieJar, SESSION_COOKIE } from '../browser/cookies.ts';
import { type AnyRoute, isProxied } from '../http/proxy-route.ts';
import { isGuarded, type Route } from '../http/route.ts';
import { withPlainNames } from './plain-names.ts';
import { type Components, createResponses } from './responses.ts';

/** Descriptions of the tags of our own rows. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Accounts: 'Sign-up, sign-in by password, password changes, and refresh.',
  Passwordless: 'Sign-in by a code or a link.',
  Profile: 'The profile of the signed-in user.',
  Sessions: 'The current session, the other sessions of the user, and sign-out.',
  'Redirect login': "Sign-in at the tenant's pages: authorization code with PKCE.",
  'Second factor': "Multi-factor authentication in the frontend's own pages.",
  Tokens: 'Access tokens for machine clients.',
  'Administration of users': 'For administrators: find, make, change, block and delete users.',
  'Administration of sessions': 'For administrators: the sessions and consents of a user.',
  'Administration of customers': 'For administrators: organisations whose machine clients call the API.',
  'World Mappers': 'Geocoding, reverse geocoding and directions.',
  Upstreams:
    'Services behind this gateway, declared in its routes file. Their own documentation describes requests and responses.',
  About: 'Health, API document and error codes of this gateway.',
};

/** For the tags of rows of an operator's module. */
const OPERATOR_TAG = 'Routes added by the operator of this gateway.';

const toTags = (names: readonly string[]): { name: string; description: string }[] =>
  [...new Set(names)].map((name) => ({ name, description: DESCRIPTIONS[name] ?? OPERATOR_TAG }));

export interface DocumentOptions {
  readonly rows: readonly AnyRoute[];
  readonly version: string;
  readonly publicUrl: string;
  readonly issuer: string;
}

type Document = ReturnType<typeof createDocument>;

const BODY_MEDIA_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

const REST = 'rest';
/** A prefix as an OpenAPI path template: the rest is a parameter, which may contain slashes. */
const toTemplate = (path: string): string => path.replace(/\*$/, `{${REST}}`);
const REST_DOC = { description: 'The rest of the path; it may contain slashes.' };

const toPathParams = (path: string, docs: AnyRoute['params'] = {}) =>
  z.object(
    Object.fromEntries(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
        name,
        z.string().meta(docs[name] ?? (name === REST ? REST_DOC : {})),
      ]),
    ),
  );

/** The input of our own rows; the input of upstreams is not documented. */
const toInput = (
  row: AnyRoute,
): Pick<Route, 'query' | 'body' | 'bodyTypes' | 'requestHeaders' | 'acts' | 'isEventStream'> =>
  isProxied(row) ? {} : row;

const BY_SESSION = { session: [], csrf: [] };

/** The credentials of a row; `{}` means none. */
function toSecurity({ guard }: AnyRoute): Record<string, string[]>[] {
  if (isGuarded(guard)) return [{ bearer: [...(guard.scopes ?? []), ...(guard.anyScope ?? [])] }, BY_SESSION];
  if (guard === 'public') return [];
  return guard === 'optional' ? [{ bearer: [] }, BY_SESSION, {}] : [BY_SESSION, {}];
}

function toOperation(row: AnyRoute): Omit<ZodOpenApiOperationObject, 'responses'> {
  const { query, body, bodyTypes, requestHeaders, acts, isEventStream } = toInput(row);
  const path = toTemplate(row.path);
  const types = bodyTypes ?? ['json'];
  return {
    operationId: row.operationId,
    summary: row.summary,
    ...(row.description && { description: row.description }),
    tags: [row.tag],
    // A note for the docs page: scripts cannot navigate with a request, and would wait for the end of a stream.
    ...((acts || row.calledByTenant || isEventStream) && { 'x-try-it-out': false }),
    security: toSecurity(row),
    requestParams: {
      ...(path.includes('{') && { path: toPathParams(path, row.params) }),
      // Only an object of parameters can stand here; a refinement around it is still one.
      ...(query && { query: query as z.ZodObject }),
      ...(requestHeaders && { header: requestHeaders }),
    },
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: Object.fromEntries(types.map((type) => [BODY_MEDIA_TYPES[type], { schema: body }])),
      },
    }),
  };
}

const toSecuritySchemes = ({ issuer, publicUrl }: DocumentOptions) => ({
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: `An access token issued by ${issuer}`,
  } as const,
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: createCookieJar(publicUrl).toName(SESSION_COOKIE),
    description: 'The session cookie, set by a sign-in',
  } as const,
  csrf: {
    type: 'apiKey',
    in: 'header',
    name: 'X-CSRF',
    description: '`1`, with every request that carries the cookie of a session',
  } as const,
});

/** The OpenAPI 3.1 document of the rows that serve. */
export function toDocument(options: DocumentOptions): Document {
  const documented = options.rows.filter(({ undocumented }) => !undocumented);
  const components: Components = { schemas: {}, responses: {}, headers: {} };
  const toResponses = createResponses(components, options.publicUrl);
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const row of documented) {
    const item = (paths[toTemplate(row.path)] ??= {});
    item[row.method.toLowerCase()] = { ...toOperation(row), responses: toResponses(row) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version: options.version,
      description: 'Sign-up, sign-in and scope-checked routes.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // The origin of the document.
    servers: [{ url: '/' }],
    tags: toTags(documented.map(({ tag }) => tag)),
    paths,
    components: { ...components, securitySchemes: toSecuritySchemes(options) },
  });
  return withPlainNames(document);
}
