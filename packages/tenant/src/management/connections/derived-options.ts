import { createHash, X509Certificate } from 'node:crypto';
import type { ConnectionOptions } from '../../state/settings-documents.ts';

type Derive = (options: ConnectionOptions) => ConnectionOptions;

/**
 * The options with the values that Auth0 derives from them: endpoints of an identity provider, properties of its
 * certificate.
 */
export const deriveOptions = (strategy: string, options: ConnectionOptions): ConnectionOptions =>
  derivations[strategy]?.(options) ?? options;

const NAMES: Readonly<Record<string, string>> = {
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  CN: 'commonName',
  emailAddress: 'emailAddress',
};

const withCertificate: Derive = (options) => {
  const { signingCert } = options;
  const certificate = typeof signingCert === 'string' ? readCertificate(signingCert) : undefined;
  if (!certificate) return options;
  const subject = certificate.subject.split('\n').flatMap((part) => {
    const [key = '', ...value] = part.split('=');
    const name = NAMES[key];
    return name === undefined ? [] : [[name, value.join('=')] as const];
  });
  return {
    ...options,
    cert: certificate.toString(),
    expires: certificate.validToDate.toISOString(),
    subject: Object.fromEntries(subject),
    thumbprints: [createHash('sha1').update(certificate.raw).digest('hex')],
  };
};

/** A certificate as PEM, or its PEM in base64. */
function readCertificate(text: string): X509Certificate | undefined {
  const pem = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString();
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Defaults of absent members of an OpenID provider's metadata (OpenID Connect Discovery §3). */
const STATED = {
  response_types_supported: ['code'],
  response_modes_supported: ['query', 'fragment'],
  grant_types_supported: ['authorization_code', 'implicit'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  scopes_supported: ['openid', 'profile', 'email'],
  token_endpoint_auth_methods_supported: ['client_secret_basic'],
  claims_supported: ['aud', 'iss', 'iat', 'exp', 'sub'],
  claims_parameter_supported: false,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  require_request_uri_registration: false,
};

/** The endpoints of an Okta domain. */
const withOktaEndpoints: Derive = (options) => {
  const { domain } = options;
  if (typeof domain !== 'string') return options;
  const issuer = `https://${domain}`;
  const endpoints = {
    authorization_endpoint: `${issuer}/oauth2/v1/authorize`,
    token_endpoint: `${issuer}/oauth2/v1/token`,
    userinfo_endpoint: `${issuer}/oauth2/v1/userinfo`,
    jwks_uri: `${issuer}/oauth2/v1/keys`,
  };
  const others = Object.fromEntries(
    ['clients', 'introspect', 'revoke', 'logout'].map((name) => [
      OKTA_NAMES[name],
      `${issuer}/oauth2/v1/${name}`,
    ]),
  );
  const given = Object.entries(options).filter(
    ([name, value]) => value !== null || !Object.hasOwn(endpoints, name),
  );
  return {
    issuer,
    ...endpoints,
    ...Object.fromEntries(given),
    oidc_metadata: { issuer, ...endpoints, ...others, ...STATED, code_challenge_methods_supported: ['S256'] },
  };
};

const OKTA_NAMES: Readonly<Record<string, string>> = {
  clients: 'registration_endpoint',
  introspect: 'introspection_endpoint',
  revoke: 'revocation_endpoint',
  logout: 'end_session_endpoint',
};

const withOpenIdMetadata: Derive = (options) => {
  const names = ['issuer', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri'];
  const known = names.flatMap((name) => (typeof options[name] === 'string' ? [[name, options[name]]] : []));
  return known.length === 0
    ? options
    : { oidc_metadata: { ...Object.fromEntries(known), ...STATED }, ...options };
};

const derivations: Readonly<Record<string, Derive>> = {
  okta: withOktaEndpoints,
  oidc: withOpenIdMetadata,
  samlp: withCertificate,
  pingfederate: (options) => ({ signInEndpoint: options.pingFederateBaseUrl, ...withCertificate(options) }),
  adfs: (options) => ({ signInEndpoint: options.adfs_server, ...options }),
};
