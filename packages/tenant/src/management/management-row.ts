import type { z } from 'zod';
import type { TenantContext } from '../context.ts';
import { defineRow as define, type SchemaRow, type TypedRow } from '../wire/row.ts';

export interface Caller {
  readonly client_id: string;
  readonly ip: string;
  readonly user_agent: string | undefined;
}

/** What a handler of this API is given besides. */
interface Called {
  /** The scopes of the caller's token: some fields need one more than the call. */
  readonly scopes: ReadonlySet<string>;
  /** Who calls and from where, as the tenant's log has it. */
  readonly caller: Caller;
}

interface Scoped {
  readonly scopes: readonly string[];
}

/** One call of the Management API, below `/api/v2`. Fields and bodies are named as on Auth0's wire. */
export type ManagementRow = SchemaRow<Called> & Scoped;

/** A resource's rows, over the tenant they work on. */
export type MakeRows = (context: TenantContext) => readonly ManagementRow[];

/** Gives a row its types. A query without a schema is ignored. */
export const defineRow = <
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  row: TypedRow<Q, B, Called> & Scoped,
): ManagementRow => ({ ...define(row), scopes: row.scopes });
