import type { z } from 'zod';
import type { TenantContext } from '../context.ts';
import { defineRow as define, type SchemaRow, type TypedRow } from '../wire/row.ts';

export interface ManagementCaller {
  readonly client_id: string;
  readonly ip: string;
  readonly user_agent: string | undefined;
}

/** What a handler of this API receives in addition. */
interface Called {
  /** The token's scopes: some members need an additional scope. */
  readonly scopes: ReadonlySet<string>;
  /** The caller and its address, for the log. */
  readonly caller: ManagementCaller;
}

interface Scoped {
  readonly scopes: readonly string[];
  /** A user's token needs one of these instead, if the path's user is the token's. */
  readonly ownScopes?: readonly string[];
}

/** An operation of the Management API, below `/api/v2`. Fields and bodies are named as on Auth0's wire. */
export type ManagementRow = SchemaRow<Called> & Scoped;

/** Creates a resource's rows for a tenant. */
export type MakeRows = (context: TenantContext) => readonly ManagementRow[];

/** Types a row. A row without a query schema ignores the query. */
export const defineRow = <
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  row: TypedRow<Q, B, Called> & Scoped,
): ManagementRow => ({
  ...define(row),
  scopes: row.scopes,
  ...(row.ownScopes && { ownScopes: row.ownScopes }),
});
