import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { RowTraits } from '../browser/csrf.ts';
import type { Frames } from '../browser/navigation.ts';
import type { ErrorCode } from '../errors.ts';
import type { AddressCharge } from '../limits/address-limit.ts';
import type { StreamEvents } from './event-stream.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Claims of a verified token, read as own properties only. */
export type Claims = Readonly<Record<string, unknown>>;

/** An authenticated caller, as returned by a guard. */
export interface Caller {
  readonly kind: 'bearer' | 'session';
  /** The `sub` claim. */
  readonly subject: string;
  /** `azp` or `client_id` of the token, if any. */
  readonly clientId: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly claims: Claims;
  /** Public id of the caller's session; not a credential. */
  readonly sessionId?: string;
}

/** The requirements of a row for its caller; every given part must be met. */
export interface GuardRule {
  /** All of these scopes. */
  readonly scopes?: readonly string[];
  /** At least one of these scopes. */
  readonly anyScope?: readonly string[];
  /** All of these permissions in the `permissions` claim (Auth0 RBAC). */
  readonly permissions?: readonly string[];
  /** Each of these as a scope or as a permission. */
  readonly scopesOrPermissions?: readonly string[];
  /** Claims that must equal these values. */
  readonly claims?: Readonly<Record<string, string | number | boolean>>;
  /** Only users: refuses the subjects of machine clients (`…@clients`). */
  readonly user?: true;
  /** Only machine clients. */
  readonly client?: true;
  /** For bearer callers: only tokens issued to the gateway's own client (`azp`), as a session's tokens always are. */
  readonly ownClient?: true;
  /** Maximum time since the sign-in, in seconds (RFC 9470). */
  readonly max_age?: number;
  /** One of these authentication contexts (RFC 9470). */
  readonly acr?: readonly string[];
  /** Refuses bearer tokens from before roles or permissions of their user were taken away; a session's token is renewed anyway. */
  readonly fresh_permissions?: true;
}

/**
 * Who may call a row. `public`: any caller; credentials are not read. `optional`: any caller; a bearer token, if sent, is
 * checked. `optional-session`: any caller; bearer tokens are ignored. In both optional cases the handler reads the session.
 * A rule: callers that meet it.
 */
export type RouteGuard = 'public' | 'optional' | 'optional-session' | GuardRule;

/** Whether the guard of a row is a rule. */
export const isGuarded = (guard: RouteGuard): guard is GuardRule => typeof guard === 'object';

/**
 * How a local row is called. `api`: by scripts and API clients. `page`: by navigations of a browser; unknown query
 * parameters are ignored. `oauth`: by OAuth clients; errors have the form of RFC 6749 §5.2.
 */
export type Kind = 'api' | 'page' | 'oauth';

/** Authorizes a request: returns the caller, or throws the `GatewayError` that refuses it. */
export type Guard = (request: IncomingMessage) => Caller | Promise<Caller>;

/** Creates a row's guard once, at start. `path` is the row's, for the challenge's `resource_metadata`. */
export type MakeGuard = (rule: GuardRule, audience: string, path: string, traits?: RowTraits) => Guard;

/** The request data for handlers, beyond the parsed input. */
export interface RequestInfo {
  readonly id: string;
  /** The client's address, from the socket or a trusted proxy. */
  readonly ip: string;
  readonly headers: IncomingMessage['headers'];
}

/** The result of a handler. `body` is serialized as JSON; a `Buffer` or a string is sent unchanged. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** The type of this body. Default: the type that the row declares for the status. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Complete `Set-Cookie` values; with cookies the answer is not stored. */
  readonly cookies?: readonly string[];
  /** In place of a body: server-sent events. */
  readonly events?: StreamEvents;
}

/** Response headers in the API document; `RateLimit` includes `RateLimit-Policy`. */
export type DocumentedHeader =
  | 'Set-Cookie'
  | 'Location'
  | 'Allow'
  | 'WWW-Authenticate'
  | 'Retry-After'
  | 'RateLimit';

export interface ResponseDoc {
  readonly description: string;
  /** The body is parsed with this schema before it is sent, so that unknown keys cannot leak. */
  readonly schema?: z.ZodType;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** Headers in addition to those that follow from the status. */
  readonly headers?: readonly DocumentedHeader[];
}

export interface RouteInput<Query, Body, C = Caller | undefined> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly caller: C;
  readonly request: RequestInfo;
}

/** The facts of every row; used by the router, the API document and the resource metadata. */
export interface RowFacts {
  readonly method: Method;
  /** An exact path, a pattern with `{name}` segments, or a prefix that ends in `/*`. */
  readonly path: string;
  /** Who may call it. */
  readonly guard: RouteGuard;
  /** The required audience of bearer tokens. Default: `AUTH0_API_AUDIENCE`. */
  readonly audience?: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** Descriptions of the `{name}` segments, for the API document. */
  readonly params?: Readonly<Record<string, { readonly description: string; readonly example?: string }>>;
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  /** Error codes of this row, in addition to those of every route. */
  readonly errors: readonly ErrorCode[];
  /** Only the tenant can call it: the API page offers no call. */
  readonly calledByTenant?: true;
  /** Left out of the API document, such as the files of a page. */
  readonly undocumented?: true;
}

/** A local endpoint: the same row feeds the router and the OpenAPI document. */
export interface Route extends RowFacts {
  /** Request headers that the handler reads, for the API document. */
  readonly requestHeaders?: z.ZodObject;
  /** Default: only an empty query is accepted. */
  readonly query?: z.ZodType;
  /** Default: `api`. */
  readonly kind?: Kind;
  /**
   * A page with side effects: only a navigation by GET triggers them, in the given frames. HEAD and prefetches get 204.
   * Another host name is redirected to the public URL first. Errors are pages for callers that accept HTML.
   */
  readonly acts?: { readonly inFrames: Frames };
  /**
   * Answers with server-sent events (`events` of the reply): browsers cannot set headers there, so that `Sec-Fetch-Site: same-origin` or
   * a listed `Origin` will do in place of `X-CSRF`. To open it is no use of the session.
   */
  readonly isEventStream?: true;
  /** Begins a flow that only a browser at the public URL can complete: refused at other host names. */
  readonly atPublicUrlOnly?: true;
  readonly body?: z.ZodType;
  /** Default: JSON. `form` is `application/x-www-form-urlencoded`, for OAuth endpoints only. */
  readonly bodyTypes?: readonly ('json' | 'form')[];
  /**
   * The reply depends only on path and query: its bytes are cached (bounded, 200 only) and sent without calling the
   * handler. The guard still checks every request.
   */
  readonly pure?: true;
  /**
   * Charges the caller's address before the body is read, so that a missing body counts too. The answer has the headers of
   * the charge.
   */
  readonly charge?: (request: RequestInfo) => Promise<AddressCharge>;
  readonly handler: (input: RouteInput<never, never, never>) => Reply | Promise<Reply>;
}

/** The form of a row's errors: problems (RFC 9457), OAuth errors, or pages for callers that accept HTML. */
export type ErrorShape = 'problem' | 'oauth' | 'page';

export function toErrorShape({ kind, acts }: Pick<Route, 'kind' | 'acts'>): ErrorShape {
  if (kind === 'oauth') return 'oauth';
  return acts ? 'page' : 'problem';
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

interface TypedRoute<Q extends z.ZodType | undefined, B extends z.ZodType | undefined, A extends RouteGuard>
  extends Omit<Route, 'query' | 'body' | 'handler' | 'guard'> {
  readonly guard: A;
  readonly query?: Q;
  readonly body?: B;
  readonly handler: (
    input: RouteInput<Parsed<Q>, Parsed<B>, A extends string ? Caller | undefined : Caller>,
  ) => Reply | Promise<Reply>;
}

/** Types a row: the handler gets the output of the row's own schemas. */
export function defineRoute<
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends RouteGuard = RouteGuard,
>(route: TypedRoute<Q, B, A>): Route {
  // The router parses with the same schemas before it calls the handler; the erased type cannot express this.
  return route as unknown as Route;
}
