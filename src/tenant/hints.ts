/** Which dashboard setting would mend an error on a real tenant; sent as `x-tenant-hint`. ASCII only. */
export const hints = {
  grant_type_disabled:
    'Applications > (app) > Settings > Advanced > Grant Types: enable the grant; the Password toggle adds both `password` and `password-realm`.',
  wrong_client_secret:
    'Applications > (app) > Settings > Basic Information: compare the Client ID and the Client Secret.',
  client_assertion:
    'Applications > (app) > Credentials: the key of the assertion must be listed under Private Key JWT; aud is the issuer, iss and sub the client id.',
  unknown_audience: 'Applications > APIs: create an API whose Identifier equals the audience byte for byte.',
  no_audience: 'Send `audience`, or set Settings > General > API Authorization Settings > Default Audience.',
  no_client_grant:
    'Applications > APIs > (API) > Machine to Machine Applications: authorize the application.',
  scope_not_granted:
    'Applications > APIs > (API) > Machine to Machine Applications > (app): tick the missing permissions.',
  user_access_denied: 'Applications > APIs > (API) > Settings > Application Access Policy: let users in.',
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
} as const satisfies Record<string, string>;

export type Hint = keyof typeof hints;
