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

/** Who calls, as a guard has judged it. */
export interface Caller {
  readonly kind: 'bearer' | 'session';
  /** The `sub` claim. */
  readonly subject: string;
  /** `azp` or `client_id`, where the token has one. */
  readonly clientId: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly claims: Claims;
  /** Of a session: an id that its user may see, which opens nothing. */
  readonly sessionId?: string;
}

/** What a row asks of its caller; every part that is given must hold. */
export interface GuardRule {
  /** All of these scopes. */
  readonly scopes?: readonly string[];
  /** At least one of these scopes. */
  readonly anyScope?: readonly string[];
  /** All of these in the `permissions` claim (Auth0 RBAC). */
  readonly permissions?: readonly string[];
  /** Each of these either as a scope or as a permission. */
  readonly scopesOrPermissions?: readonly string[];
  /** Claims that must equal these values. */
  readonly claims?: Readonly<Record<string, string | number | boolean>>;
  /** Only users: refuses the subjects of machine clients (`…@clients`). */
  readonly user?: true;
  /** Only machine clients. */
  readonly client?: true;
  /** Of bearers, only those whose token the gateway's own client got (`azp`): a session's tokens are always its own. */
  readonly ownClient?: true;
  /** Seconds since the user signed in, at most (RFC 9470). */
  readonly max_age?: number;
  /** One of these authentication contexts (RFC 9470). */
  readonly acr?: readonly string[];
  /** Refuses bearer tokens from before roles or permissions of their user were taken away; a session's token is renewed anyway. */
  readonly fresh_permissions?: true;
}

/**
 * Who may call a row. `public`: anybody, and no credential is read. `optional`: anybody, and a bearer token that is sent is
 * checked. `optional-session`: anybody, and a bearer token means nothing; the handler reads the session of both. A rule: callers
 * that meet it.
 */
export type Access = 'public' | 'optional' | 'optional-session' | GuardRule;

/** Whether a row refuses callers that do not meet a rule. */
export const isGuarded = (access: Access): access is GuardRule => typeof access === 'object';

/**
 * How a row of our own is called. `api`: by scripts and API clients. `page`: a person's browser navigates to it, so that a query that
 * the row does not know is ignored. `oauth`: by OAuth clients, which get errors as RFC 6749 §5.2 has them.
 */
export type Kind = 'api' | 'page' | 'oauth';

/** Judges a request: returns who calls, or throws the `GatewayError` that refuses it. */
export type Guard = (request: IncomingMessage) => Caller | Promise<Caller>;

/** Makes a row's guard once, at start. `path` is the row's, for the challenge's `resource_metadata`. */
export type MakeGuard = (rule: GuardRule, audience: string, path: string, traits?: RowTraits) => Guard;

/** What a handler may know of the request beyond its parsed input. */
export interface RequestInfo {
  readonly id: string;
  /** The judged address of the client: the socket's, or what a trusted proxy says. */
  readonly ip: string;
  readonly headers: IncomingMessage['headers'];
}

/** What a handler returns. `body` is serialised as JSON; a `Buffer` or a string goes out as it is. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Where one status has bodies of several types: this one's; else what the row says of the status. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole `Set-Cookie` values; the answer is not stored anywhere then. */
  readonly cookies?: readonly string[];
  /** In place of a body: server-sent events. */
  readonly events?: StreamEvents;
}

/** Headers of an answer that the API document names; `RateLimit` stands for its policy as well. */
export type DocumentedHeader =
  | 'Set-Cookie'
  | 'Location'
  | 'Allow'
  | 'WWW-Authenticate'
  | 'Retry-After'
  | 'RateLimit';

export interface ResponseDoc {
  readonly description: string;
  /** Parsed through before it goes out, so an unknown key cannot leak. */
  readonly schema?: z.ZodType;
  /** `application/json` where absent. */
  readonly contentType?: string;
  /** Beyond those that follow from the status. */
  readonly headers?: readonly DocumentedHeader[];
}

export interface RouteInput<Query, Body, C = Caller | undefined> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly caller: C;
  readonly request: RequestInfo;
}

/** What every row says of itself: the router, the API document and the resource metadata read it. */
export interface RowFacts {
  readonly method: Method;
  /** Exact, with `{name}` for a segment, or a prefix that ends in `/*`. */
  readonly path: string;
  readonly access: Access;
  /** The audience a bearer must hold; `AUTH0_API_AUDIENCE` where absent. */
  readonly audience?: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** What the `{name}` segments of the path mean, for the API document. */
  readonly params?: Readonly<Record<string, { readonly description: string; readonly example?: string }>>;
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  /** Codes of its own, beyond those that any route may answer. */
  readonly errors: readonly ErrorCode[];
  /** Only the tenant can call it, with what it signs: the page of the API offers no call. */
  readonly calledByTenant?: true;
  /** Left out of the API document: a file of a page, or one of many of a kind. */
  readonly undocumented?: true;
}

/** One endpoint of our own: the same row feeds the router and the OpenAPI document. */
export interface Route extends RowFacts {
  /** Headers of its own that the handler reads, for the API document. */
  readonly requestHeaders?: z.ZodObject;
  /** Where absent, a query that is not empty is refused. */
  readonly query?: z.ZodType;
  /** `api` where absent. */
  readonly kind?: Kind;
  /**
   * A page that begins, ends or spends something: only a GET by which a browser goes there sets it off, in frames as
   * said. HEAD and prefetches get 204; another host name than the public URL's is left by a redirect first. Its errors are
   * pages, for callers that take HTML.
   */
  readonly acts?: { readonly inFrames: Frames };
  /**
   * Answers with server-sent events (`events` of the reply): browsers cannot set headers there, so that `Sec-Fetch-Site: same-origin` or
   * a listed `Origin` will do in place of `X-CSRF`. To open it is no use of the session.
   */
  readonly isEventStream?: true;
  /** Begins what only a browser at the public URL can complete: refused at any other host name. */
  readonly atPublicUrlOnly?: true;
  readonly body?: z.ZodType;
  /** JSON where absent. `form` is `application/x-www-form-urlencoded`, which only OAuth endpoints take. */
  readonly bodyTypes?: readonly ('json' | 'form')[];
  /**
   * The reply depends on nothing but path and query: its bytes are kept (bounded, 200 only) and written
   * again without calling the handler. The guard judges every request all the same.
   */
  readonly pure?: true;
  /**
   * Charges the caller's address, before the body is read: a body that never comes costs as much as any attempt. The
   * answer carries the headers of the charge.
   */
  readonly charge?: (request: RequestInfo) => Promise<AddressCharge>;
  readonly handler: (input: RouteInput<never, never, never>) => Reply | Promise<Reply>;
}

/** How the errors of a row go out: as problems (RFC 9457), as OAuth errors, or as pages for callers that take HTML. */
export type ErrorShape = 'problem' | 'oauth' | 'page';

export function toErrorShape({ kind, acts }: Pick<Route, 'kind' | 'acts'>): ErrorShape {
  if (kind === 'oauth') return 'oauth';
  return acts ? 'page' : 'problem';
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

interface TypedRoute<Q extends z.ZodType | undefined, B extends z.ZodType | undefined, A extends Access>
  extends Omit<Route, 'query' | 'body' | 'handler' | 'access'> {
  readonly access: A;
  readonly query?: Q;
  readonly body?: B;
  readonly handler: (
    input: RouteInput<Parsed<Q>, Parsed<B>, A extends string ? Caller | undefined : Caller>,
  ) => Reply | Promise<Reply>;
}

/** Gives a row its types: the handler sees the output of the row's own schemas. */
export function defineRoute<
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends Access = Access,
>(route: TypedRoute<Q, B, A>): Route {
  // The router parses with these same schemas before it calls, which the erased type cannot say.
  return route as unknown as Route;
}
