import type { Client } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';

/** The registered URLs of a client. */
export type ClientUrls = Pick<Client, 'callbacks' | 'allowed_logout_urls' | 'web_origins' | 'oidc_logout'>;

/** Changes a client's URLs. A program that runs the tenant uses it for URLs that it knows only after it listens. */
export function changeClientUrls(
  { clients }: Pick<State, 'clients'>,
  clientId: string,
  change: (urls: ClientUrls) => ClientUrls,
): void {
  const client = clients.get(clientId);
  if (client) clients.put({ ...client, ...change(client) });
}
