import type { ClientKind, DesiredClient } from './desired-tenant.ts';
import type { Fields } from './step.ts';

/** `client_metadata.managed_by` of the clients that provision owns; `gatehouse_key` has their key. */
export const MANAGED_BY = 'gatehouse';

/** The strategy of a new connection without one: a database with passwords. */
export const DEFAULT_STRATEGY = 'auth0';

const FIRST_PARTY = { is_first_party: true, oidc_conformant: true };

/** The Management API fields of each kind of client. */
export const KIND_FIELDS: Readonly<Record<ClientKind, Fields>> = {
  web: { ...FIRST_PARTY, app_type: 'regular_web' },
  spa: { ...FIRST_PARTY, app_type: 'spa', token_endpoint_auth_method: 'none' },
  native: { ...FIRST_PARTY, app_type: 'native', token_endpoint_auth_method: 'none' },
  machine: { ...FIRST_PARTY, app_type: 'non_interactive', grant_types: ['client_credentials'] },
  'third-party': { is_first_party: false, oidc_conformant: true },
};

/** The Management API fields of a desired client. */
export function toClientFields(client: DesiredClient): Fields {
  const { client_id, key, name, kind, callbacks, logout_urls, grant_types, settings } = client;
  const { client_metadata, ...rest } = settings ?? {};
  const metadata = {
    ...(typeof client_metadata === 'object' && client_metadata),
    // A client that is named by its ID is not adopted.
    ...(client_id === undefined && { managed_by: MANAGED_BY, gatehouse_key: key }),
  };
  return {
    ...(name !== undefined && { name }),
    ...(kind !== undefined && KIND_FIELDS[kind]),
    ...(callbacks && { callbacks }),
    ...(logout_urls && { allowed_logout_urls: logout_urls }),
    ...(grant_types && { grant_types }),
    ...rest,
    ...(Object.keys(metadata).length > 0 && { client_metadata: metadata }),
  };
}
