import { randomToken } from '../lib/random.ts';
import { defined, type Given } from './defaults.ts';
import type { Client, JwtConfiguration, RefreshTokenSettings } from './settings-documents.ts';

type GivenClient = Given<Omit<Client, 'refresh_token' | 'jwt_configuration'>> & {
  readonly client_id: string;
  readonly refresh_token?: Given<RefreshTokenSettings> | undefined;
  readonly jwt_configuration?: Given<JwtConfiguration> | undefined;
};

/** Members with a default that the Management API returns only once they are set. */
export const UNSET_MEMBERS = [
  'description',
  'app_type',
  'token_endpoint_auth_method',
  'callbacks',
  'allowed_logout_urls',
  'web_origins',
  'allowed_origins',
  'organization_usage',
  'require_pushed_authorization_requests',
  'require_proof_of_possession',
  'client_metadata',
] as const;

const MONTH_S = 2_592_000;
const FORTNIGHT_S = 1_296_000;
const YEAR_S = 31_557_600;

/** Absent members of `refresh_token`. They depend on the expiration and on the authentication method that was sent. */
export function toRefreshToken(
  given: Given<RefreshTokenSettings>,
  method: Client['token_endpoint_auth_method'] | undefined,
): RefreshTokenSettings {
  const isExpiring = given.expiration_type === 'expiring';
  const isLong = method === 'client_secret_post' && !isExpiring;
  return {
    rotation_type: 'non-rotating',
    expiration_type: 'non-expiring',
    leeway: 0,
    token_lifetime: isLong ? YEAR_S : MONTH_S,
    idle_token_lifetime: isLong ? MONTH_S : FORTNIGHT_S,
    infinite_token_lifetime: !isExpiring,
    infinite_idle_token_lifetime: !isExpiring,
    ...defined(given),
  };
}

/** Absent members of `jwt_configuration`: the lifetime is set only if no algorithm is. */
export const toJwtConfiguration = (given: Given<JwtConfiguration> = {}): JwtConfiguration => ({
  ...(given.alg === undefined && { lifetime_in_seconds: 36_000 }),
  secret_encoded: false,
  ...defined(given),
});

/** A client with Auth0's defaults. It always gets a secret, even if its authentication method does not use one. */
export function toClient(given: GivenClient): Client {
  const { refresh_token, jwt_configuration, ...rest } = given;
  const byKey = given.client_authentication_methods !== undefined;
  return {
    client_secret: randomToken(48),
    name: given.client_id,
    description: '',
    app_type: 'regular_web',
    is_first_party: true,
    oidc_conformant: true,
    grant_types: [
      'authorization_code',
      'implicit',
      'refresh_token',
      ...(given.token_endpoint_auth_method === 'none' ? [] : ['client_credentials']),
    ],
    token_endpoint_auth_method: byKey ? null : 'client_secret_post',
    is_token_endpoint_ip_header_trusted: false,
    callbacks: [],
    allowed_logout_urls: [],
    web_origins: [],
    allowed_origins: [],
    organization_usage: 'deny',
    require_pushed_authorization_requests: false,
    require_proof_of_possession: false,
    client_metadata: {},
    unset: UNSET_MEMBERS.filter((name) => rest[name] === undefined),
    ...defined(rest),
    jwt_configuration: toJwtConfiguration(jwt_configuration),
    refresh_token: toRefreshToken(refresh_token ?? {}, given.token_endpoint_auth_method),
  };
}
