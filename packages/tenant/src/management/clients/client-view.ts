import type { TenantContext } from '../../context.ts';
import type { Client, ClientKey } from '../../state/settings-documents.ts';

/** A client in the Management API's format; with its secret only if `withSecret` is set. */
export function toClientView(
  { domain }: Pick<TenantContext, 'domain'>,
  client: Client,
  withSecret: boolean,
): object {
  const {
    client_id,
    client_secret,
    client_authentication_methods: methods,
    spare_credentials: _spare,
    extra,
    token_endpoint_auth_method: method,
    ...rest
  } = client;
  const urls = rest.oidc_logout?.backchannel_logout_urls;
  return {
    tenant: domain.split(':', 1)[0],
    global: false,
    client_id,
    ...(withSecret && !methods && { client_secret }),
    ...rest,
    ...extra,
    ...(method !== null && { token_endpoint_auth_method: method }),
    ...(methods && {
      client_authentication_methods: {
        private_key_jwt: { credentials: methods.private_key_jwt.credentials.map(({ id }) => ({ id })) },
      },
    }),
    // The legacy name, which Auth0 still returns.
    ...(Array.isArray(urls) && { oidc_backchannel_logout: { backchannel_logout_urls: urls } }),
  };
}

/** All keys of a client, those in use for authentication first. */
export const keysOf = ({
  client_authentication_methods: methods,
  spare_credentials,
}: Client): ClientKey[] => [...(methods?.private_key_jwt.credentials ?? []), ...(spare_credentials ?? [])];

export const toKeyView = ({ pem: _pem, ...key }: ClientKey): object => key;
