import type { Client, ClientGrant, ResourceServer } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';
import { grantKey } from '../state/state.ts';

/**
 * The client grant of a client for an API, for the client itself (`client`) or for its users (`user`). A third party
 * without a grant of its own has the default grant for third parties, if there is one.
 */
export function findClientGrant(
  { clientGrants }: Pick<State, 'clientGrants'>,
  client: Client,
  { identifier }: Pick<ResourceServer, 'identifier'>,
  subject: ClientGrant['subject_type'],
): ClientGrant | undefined {
  const holders = client.is_first_party ? [client.client_id] : [client.client_id, 'third_party_clients'];
  return holders
    .flatMap((holder) => clientGrants.find('pair', grantKey(holder, identifier)))
    .find((grant) => grant.subject_type === subject);
}

/** The scopes that a client grant allows. */
export const scopesOfGrant = (grant: ClientGrant, api: ResourceServer): readonly string[] =>
  grant.allow_all_scopes === true ? api.scopes.map(({ value }) => value) : grant.scope;
