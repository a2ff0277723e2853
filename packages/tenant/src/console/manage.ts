import type { TenantContext } from '../context.ts';
import { toLogDetails } from '../management/log-details.ts';
import type { ManagementRow } from '../management/management-row.ts';
import { managementRows } from '../management/management-rows.ts';
import { parseBody, parseQuery } from '../management/parse-input.ts';
import { parsedFor } from '../wire/row.ts';

/**
 * Calls the Management API in process, so that changes of the console follow its rules. Path segments are not encoded;
 * bodies are as on the wire. Throws its `WireError`s.
 */
export type Manage = (
  method: ManagementRow['method'],
  path: readonly string[],
  body?: object,
) => Promise<unknown>;

export function createManage(context: TenantContext): Manage {
  const rows = managementRows(context);
  // The console acts with all scopes.
  const scopes = new Set(rows.flatMap((row) => row.scopes));
  const caller = { client_id: 'console', ip: '127.0.0.1', user_agent: undefined };
  return async (method, path, body) => {
    for (const row of rows) {
      const params = row.method === method ? matchPath(row.path, path) : undefined;
      if (!params) continue;
      const parsed = parsedFor(parseQuery(row, {}), parseBody(row, body));
      const answer = await row.handle({ params, scopes, caller, ...parsed });
      if (method !== 'GET') {
        const url = `/api/v2/${path.map(encodeURIComponent).join('/')}`;
        const details = toLogDetails({
          method,
          url,
          body,
          ip: caller.ip,
          token: { scopes, jti: undefined },
          answer,
        });
        context.log.record({ type: 'sapi', description: row.title ?? row.path, ...caller, details });
      }
      return answer.body;
    }
    throw new Error(`the Management API has no ${method} /${path.join('/')}`);
  };
}

/** The parameters of a row's path in these segments; undefined if the path does not match. */
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
