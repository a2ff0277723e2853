import type { Client } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';

export interface ClientCredentials {
  readonly client_id: string;
  /** Absent if the client has no secret: it is public, or authenticates with a key. */
  readonly client_secret?: string;
}

/** The credentials of a client, and the name under which people know it. */
export interface NamedCredentials extends ClientCredentials {
  readonly name: string;
}

/** Finds a client by its id, by its id without `tpc_`, or by its name. */
export function findClient(state: Pick<State, 'clients'>, name: string): Client | undefined {
  const { clients } = state;
  return clients.get(name) ?? clients.get(`tpc_${name}`) ?? clients.find('name', name)[0];
}

/** The credentials of a client. */
export function toCredentials(client: Client): ClientCredentials {
  const method = client.token_endpoint_auth_method;
  const { client_id, client_secret } = client;
  return method === null || method === 'none' ? { client_id } : { client_id, client_secret };
}
