import type { Client } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';

const IS_URL = /^https?:\/\//;

/** The URL of the Client ID Metadata Document that a client is registered from; undefined: none. */
export function metadataUrlOf({ extra }: Client): string | undefined {
  const url: unknown = extra?.['external_client_id'];
  return typeof url === 'string' ? url : undefined;
}

/** The client of a `client_id`. The URL of a metadata document stands for the client that is registered from it. */
export const findClientById = ({ clients }: Pick<State, 'clients'>, id: string): Client | undefined =>
  clients.get(id) ??
  (IS_URL.test(id) ? clients.list().find((client) => metadataUrlOf(client) === id) : undefined);

/** The id by which a client is known outside: the URL of its metadata document, if it has one. */
export const publicIdOf = (client: Client): string => metadataUrlOf(client) ?? client.client_id;
