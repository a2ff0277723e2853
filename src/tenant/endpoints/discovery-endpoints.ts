import type { TenantContext } from '../context.ts';
import type { Endpoint } from './endpoint.ts';

const cached = { 'cache-control': 'public, max-age=15, stale-while-revalidate=15, stale-if-error=86400' };

/** GET /.well-known/jwks.json: the current key, the next one and earlier ones; never a private member. */
export const jwksEndpoint = ({ keys }: Pick<TenantContext, 'keys'>): Endpoint => ({
  method: 'GET',
  path: '/.well-known/jwks.json',
  listedAs: 'jwks_uri',
  handle: () => ({ body: keys.jwks(), headers: cached }),
});

const words = (text: string): string[] => text.trim().split(/\s+/);

const claims = words(`
  aud auth_time created_at email email_verified exp family_name given_name iat identities iss name nickname
  phone_number picture sub
`);

const scopes = words(`
  openid profile offline_access name given_name family_name nickname email email_verified picture created_at
  identities phone address
`);

/** GET /.well-known/openid-configuration: lists the endpoints that are served, and no others. */
export function discoveryEndpoint(
  { issuer }: Pick<TenantContext, 'issuer'>,
  served: readonly Endpoint[],
): Endpoint {
  const endpoints = served.flatMap(({ listedAs, path }) =>
    listedAs === undefined ? [] : [[listedAs, `${issuer}${path.slice(1)}`] as const],
  );
  const redirects = served.some(({ listedAs }) => listedAs === 'authorization_endpoint');
  const body = {
    issuer,
    ...Object.fromEntries(endpoints),
    scopes_supported: scopes,
    response_types_supported: redirects ? ['code', 'id_token', 'id_token token'] : [],
    ...(redirects && {
      response_modes_supported: ['query', 'fragment', 'form_post', 'web_message'],
      code_challenge_methods_supported: ['S256', 'plain'],
    }),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['HS256', 'RS256'],
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'PS256'],
    claims_supported: claims,
    request_uri_parameter_supported: false,
    request_parameter_supported: false,
  };
  return {
    method: 'GET',
    path: '/.well-known/openid-configuration',
    handle: () => ({ body, headers: cached }),
  };
}
