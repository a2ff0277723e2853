import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Parameters } from './parameters.ts';

/** The request that every handler receives. */
export interface RowRequest<Query, Body> {
  /** The decoded `:name` parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** A request to the Authentication API, with a form or JSON body. */
export interface TenantRequest extends RowRequest<URLSearchParams, Parameters> {
  readonly headers: IncomingHttpHeaders;
  /** The socket's address. */
  readonly ip: string;
  /** The scheme of the connection. */
  readonly scheme: 'http' | 'https';
}

export interface TenantReply {
  /** Default: 200. */
  readonly status?: number;
  /** Sent as JSON if it is an object, unchanged if it is a string; absent: an empty response. */
  readonly body?: object | string | undefined;
  /** Of a string body; default: `text/plain`. */
  readonly contentType?: string;
  /** A list is sent as several headers, as Set-Cookie needs. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** One operation of one of the tenant's three APIs. For absent members the API's defaults apply. */
export interface Row<Request> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Relative to the mount path of its API, with `:name` for a segment. */
  readonly path: string;
  /** The access token needs at least one of these. */
  readonly scopes?: readonly string[];
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly maxBodyBytes?: number;
  /** The body is a multipart form; its fields and files, read as text, are validated as one object. */
  readonly isForm?: true;
  /** Description of the change in the log. */
  readonly title?: string;
  /** Its member name in the discovery document. */
  readonly listedAs?: string;
  /** Whether it is currently listed; default: always. */
  readonly isListed?: () => boolean;
  /** Whether browser code of the clients' origins may call it (CORS). */
  readonly forBrowsers?: true;
  /** Refuses HEAD, because its GET can have side effects. */
  readonly noHead?: true;
  readonly handle: (request: Request) => TenantReply | Promise<TenantReply>;
}

/** A row of the Authentication API. */
export type Endpoint = Row<TenantRequest>;

/** A row whose query and body its router parses with the row's schemas; `More` is what its API adds to a request. */
export type SchemaRow<More = unknown> = Row<RowRequest<never, never> & More>;

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A `SchemaRow` whose handler has the types of its schemas. */
export interface TypedRow<Q extends z.ZodType | undefined, B extends z.ZodType | undefined, More = unknown>
  extends Omit<SchemaRow, 'query' | 'body' | 'handle'> {
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (request: RowRequest<Parsed<Q>, Parsed<B>> & More) => TenantReply | Promise<TenantReply>;
}

/** Types a row: the handler receives the output of the row's schemas. */
export function defineRow<
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  More = unknown,
>(row: TypedRow<Q, B, More>): SchemaRow<More> {
  // The router parses with these schemas before it calls the handler; the erased type cannot express that.
  return row as unknown as SchemaRow<More>;
}

/** The parsed query and body of a request, for its handler. */
export const parsedFor = (query: unknown, body: unknown): { readonly query: never; readonly body: never } =>
  // `defineRow` types the handler by these same schemas.
  ({ query, body }) as { readonly query: never; readonly body: never };
