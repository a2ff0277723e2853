/** The dashboard setting that fixes an error on a real tenant; sent as `x-tenant-hint`. ASCII only. */
export const HINTS = {
  grant_type_disabled:
    'Applications > (app) > Settings > Advanced > Grant Types: enable the grant. Applications without a secret cannot have all of them.',
  password_grant:
    'Applications > (app) > Settings > Advanced > Grant Types: enable Password, which adds both `password` and `password-realm`.',
  wrong_client_secret:
    'Applications > (app) > Settings > Basic Information: compare the Client ID and the Client Secret.',
  unknown_client: 'Applications > (app) > Settings > Basic Information: compare the Client ID.',
  client_assertion:
    'Applications > (app) > Credentials: the key of the assertion must be listed under Private Key JWT; aud is the issuer, iss and sub the client id.',
  unknown_audience: 'Applications > APIs: create an API whose Identifier equals the audience byte for byte.',
  no_audience: 'Send `audience`, or set Settings > General > API Authorization Settings > Default Audience.',
  no_client_grant:
    'Applications > APIs > (API) > Machine to Machine Applications: authorize the application.',
  scope_not_granted:
    'Applications > APIs > (API) > Machine to Machine Applications > (app): tick the missing permissions.',
  user_access_denied:
    'Applications > APIs > (API) > Settings > Application Access Policy: allow user access.',
  no_default_directory:
    'Settings > General > API Authorization Settings > Default Directory: name a database connection, or send `realm` with the password-realm grant.',
  connection_disabled:
    'Authentication > Database > (connection) > Applications: enable the connection for this application.',
  signup_disabled: 'Authentication > Database > (connection) > Settings: turn off Disable Sign Ups.',
  username_required: 'Authentication > Database > (connection) > Attributes: Username is required.',
  password_policy: 'Authentication > Database > (connection) > Password Policy.',
  user_exists_concealed:
    'Tenant flag enable_public_signup_user_exists_error: on, a duplicate answers `user_exists`.',
  user_blocked: 'User Management > Users > (user) > Actions > Unblock.',
  brute_force:
    'Security > Attack Protection > Brute-force Protection. Behind a server: send `auth0-forwarded-for` and turn on Trust Token Endpoint IP Header.',
  password_leaked:
    'Security > Attack Protection > Breached Password Detection; have the user reset the password.',
  third_party_grant:
    'Third-party applications may use authorization_code, refresh_token and client_credentials only.',
  refresh_token_reuse:
    'Applications > (app) > Settings > Refresh Token Rotation: raise the overlap period (leeway) if clients retry.',
  mfa_tries: 'Ten wrong codes are allowed, and one more every six minutes; this limit cannot be changed.',
  mfa_factor_disabled: 'Security > Multi-factor Auth > (factor): enable it.',
  device_grant: 'Applications > (app) > Settings > Advanced > Grant Types: enable Device Code.',
  passkey_grant: 'Applications > (app) > Settings > Advanced > Grant Types: enable Passkey.',
  passkeys_disabled: 'Authentication > Database > (connection) > Authentication Methods: enable Passkey.',
  passwordless_grant: 'Applications > (app) > Settings > Advanced > Grant Types: enable Passwordless OTP.',
  passwordless_connection:
    'Authentication > Passwordless > (Email or SMS) > Applications: enable the connection for this application.',
  callback_mismatch:
    'Applications > (app) > Settings > Application URIs > Allowed Callback URLs: list the redirect_uri byte for byte.',
  web_origin:
    'Applications > (app) > Settings > Application URIs > Allowed Web Origins: list the origin of the redirect_uri.',
  logout_url:
    'Applications > (app) > Settings > Allowed Logout URLs; without client_id: Settings > Advanced > Allowed Logout URLs.',
  par_required:
    'Applications > (app) > Settings > Require Pushed Authorization Requests is on: send the request to /oauth/par first.',
  par_disabled: 'Settings > Advanced > Allow Pushed Authorization Requests (PAR): turn it on.',
  public_client_pkce:
    'An application without a secret must use PKCE: send code_challenge to /authorize and code_verifier to /oauth/token.',
  third_party_pkce: 'Third-party applications must use PKCE with code_challenge_method=S256.',
  third_party_parameters:
    'Third-party applications may send standard OAuth parameters and ext-* only: not screen_hint, request_uri or claims.',
  third_party_response_type: 'Third-party applications may use response_type=code only.',
  third_party_client_grant:
    'Applications > APIs > (API) > Application Access: grant the third-party application user access; Allow All does not include it.',
  third_party_logout:
    'Third-party applications have no logout: revoke their tokens at /oauth/revoke, and end their own session.',
  organization_usage:
    'Applications > (app) > Organizations: which types of users sign in, and Organizations > (org) > Members.',
  organization_names:
    'Settings > Advanced > Allow Organization Names in Authentication API: turn it on, or send the id (org_...).',
  rate_limit: "The limits of Auth0's rate limit policy; `rate_limits: relaxed` in the seed raises them.",
  registration_disabled: 'Settings > Advanced > Dynamic Client Registration (DCR): turn it on.',
  audience_ignored:
    'Applications > (app) > Settings > Multi-Resource Refresh Token: list the API and its scopes; the API must let first parties skip consent.',
  token_exchange_profile:
    'Authentication > Custom Token Exchange: create a profile for the subject_token_type, deploy its Action, and allow custom_authentication profiles for the application.',
  on_behalf_of:
    'Applications > APIs > (API) > Add Application, with On-Behalf-Of Token Exchange, and Applications > APIs > (called API) > Application Access: grant it user access with the scopes.',
  dpop_proof:
    'DPoP (RFC 9449): typ dpop+jwt, alg ES256, a unique jti for each request, and htm and htu of the request.',
  dpop_required:
    'Applications > (app) > Settings > Token Sender-Constraining, and Applications > APIs > (API) > Settings > Token Sender-Constraining (method DPoP).',
  not_served:
    'Auth0 has this endpoint; this tenant does not. COVERAGE.md of the package lists what it serves.',
  management_token:
    'The Management API takes tokens of this tenant for the audience https://<domain>/api/v2/, slash included.',
  management_scope:
    'Applications > APIs > Auth0 Management API > Machine to Machine Applications > (app): tick the missing permissions.',
} as const satisfies Record<string, string>;

export type Hint = keyof typeof HINTS;
