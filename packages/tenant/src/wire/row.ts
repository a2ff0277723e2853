import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Parameters } from './parameters.ts';

/** What every handler is given. */
export interface RowRequest<Query, Body> {
  /** What the path's `:names` stand for, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** A request to the Authentication API, whose bodies are forms or JSON. */
export interface TenantRequest extends RowRequest<URLSearchParams, Parameters> {
  readonly headers: IncomingHttpHeaders;
  /** The socket's address. */
  readonly ip: string;
}

export interface TenantReply {
  /** 200 where absent. */
  readonly status?: number;
  /** An object goes out as JSON, a string as it is; absent: an empty answer. */
  readonly body?: object | string | undefined;
  /** Of a string body; `text/plain` where absent. */
  readonly contentType?: string;
  /** A list goes out as that many headers, as Set-Cookie needs. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** One operation of the tenant, of any of its three APIs. What a row leaves out is as its API has it. */
export interface Row<Request> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** From where its API is mounted, with `:name` for a segment. */
  readonly path: string;
  /** The caller's access token needs one of these. */
  readonly scopes?: readonly string[];
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly maxBodyBytes?: number;
  /** The body is a multipart form; its texts, those of files too, are checked as one object. */
  readonly isForm?: true;
  /** What the log calls a change. */
  readonly title?: string;
  /** Under which name the discovery document lists it. */
  readonly listedAs?: string;
  /** Whether it is listed just now; always where absent. */
  readonly isListed?: () => boolean;
  /** Whether scripts of the clients' origins may call it (CORS). */
  readonly forBrowsers?: true;
  /** Refuses HEAD: its GET may do something, which whoever merely looks at an address does not want. */
  readonly noHead?: true;
  readonly handle: (request: Request) => TenantReply | Promise<TenantReply>;
}

/** A row of the Authentication API. */
export type Endpoint = Row<TenantRequest>;

/** A row whose router reads query and body by the row's own schemas; `More` is what its API adds to a request. */
export type SchemaRow<More = unknown> = Row<RowRequest<never, never> & More>;

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A `SchemaRow` whose handler has the types of its schemas. */
export interface TypedRow<Q extends z.ZodType | undefined, B extends z.ZodType | undefined, More = unknown>
  extends Omit<SchemaRow, 'query' | 'body' | 'handle'> {
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (request: RowRequest<Parsed<Q>, Parsed<B>> & More) => TenantReply | Promise<TenantReply>;
}

/** Gives a row its types: the handler sees the output of the row's own schemas. */
export function defineRow<
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  More = unknown,
>(row: TypedRow<Q, B, More>): SchemaRow<More> {
  // The router parses with these same schemas before it calls, which the erased type cannot say.
  return row as unknown as SchemaRow<More>;
}

/** What a row's schemas have made of a request, for its handler. */
export const parsedFor = (query: unknown, body: unknown): { readonly query: never; readonly body: never } =>
  // `defineRow` holds the handler to the types of these same schemas.
  ({ query, body }) as { readonly query: never; readonly body: never };
