import type { TenantContext } from '../../context.ts';
import type { Client } from '../../state/settings-documents.ts';
import { notFound } from '../management-error.ts';

export const noSuchClient = () => notFound('The client does not exist', 'inexistent_client');

/** The client of a path. Throws 404 `inexistent_client`. */
export function requireClient({ state }: Pick<TenantContext, 'state'>, id = ''): Client {
  const client = state.clients.get(id);
  if (!client) throw noSuchClient();
  return client;
}
