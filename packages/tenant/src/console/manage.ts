import type { TenantContext } from '../context.ts';
import type { ManagementRow } from '../management/management-row.ts';
import { managementRows } from '../management/management-rows.ts';
import { parseBody, parseQuery } from '../management/parse-input.ts';
import { parsedFor } from '../wire/row.ts';

/**
 * Calls the Management API from within, so that what the console changes is changed by its rules: the path's segments
 * not encoded, bodies as on the wire. Throws its `WireError`s.
 */
export type Manage = (
  method: ManagementRow['method'],
  path: readonly string[],
  body?: object,
) => Promise<unknown>;

export function createManage(context: TenantContext): Manage {
  const rows = managementRows(context);
  // The console may do everything, as the one who owns the tenant.
  const scopes = new Set(rows.flatMap((row) => row.scopes));
  const caller = { client_id: 'console', ip: '127.0.0.1', user_agent: undefined };
  return async (method, path, body) => {
    for (const row of rows) {
      const params = row.method === method ? matchPath(row.path, path) : undefined;
      if (!params) continue;
      const parsed = parsedFor(parseQuery(row, {}), parseBody(row, body));
      const reply = await row.handle({ params, scopes, caller, ...parsed });
      return reply.body;
    }
    throw new Error(`the Management API has no ${method} /${path.join('/')}`);
  };
}

/** What the `:names` of a row's path stand for in these segments; undefined where it is another path. */
function matchPath(pattern: string, segments: readonly string[]): Record<string, string> | undefined {
  const parts = pattern.split('/').slice(1);
  if (parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of parts.entries()) {
    const segment = segments[at] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}
