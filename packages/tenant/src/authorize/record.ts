import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import type { LogEntry } from '../state/token-documents.ts';
import type { TenantRequest } from '../wire/row.ts';

/** Logs the result of a browser's request, with the caller's details. */
export function record(
  { log }: Pick<TenantContext, 'log'>,
  { ip, headers }: Pick<TenantRequest, 'ip' | 'headers'>,
  client: Pick<Client, 'client_id' | 'name'> | undefined,
  entry: Pick<
    LogEntry,
    | 'type'
    | 'description'
    | 'connection'
    | 'user_id'
    | 'user_name'
    | 'organization_id'
    | 'organization_name'
    | 'details'
  >,
): void {
  const about = { client_id: client?.client_id, client_name: client?.name };
  log.record({ ...entry, ...about, ip, user_agent: headers['user-agent'] });
}
