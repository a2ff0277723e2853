import { type ErrorCode, GatewayError, type GatewayErrorOptions } from '../errors.ts';
import { type PasswordRule, toPasswordRules } from './password-rules.ts';
import type { TenantAnswer } from './tenant-call.ts';

/** Which conversation the tenant's answer belongs to: the same word may mean another thing elsewhere. */
export type Conversation = 'signup' | 'signin' | 'refresh' | 'authorization' | 'client-credentials';

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
const MAX_RETRY_AFTER_S = 86_400;

/** The words of Auth0 that may stand in our log. Whatever else it says might hold anything. */
const knownWords: ReadonlySet<string> = new Set(
  (
    'access_denied expired_token extensibility_error hook_error invalid_client invalid_email invalid_grant ' +
    'invalid_password invalid_request invalid_scope invalid_signup invalid_user_password invalid_username mfa_required ' +
    'password_leaked requires_verification server_error temporarily_unavailable too_many_attempts too_many_logins ' +
    'too_many_requests unauthorized unauthorized_client unsupported_grant_type user_exists username_exists'
  ).split(' '),
);

/** Status and word of a failure, for the log. */
function toKnownWord({ status, error: word, code: other }: TenantError): string {
  const known = [word, other].find((each) => each !== undefined && knownWords.has(each));
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
/** The three answers of sign-up that are prose alone; anchored, so that nothing else is taken for them. */
const bare = (pattern: RegExp) => (failure: TenantError) =>
  failure.code === undefined && failure.name === undefined && pattern.test(failure.error ?? '');

/** Seconds to wait, from `Retry-After` or `X-RateLimit-Reset` (epoch seconds, against the answer's own `Date`). */
function toRetryAfterS({ headers }: TenantAnswer): number {
  const retryAfter = Number(headers['retry-after']);
  const reset = Number(headers['x-ratelimit-reset']) - Date.parse(String(headers['date'])) / 1000;
  const remaining = Number(headers['x-ratelimit-remaining']);
  const wait = retryAfter > 0 ? retryAfter : remaining === 0 && reset > 0 ? reset : DEFAULT_RETRY_AFTER_S;
  return Math.min(Math.ceil(wait), MAX_RETRY_AFTER_S);
}

const retryAfter = (_: TenantError, answer: TenantAnswer) => ({ retryAfterS: toRetryAfterS(answer) });
/** What the operator should look at, for the log. */
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
const at = (path: string) => () => ({
  errors: [{ path, message: 'is not acceptable to the account store' }],
});
const weak = (reason: string) => () => ({ members: { reason } });

function weakByStrength({ body }: TenantError): GatewayErrorOptions {
  const rules: PasswordRule[] = toPasswordRules(body['description']);
  return { members: { reason: 'strength', rules } };
}

const throttled: readonly Rule[] = [
  { when: error('too_many_attempts', 'too_many_logins'), says: 'too_many_attempts', options: retryAfter },
  { when: code('too_many_attempts', 'too_many_logins'), says: 'too_many_attempts', options: retryAfter },
  { when: ({ status }) => status === 429, says: 'rate_limited', options: retryAfter },
];

const misconfigured: readonly Rule[] = [
  { when: error('server_error'), says: 'tenant_misconfigured', options: setting('N6') },
  { when: error('unauthorized_client'), says: 'tenant_misconfigured', options: setting('C3') },
  { when: error('invalid_client'), says: 'tenant_misconfigured', options: setting('C2') },
  {
    when: ({ status, error: word }) => word === 'access_denied' && status === 401,
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
    ...throttled,
    ...misconfigured,
  ],
  signin: [
    { when: error('invalid_grant', 'invalid_user_password'), says: 'invalid_credentials' },
    { when: error('password_leaked'), says: 'password_leaked' },
    { when: error('unauthorized'), says: 'user_blocked' },
    { when: ({ status, error: word }) => word === 'access_denied' && status === 403, says: 'access_denied' },
    { when: error('requires_verification'), says: 'access_denied', options: setting('P2') },
    ...throttled,
    ...misconfigured,
    { when: error('invalid_request'), says: 'tenant_misconfigured', options: setting('A1') },
  ],
  refresh: [
    { when: error('invalid_grant'), says: 'invalid_refresh_token' },
    { when: error('unauthorized'), says: 'user_blocked' },
    { when: ({ status, error: word }) => word === 'access_denied' && status === 403, says: 'access_denied' },
    { when: error('invalid_scope'), says: 'invalid_scope' },
    ...throttled,
    ...misconfigured,
  ],
  authorization: [
    { when: error('invalid_grant'), says: 'invalid_code' },
    { when: error('unauthorized'), says: 'user_blocked' },
    { when: ({ status, error: word }) => word === 'access_denied' && status === 403, says: 'access_denied' },
    ...throttled,
    ...misconfigured,
    { when: error('invalid_request', 'invalid_scope'), says: 'tenant_misconfigured', options: setting('C4') },
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
