import type { TenantContext } from '../../context.ts';
import type { Client, ClientKey } from '../../state/settings-documents.ts';

type Deps = Pick<TenantContext, 'domain' | 'state'>;

interface ViewOptions {
  /** Whether the caller may read secrets. */
  readonly withSecret: boolean;
  /** Whether the client has just been created: its credentials are returned whole. */
  readonly isNew?: boolean;
}

/** Settings that every client has. They have no effect here. */
const LEGACY_DEFAULTS = {
  sso_disabled: false,
  cross_origin_auth: false,
  cross_origin_authentication: false,
  callback_url_template: false,
  custom_login_page_on: true,
};

/** A client in the Management API's format. Members that have never been set are absent. */
export function toClientView({ domain, state }: Deps, client: Client, options: ViewOptions): object {
  const {
    client_id,
    client_secret,
    client_authentication_methods: methods,
    spare_credentials: _spare,
    unset = [],
    extra,
    token_endpoint_auth_method: method,
    ...rest
  } = client;
  const { withSecret, isNew = false } = options;
  const showKey = (key: ClientKey): object => (isNew ? toKeyView(key) : { id: key.id });
  const urls = rest.oidc_logout?.backchannel_logout_urls;
  const view = {
    tenant: domain.split(':', 1)[0],
    global: false,
    client_id,
    ...(withSecret && !methods && { client_secret }),
    ...(isNew && { encrypted: true }),
    ...LEGACY_DEFAULTS,
    ...rest,
    ...extra,
    signing_keys: signingKeys(state),
    ...(method !== null && { token_endpoint_auth_method: method }),
    ...(methods && {
      client_authentication_methods: Object.fromEntries(
        Object.entries(methods).map(([name, { credentials }]) => [
          name,
          { credentials: credentials.map(showKey) },
        ]),
      ),
    }),
    ...(isNew && showSigned(client)),
    // The legacy name, which Auth0 still returns.
    ...(rest.oidc_logout && {
      oidc_backchannel_logout: Array.isArray(urls) ? { backchannel_logout_urls: urls } : {},
    }),
  };
  return Object.fromEntries(Object.entries(view).filter(([name]) => !unset.includes(name)));
}

/** The keys of signed requests, whole. */
function showSigned(client: Client): object {
  const signed = client.extra?.signed_request_object;
  if (typeof signed !== 'object' || signed === null || !('credentials' in signed)) return {};
  const { credentials } = signed;
  const ids: readonly unknown[] = Array.isArray(credentials) ? credentials.map(({ id }) => id) : [];
  const whole = keysOf(client).filter(({ id }) => ids.includes(id));
  return { signed_request_object: { ...signed, credentials: whole.map(toKeyView) } };
}

/** The certificates that sign this tenant's tokens. */
export const signingKeys = (state: Deps['state']): object[] =>
  state.signingKeys
    .list()
    .filter(({ age }) => age === 'current')
    .map(({ cert_pem, pkcs7_pem }) => ({
      cert: cert_pem,
      ...(pkcs7_pem !== undefined && { pkcs7: pkcs7_pem }),
      subject: 'deprecated',
    }));

/** All keys of a client, those in use for authentication first. */
export const keysOf = ({
  client_authentication_methods: methods = {},
  spare_credentials = [],
}: Client): ClientKey[] => [
  ...Object.values(methods).flatMap(({ credentials }) => credentials),
  ...spare_credentials,
];

export const toKeyView = ({ pem: _pem, ...key }: ClientKey): object => key;
