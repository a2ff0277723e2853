/** Claims that Actions cannot set: Auth0 drops them silently. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash client_id cnf cty dest ' +
    'entitlements events exp groups gty htm htu iat internalService iss jcard jku jti jwe jwk kid may_act mky nbf ' +
    'nonce object_id org_id org_name orig origid permissions roles rph s_hash sid sub sub_jwk toe txn typ uuid vot vtm ' +
    'x5t#S256 __proto__'
  ).split(' '),
);

const RESERVED_HOSTS = ['auth0.com', 'webtask.io', 'webtask.run'];

/** Whether Auth0 puts a custom claim of this name into a token; it drops others without an error. */
export function isCustomClaim(name: string): boolean {
  if (name === '' || RESERVED.has(name) || name.startsWith('sip_')) return false;
  if (/^urn:auth0(:|$)/i.test(name)) return false;
  if (!/^https?:\/\//i.test(name)) return true;
  const host = URL.canParse(name) ? new URL(name).hostname : '';
  return !RESERVED_HOSTS.some((own) => host === own || host.endsWith(`.${own}`));
}

/** Whether a name has a namespace: a URL or a URN. Tokens for Auth0's own APIs accept no other custom claims. */
export const isNamespaced = (name: string): boolean => /^(https?:\/\/|urn:)/i.test(name);
