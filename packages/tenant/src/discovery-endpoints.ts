import { X509Certificate } from 'node:crypto';
import type { TenantContext } from './context.ts';
import { PROOF_ALGORITHMS } from './dpop/verify-proof.ts';
import type { SigningKeyDocument } from './state/token-documents.ts';
import type { Endpoint } from './wire/row.ts';

const CACHED = { 'cache-control': 'public, max-age=15, stale-while-revalidate=15, stale-if-error=86400' };

/** GET /.well-known/jwks.json: the public keys, current, next and previous. */
export const jwksEndpoint = ({ keys }: Pick<TenantContext, 'keys'>): Endpoint => ({
  method: 'GET',
  path: '/.well-known/jwks.json',
  listedAs: 'jwks_uri',
  forBrowsers: true,
  handle: () => ({ body: keys.jwks(), headers: CACHED }),
});

/** The certificate of the current signing key, as PEM, PKCS #7 and SHA-1 fingerprint; a query is ignored. */
export function certificateEndpoints({ state }: Pick<TenantContext, 'state'>): Endpoint[] {
  const current = () => state.signingKeys.list().find(({ age }) => age === 'current');
  const row = (path: string, contentType: string, read: (key: SigningKeyDocument) => string): Endpoint => ({
    method: 'GET',
    path,
    forBrowsers: true,
    handle: () => {
      const key = current();
      return { body: key ? read(key) : '', contentType, headers: CACHED };
    },
  });
  return [
    row('/pem', 'application/x-pem-file', ({ cert_pem }) => cert_pem),
    row('/rawpem', 'text/plain; charset=utf-8', ({ cert_pem }) => cert_pem),
    row('/pb7', 'application/x-pkcs7-certificates', ({ pkcs7_pem, cert_pem }) => pkcs7_pem ?? cert_pem),
    row(
      '/fingerprint',
      'text/plain; charset=utf-8',
      ({ cert_pem }) => new X509Certificate(cert_pem).fingerprint,
    ),
  ];
}

const words = (text: string): string[] => text.trim().split(/\s+/);

const claims = words(`
  aud auth_time created_at email email_verified exp family_name given_name iat identities iss name nickname
  phone_number picture sub
`);

const scopes = words(`
  openid profile offline_access name given_name family_name nickname email email_verified picture created_at
  identities phone address
`);

const RESPONSE_TYPES = [
  'code',
  'token',
  'id_token',
  'code token',
  'code id_token',
  'token id_token',
  'code token id_token',
];

/** OpenID Connect Discovery §4, and the same document at the path of RFC 8414, as on Auth0. */
export function discoveryEndpoints(
  context: Pick<TenantContext, 'issuer' | 'state'>,
  served: readonly Endpoint[],
): Endpoint[] {
  const handle = () => ({ body: toMetadata(context, served), headers: CACHED });
  const row = { method: 'GET', forBrowsers: true, handle } as const;
  return [
    { ...row, path: '/.well-known/openid-configuration' },
    { ...row, path: '/.well-known/oauth-authorization-server' },
  ];
}

/** Lists only endpoints that are served. */
function toMetadata(
  { issuer, state }: Pick<TenantContext, 'issuer' | 'state'>,
  served: readonly Endpoint[],
): object {
  const endpoints = served.flatMap(({ listedAs, isListed, path }) =>
    listedAs === undefined || isListed?.() === false
      ? []
      : [[listedAs, `${issuer}${path.slice(1)}`] as const],
  );
  return {
    issuer,
    ...Object.fromEntries(endpoints),
    scopes_supported: scopes,
    response_types_supported: RESPONSE_TYPES,
    code_challenge_methods_supported: ['S256', 'plain'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'PS256'],
    claims_supported: claims,
    request_uri_parameter_supported: false,
    request_parameter_supported: false,
    id_token_signing_alg_values_supported: ['HS256', 'RS256'],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
    ...(state.settings.get()?.authorization_response_iss_parameter_supported === true && {
      authorization_response_iss_parameter_supported: true,
    }),
    ...(state.settings.get()?.extra?.['client_id_metadata_document_supported'] === true && {
      client_id_metadata_document_supported: true,
    }),
  };
}
