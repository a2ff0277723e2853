import { prefixedId } from '../lib/random.ts';
import { defined, type Given } from './defaults.ts';
import type { Connection, ConnectionOptions } from './settings-documents.ts';

type Options = Readonly<Record<string, unknown>>;

/** Options of a database connection that are reset to their defaults if a change omits them. */
const REFILLED = {
  passkey_options: {
    challenge_ui: 'both',
    local_enrollment_enabled: true,
    progressive_enrollment_enabled: true,
  },
  authentication_methods: { passkey: { enabled: false }, password: { enabled: true } },
};

const DATABASE: Options = {
  mfa: { active: true, return_enroll_settings: true },
  passwordPolicy: 'good',
  strategy_version: 2,
  brute_force_protection: true,
};

const PASSWORD_OPTIONS: Readonly<Record<string, Options>> = {
  complexity: {
    min_length: 15,
    character_types: [],
    character_type_rule: 'all',
    identical_characters: 'allow',
    sequential_characters: 'allow',
    max_length_exceeded: 'error',
  },
  dictionary: { active: false, custom: [], default: 'en_100k' },
  history: { active: false, size: 3 },
  profile_data: {
    active: false,
    blocked_fields: [
      'name',
      'username',
      'nickname',
      'email',
      'phone_number',
      'user_metadata.name',
      'user_metadata.first',
      'user_metadata.last',
    ],
  },
};

const OPENID = { schema_version: 'oidc-V4', connection_settings: { pkce: 'auto' } };
const PROVIDER_URLS = { authorizationURL: null, tokenURL: null, profile: true };

/** Options of a new connection by strategy. They have no effect here, except for a database's. */
const BY_STRATEGY: Readonly<Record<string, Options>> = {
  ad: { ips: null, brute_force_protection: true },
  adfs: { thumbprints: [], should_trust_email_verified_connection: 'always_set_emails_as_verified' },
  email: { brute_force_protection: true },
  sms: { brute_force_protection: true },
  facebook: { scope: '' },
  github: { scope: [] },
  'google-apps': {
    email: true,
    profile: true,
    scope: ['email', 'profile'],
    handle_login_from_social: true,
    map_user_id_to_id: false,
  },
  'google-oauth2': { email: true, profile: true, scope: ['email', 'profile'] },
  line: PROVIDER_URLS,
  linkedin: { profile: true, scope: ['r_liteprofile'] },
  oidc: { ...OPENID, type: 'front_channel', attribute_map: { mapping_mode: 'bind_all' } },
  okta: { ...OPENID, type: 'back_channel', attribute_map: { mapping_mode: 'basic_profile' } },
  salesforce: { scope: [] },
  'salesforce-community': { scope: [] },
  twitter: { authorizationURL: null, tokenURL: null },
  waad: {
    identity_api: 'microsoft-identity-platform-v2.0',
    waad_protocol: 'openid-connect',
    waad_common_endpoint: false,
    useCommonEndpoint: false,
    use_wsfed: false,
    should_trust_email_verified_connection: 'never_set_emails_as_verified',
    thumbprints: [],
  },
  windowslive: { signin: true, scope: [] },
  wordpress: { ...PROVIDER_URLS, scope: ['profile'] },
};

/** Strategies of an organisation's own identity provider. */
const ENTERPRISE = new Set(['ad', 'adfs', 'google-apps', 'oidc', 'okta', 'pingfederate', 'samlp', 'waad']);

export const isEnterprise = (strategy: string): boolean => ENTERPRISE.has(strategy);

const isPlain = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value with absent members filled in, at every depth. */
function filled(defaults: Options, given: Options): Options {
  const merged = new Map<string, unknown>(Object.entries(defaults));
  for (const [name, value] of Object.entries(given)) {
    const before = merged.get(name);
    merged.set(name, isPlain(before) && isPlain(value) ? filled(before, value) : value);
  }
  return Object.fromEntries(merged);
}

/** Options of a connection of another strategy that are reset to their defaults if a change omits them. */
const REFILLED_NAMES = ['scope', 'schema_version', 'attribute_map', 'connection_settings'];

/** The options with the defaults of absent ones that a connection always has. */
export function refillOptions(strategy: string, options: ConnectionOptions): ConnectionOptions {
  if (strategy !== 'auth0') {
    const entries = Object.entries(BY_STRATEGY[strategy] ?? {}).filter(([name]) =>
      REFILLED_NAMES.includes(name),
    );
    return { ...Object.fromEntries(entries), ...options };
  }
  const { attributes, password_options: rules } = options;
  const isUsed = isPlain(options.authentication_methods) && options.authentication_methods;
  const password = { api_behavior: 'required', signup_behavior: 'allow' };
  const methods = filled(
    { ...REFILLED.authentication_methods, password: { enabled: true, ...password } },
    {
      ...(isPlain(attributes) && { email_otp: { enabled: false }, phone_otp: { enabled: false } }),
      ...isUsed,
    },
  );
  return {
    ...options,
    passkey_options: filled(
      REFILLED.passkey_options,
      isPlain(options.passkey_options) ? options.passkey_options : {},
    ),
    authentication_methods: methods,
    ...(isPlain(attributes) && { attributes: withUniqueEmail(attributes) }),
    ...(isPlain(rules) && { password_options: filled(PASSWORD_OPTIONS, rules) }),
  };
}

const withUniqueEmail = ({ email, ...others }: Options): Options => ({
  ...(isPlain(email) && { email: { verification_method: 'link', unique: true, ...email } }),
  ...others,
});

/** A connection with Auth0's defaults. */
export function toConnection(given: Given<Connection> & Pick<Connection, 'name' | 'strategy'>): Connection {
  const { options = {}, extra, ...rest } = given;
  const { strategy } = given;
  const { passwordPolicy, ...database } = DATABASE;
  const hasRules = options.password_options !== undefined;
  const defaults =
    strategy === 'auth0' ? { ...(hasRules ? {} : { passwordPolicy }), ...database } : BY_STRATEGY[strategy];
  return {
    id: prefixedId('con'),
    enabled_clients: [],
    realms: [given.name],
    is_domain_connection: false,
    ...(isEnterprise(strategy) && { display_name: given.name }),
    ...defined(rest),
    options: refillOptions(strategy, { ...defaults, ...options }),
    extra: {
      authentication: { active: true },
      connected_accounts: { active: false },
      ...(isEnterprise(strategy) && { show_as_button: false }),
      ...extra,
    },
  };
}
