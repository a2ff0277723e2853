import type { z } from 'zod';
import type { TenantContext } from '../context.ts';

export interface ManagementRequest<Query = unknown, Body = unknown> {
  /** What the path's `:names` stand for, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The scopes of the caller's token: some fields need one more than the call. */
  readonly scopes: ReadonlySet<string>;
  /** Who calls and from where, as the tenant's log has it. */
  readonly caller: Caller;
}

export interface Caller {
  readonly client_id: string;
  readonly ip: string;
  readonly user_agent: string | undefined;
}

export interface ManagementReply {
  readonly status: number;
  /** Absent: an empty answer. */
  readonly body?: unknown;
}

/** One call of the Management API: a row for the router. Fields and bodies are named as on Auth0's wire. */
export interface ManagementRow {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v2`, with `:name` for a segment. */
  readonly path: string;
  /** What the log calls it (`sapi`, `fapi`), `Create a User`: of all but GET, which is not logged. */
  readonly title?: string;
  /** The caller's token needs one of these. */
  readonly scopes: readonly string[];
  /** Where absent, any query is ignored. */
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The body is a multipart form; its texts, those of files too, are judged as one object. */
  readonly isForm?: true;
  readonly handle: (request: ManagementRequest<never, never>) => ManagementReply | Promise<ManagementReply>;
}

/** A resource's rows, over the tenant they work on. */
export type MakeRows = (context: TenantContext) => readonly ManagementRow[];

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

interface TypedRow<Q extends z.ZodType | undefined, B extends z.ZodType | undefined>
  extends Omit<ManagementRow, 'query' | 'body' | 'handle'> {
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (
    request: ManagementRequest<Parsed<Q>, Parsed<B>>,
  ) => ManagementReply | Promise<ManagementReply>;
}

/** Gives a row its types: the handler sees the output of the row's own schemas. */
export function defineRow<
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(row: TypedRow<Q, B>): ManagementRow {
  // The router parses with these same schemas before it calls, which the erased type cannot say.
  return row as unknown as ManagementRow;
}
