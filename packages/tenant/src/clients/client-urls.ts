import type { Client } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';

/** The URLs that a client has registered. */
export type ClientUrls = Pick<Client, 'callbacks' | 'allowed_logout_urls' | 'web_origins' | 'oidc_logout'>;

/** Lets a program that runs the tenant register its own URLs, which it knows only when it listens. */
export function changeClientUrls(
  { clients }: Pick<State, 'clients'>,
  clientId: string,
  change: (urls: ClientUrls) => ClientUrls,
): void {
  const client = clients.get(clientId);
  if (client) clients.put({ ...client, ...change(client) });
}
