import { type ErrorCode, GatewayError, type GatewayErrorOptions } from '../errors.ts';
import { toDenial } from './denial.ts';
import { type PasswordRule, toPasswordRules } from './password-rules.ts';
import { toRetryAfterS } from './retry-after.ts';
import type { TenantAnswer } from './tenant-call.ts';

/** Which conversation the tenant's answer belongs to: the same word may mean another thing elsewhere. */
export type Conversation =
  | 'signup'
  | 'signin'
  | 'refresh'
  | 'authorization'
  | 'mfa-authenticators'
  | 'mfa-associate'
  | 'mfa-verify'
  | 'client-credentials';

interface TenantError {
  readonly status: number;
  readonly error: string | undefined;
  readonly code: string | undefined;
  readonly name: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Rule {
  readonly when: (failure: TenantError) => boolean;
  readonly says: ErrorCode;
  readonly options?: (failure: TenantError, answer: TenantAnswer) => GatewayErrorOptions;
}

const DEFAULT_RETRY_AFTER_S = 60;

/** The words of Auth0 that may stand in our log. Whatever else it says might hold anything. */
const knownWords: ReadonlySet<string> = new Set(
  (
    'access_denied association_required expired_token extensibility_error hook_error invalid_client invalid_email invalid_grant ' +
    'invalid_password invalid_request invalid_scope invalid_signup invalid_user_password invalid_username mfa_required ' +
    'password_leaked requires_verification server_error temporarily_unavailable too_many_attempts too_many_logins ' +
    'too_many_requests unauthorized unauthorized_client unsupported_challenge_type unsupported_grant_type ' +
    'user_exists username_exists'
  ).split(' '),
);

/** Status and word of a failure, for the log. */
function toKnownWord({ status, error: said, code: other }: TenantError): string {
  const known = [said, other].find((each) => each !== undefined && knownWords.has(each));
  return `${status} ${known ?? 'unknown'}`;
}

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const error =
  (...words: readonly string[]) =>
  (failure: TenantError) =>
    failure.error !== undefined && words.includes(failure.error);
const code =
  (...words: readonly string[]) =>
  (failure: TenantError) =>
    failure.code !== undefined && words.includes(failure.code);
const named = (name: string) => (failure: TenantError) =>
  failure.code === 'invalid_password' && failure.name === name;
const errorOrCode =
  (...words: readonly string[]) =>
  (failure: TenantError) =>
    error(...words)(failure) || code(...words)(failure);
/** The three answers of sign-up that are prose alone; anchored, so that nothing else is taken for them. */
const bare = (pattern: RegExp) => (failure: TenantError) =>
  failure.code === undefined && failure.name === undefined && pattern.test(failure.error ?? '');

const retryAfter = (_: TenantError, { headers }: TenantAnswer) => ({
  retryAfterS: toRetryAfterS(headers, DEFAULT_RETRY_AFTER_S),
});
/** What the operator should check, for the log. */
const settings = {
  A1: 'check that the tenant has an API with the identifier AUTH0_API_AUDIENCE',
  C2: 'check the client id, the secret or key, and how the application authenticates',
  C3: 'switch on the grant type of this call for the application',
  C4: 'check the grant types, callback URLs and scopes of the application',
  N2: 'enable the connection AUTH0_CONNECTION for the application',
  N6: 'check AUTH0_CONNECTION, or set a default directory of the tenant',
  P2: 'keep bot detection from challenging sign-ins that come through the API',
} as const;

const setting = (check: keyof typeof settings) => (failure: TenantError) => ({
  reason: `${toKnownWord(failure)}: ${settings[check]}`,
});
const at =
  (path: string, message = 'is not acceptable to the account store') =>
  () => ({ errors: [{ path, message }] });
const denial = (failure: TenantError) =>
  toDenial(failure.body['error_description'] ?? failure.body['description'], toKnownWord(failure));
const weak = (reason: string) => () => ({ members: { reason } });

function weakByStrength({ body }: TenantError): GatewayErrorOptions {
  const rules: PasswordRule[] = toPasswordRules(body['description']);
  return { members: { reason: 'strength', rules } };
}

const throttled: readonly Rule[] = [
  {
    when: errorOrCode('too_many_attempts', 'too_many_logins'),
    says: 'too_many_attempts',
    options: retryAfter,
  },
  { when: ({ status }) => status === 429, says: 'rate_limited', options: retryAfter },
];

/** A rule, a hook or an Action refuses the user. Where an Action does so at `/oauth/token`, Auth0 answers 500 instead of 403. */
const denied: readonly Rule[] = [
  {
    when: ({ status, error: said }) => said === 'access_denied' && (status === 403 || status === 500),
    says: 'access_denied',
    options: denial,
  },
  {
    when: errorOrCode('extensibility_error', 'hook_error', 'requires_verification'),
    says: 'access_denied',
    options: denial,
  },
];

const misconfigured: readonly Rule[] = [
  { when: error('server_error'), says: 'tenant_misconfigured', options: setting('N6') },
  { when: error('unauthorized_client'), says: 'tenant_misconfigured', options: setting('C3') },
  { when: error('invalid_client'), says: 'tenant_misconfigured', options: setting('C2') },
  {
    when: ({ status, error: said }) => said === 'access_denied' && status === 401,
    says: 'tenant_misconfigured',
    options: setting('C2'),
  },
];

/** One table a conversation, first match wins; on `error`, `code` and `name`, never on prose. */
const tables: Record<Conversation, readonly Rule[]> = {
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
      options: setting('N2'),
    },
    ...denied,
    ...throttled,
    ...misconfigured,
  ],
  signin: [
    { when: error('invalid_grant', 'invalid_user_password'), says: 'invalid_credentials' },
    { when: error('password_leaked'), says: 'password_leaked' },
    { when: error('unauthorized'), says: 'user_blocked' },
    ...denied,
    ...throttled,
    ...misconfigured,
    { when: error('invalid_request'), says: 'tenant_misconfigured', options: setting('A1') },
  ],
  refresh: [
    { when: error('invalid_grant'), says: 'invalid_refresh_token' },
    { when: error('unauthorized'), says: 'user_blocked' },
    ...denied,
    { when: error('invalid_scope'), says: 'invalid_scope' },
    ...throttled,
    ...misconfigured,
  ],
  authorization: [
    { when: error('invalid_grant'), says: 'invalid_code' },
    { when: error('unauthorized'), says: 'user_blocked' },
    ...denied,
    ...throttled,
    ...misconfigured,
    { when: error('invalid_request', 'invalid_scope'), says: 'tenant_misconfigured', options: setting('C4') },
  ],
  'mfa-authenticators': [
    { when: error('invalid_grant', 'expired_token'), says: 'mfa_expired' },
    {
      when: error('association_required', 'unsupported_challenge_type'),
      says: 'validation_failed',
      options: at('type', 'is not a factor that this user has enrolled'),
    },
    ...throttled,
    ...misconfigured,
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
    ...throttled,
    ...misconfigured,
    {
      when: error('invalid_request'),
      says: 'validation_failed',
      options: at('', 'the tenant does not accept this phone number or e-mail address'),
    },
  ],
  'mfa-verify': [
    // A token that is over says so; a wrong code and a token of nobody are one word.
    { when: error('invalid_grant'), says: 'mfa_invalid_code' },
    { when: error('expired_token'), says: 'mfa_expired' },
    { when: error('unauthorized'), says: 'user_blocked' },
    {
      when: ({ status, error: word }) => word === 'access_denied' && status === 400,
      says: 'access_denied',
      options: () => ({ detail: 'The sign-in was rejected on the device.', reason: 'push_rejected' }),
    },
    { when: ({ status, error: word }) => word === 'access_denied' && status === 403, says: 'access_denied' },
    ...throttled,
    ...misconfigured,
    {
      when: error('invalid_request'),
      says: 'validation_failed',
      options: at('oob_code', 'needs a binding_code, or belongs to another sign-in'),
    },
  ],
  // The caller's own client is at fault here, not our settings: sign-in's map would blame the wrong one.
  'client-credentials': [...throttled],
};

/** The failure in a tenant's answer, whatever of its four shapes it has. */
export function toTenantError({ status, body }: TenantAnswer): TenantError {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return {
    status,
    error: stringOf(fields['error']),
    code: stringOf(fields['code']),
    name: stringOf(fields['name']),
    body: fields,
  };
}

/** Names the tenant's refusal in our words. What no row knows is `tenant_error`; its text goes nowhere. */
export function toRefusal(conversation: Conversation, answer: TenantAnswer): GatewayError {
  const failure = toTenantError(answer);
  for (const { when, says, options } of tables[conversation]) {
    if (when(failure)) return new GatewayError(says, options?.(failure, answer) ?? {});
  }
  return new GatewayError('tenant_error', { reason: toKnownWord(failure) });
}
