import { type ErrorCode, GatewayError } from '../errors.ts';
import {
  at,
  bare,
  code,
  DENIED,
  error,
  errorCode,
  errorOrCode,
  leakedPassword,
  MISCONFIGURED,
  managementSetting,
  named,
  type Rule,
  refusedPassword,
  setting,
  THROTTLED,
  toKnownWord,
  toTenantError,
  weak,
  weakByStrength,
} from './error-rules.ts';
import type { TenantAnswer } from './tenant-call.ts';

/** The kind of call that a response belongs to: the same error code can have different meanings. */
export type Conversation =
  | 'signup'
  | 'signin'
  | 'refresh'
  | 'authorization'
  | 'mfa-authenticators'
  | 'mfa-associate'
  | 'mfa-verify'
  | 'passwordless-start'
  | 'passwordless-verify'
  | 'password-forgot'
  | 'management'
  | 'user'
  | 'user-password'
  | 'managed-user'
  | 'managed-client'
  | 'client-credentials';

/** Refusals of a user's grant; `wrong` is the code for an invalid credential. */
const userGrant = (wrong: ErrorCode): readonly Rule[] => [
  { when: error('invalid_grant'), says: wrong },
  { when: error('unauthorized'), says: 'user_blocked' },
  ...DENIED,
  ...THROTTLED,
  ...MISCONFIGURED,
];

/** Refusals of the Management API that concern the gateway itself. */
const MANAGEMENT: readonly Rule[] = [
  ...THROTTLED,
  {
    when: ({ status }) => status === 401 || status === 403,
    says: 'tenant_misconfigured',
    options: managementSetting,
  },
];

/** The same, for a resource that may not exist; `gone` is the detail of its 404. */
const managed = (gone: string): readonly Rule[] => [
  ...MANAGEMENT,
  { when: ({ status }) => status === 404, says: 'not_found', options: () => ({ detail: gone }) },
];

/** Refusals of the Management API for a user. */
const USER = managed('This account no longer exists.');

/** Refusals of a new password. */
const NEW_PASSWORD: readonly Rule[] = [
  { when: refusedPassword('PasswordStrengthError'), says: 'weak_password', options: weak('strength') },
  { when: refusedPassword('PasswordDictionaryError'), says: 'weak_password', options: weak('dictionary') },
  { when: refusedPassword('PasswordNoUserInfoError'), says: 'weak_password', options: weak('personal_info') },
  { when: refusedPassword('PasswordHistoryError'), says: 'weak_password', options: weak('history') },
  { when: leakedPassword, says: 'weak_password', options: weak('leaked') },
];

/** One table per kind of call; the first match wins. Rules match `error`, `code` and `name`, not messages. */
export const ERROR_RULES: Record<Conversation, readonly Rule[]> = {
  signup: [
    { when: named('PasswordStrengthError'), says: 'weak_password', options: weakByStrength },
    { when: named('PasswordDictionaryError'), says: 'weak_password', options: weak('dictionary') },
    { when: named('PasswordNoUserInfoError'), says: 'weak_password', options: weak('personal_info') },
    { when: named('PasswordHistoryError'), says: 'weak_password', options: weak('history') },
    { when: code('invalid_password'), says: 'weak_password', options: weak('strength') },
    { when: code('password_leaked'), says: 'weak_password', options: weak('leaked') },
    { when: code('user_exists', 'username_exists', 'invalid_signup'), says: 'user_exists' },
    { when: code('invalid_email'), says: 'validation_failed', options: at('email') },
    { when: code('invalid_username'), says: 'validation_failed', options: at('username') },
    { when: code('invalid_phone_number'), says: 'validation_failed', options: at('') },
    { when: bare(/^public signup is disabled$/), says: 'signup_disabled' },
    { when: bare(/^missing username for .{0,200} requires_username enabled$/), says: 'username_required' },
    {
      when: bare(/^connection is disabled \(client_id: .{0,200}\)$/),
      says: 'tenant_misconfigured',
      options: setting('connection'),
    },
    ...DENIED,
    ...THROTTLED,
    ...MISCONFIGURED,
  ],
  signin: [
    { when: error('invalid_user_password'), says: 'invalid_credentials' },
    { when: error('password_leaked'), says: 'password_leaked' },
    ...userGrant('invalid_credentials'),
    { when: error('invalid_request'), says: 'tenant_misconfigured', options: setting('audience') },
  ],
  refresh: [...userGrant('invalid_refresh_token'), { when: error('invalid_scope'), says: 'invalid_scope' }],
  authorization: [
    ...userGrant('invalid_code'),
    {
      when: error('invalid_request', 'invalid_scope'),
      says: 'tenant_misconfigured',
      options: setting('redirect'),
    },
  ],
  'mfa-authenticators': [
    { when: error('invalid_grant', 'expired_token'), says: 'mfa_expired' },
    {
      when: error('association_required', 'unsupported_challenge_type'),
      says: 'validation_failed',
      options: at('type', 'is not a factor that this user has enrolled'),
    },
    ...THROTTLED,
    ...MISCONFIGURED,
    {
      when: error('invalid_request'),
      says: 'validation_failed',
      options: at('authenticator_id', 'is not an authenticator that can be challenged'),
    },
  ],
  'mfa-associate': [
    { when: error('invalid_grant', 'expired_token'), says: 'mfa_expired' },
    {
      when: ({ status, error: word }) => word === 'access_denied' && status === 403,
      says: 'mfa_already_enrolled',
    },
    {
      when: error('unsupported_challenge_type'),
      says: 'validation_failed',
      options: at('type', 'is not offered by the tenant'),
    },
    ...THROTTLED,
    ...MISCONFIGURED,
    {
      when: error('invalid_request'),
      says: 'validation_failed',
      options: at('', 'the tenant does not accept this phone number or e-mail address'),
    },
  ],
  'mfa-verify': [
    // An expired token has its own code; a wrong code and an unknown token share one.
    { when: error('invalid_grant'), says: 'mfa_invalid_code' },
    { when: error('expired_token'), says: 'mfa_expired' },
    { when: error('unauthorized'), says: 'user_blocked' },
    {
      when: ({ status, error: word }) => word === 'access_denied' && status === 400,
      says: 'access_denied',
      options: () => ({ detail: 'The sign-in was rejected on the device.', reason: 'push_rejected' }),
    },
    ...DENIED,
    ...THROTTLED,
    ...MISCONFIGURED,
    {
      when: error('invalid_request'),
      says: 'validation_failed',
      options: at('oob_code', 'needs a binding_code, or belongs to another sign-in'),
    },
  ],
  'passwordless-start': [
    { when: errorOrCode('bad.email'), says: 'validation_failed', options: at('email') },
    { when: errorOrCode('bad.phone_number'), says: 'validation_failed', options: at('phone_number') },
    {
      when: errorOrCode('bad.connection'),
      says: 'tenant_misconfigured',
      options: setting('passwordless'),
    },
    {
      when: errorOrCode('bad.client_id', 'bad.tenant', 'bad.request', 'bad.authParams'),
      says: 'tenant_misconfigured',
      options: setting('client'),
    },
    ...DENIED,
    ...THROTTLED,
    ...MISCONFIGURED,
  ],
  'passwordless-verify': [
    ...userGrant('invalid_code'),
    { when: error('invalid_request'), says: 'tenant_misconfigured', options: setting('audience') },
  ],
  'password-forgot': [...THROTTLED, ...MISCONFIGURED],
  management: MANAGEMENT,
  user: [
    ...USER,
    {
      when: ({ status }) => status === 400,
      says: 'validation_failed',
      options: at('', 'the account store does not let this be changed for this account'),
    },
  ],
  'user-password': [
    ...USER,
    ...NEW_PASSWORD,
    { when: errorCode('auth0_idp_error'), says: 'weak_password', options: weak('strength') },
  ],
  'managed-user': [
    ...managed('There is no user with this id.'),
    ...NEW_PASSWORD,
    {
      when: ({ status }) => status === 409,
      says: 'user_exists',
      options: () => ({ detail: 'Another user has this e-mail address: change that user instead.' }),
    },
    {
      when: ({ status }) => status === 400,
      says: 'validation_failed',
      options: at('', 'the account store does not accept this for this user'),
    },
  ],
  'managed-client': managed('There is no customer with this key.'),
  // The cause is the caller's own client, not the gateway's settings, so the table of sign-in does not apply.
  'client-credentials': [...THROTTLED],
};

/** Maps a refusal of the tenant to a GatewayError; `tenant_error` if no row matches. The tenant's text is discarded. */
export function toRefusal(conversation: Conversation, answer: TenantAnswer): GatewayError {
  const failure = toTenantError(answer);
  for (const { when, says, options } of ERROR_RULES[conversation]) {
    if (when(failure)) return new GatewayError(says, options?.(failure, answer) ?? {});
  }
  return new GatewayError('tenant_error', { reason: toKnownWord(failure) });
}
