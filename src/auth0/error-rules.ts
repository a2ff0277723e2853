import type { ErrorCode, GatewayErrorOptions } from '../errors.ts';
import { toDenial } from './denial.ts';
import { type PasswordRule, toPasswordRules } from './password-rules.ts';
import { toRetryAfterS } from './retry-after.ts';
import type { TenantAnswer } from './tenant-call.ts';

export interface TenantError {
  readonly status: number;
  readonly error: string | undefined;
  readonly code: string | undefined;
  readonly name: string | undefined;
  /** `errorCode` of the Management API. */
  readonly errorCode: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Rule {
  readonly when: (failure: TenantError) => boolean;
  readonly says: ErrorCode;
  readonly options?: (failure: TenantError, answer: TenantAnswer) => GatewayErrorOptions;
}

const DEFAULT_RETRY_AFTER_S = 60;

/** The error codes of Auth0 that are logged. Other text could contain anything. */
const KNOWN_WORDS: ReadonlySet<string> = new Set(
  (
    'access_denied association_required auth0_idp_error bad.authParams bad.client_id bad.connection bad.request bad.tenant ' +
    'expired_token extensibility_error hook_error inexistent_user insufficient_scope invalid_body invalid_client invalid_email ' +
    'invalid_grant invalid_password invalid_request invalid_scope invalid_signup invalid_user_password invalid_username ' +
    'mfa_required operation_not_supported password_leaked requires_verification server_error sms_provider_error ' +
    'temporarily_unavailable too_many_attempts too_many_logins too_many_requests unauthorized unauthorized_client ' +
    'unsupported_challenge_type unsupported_grant_type user_exists username_exists'
  ).split(' '),
);

/** Status and error code of a failure, for the log. */
export function toKnownWord({ status, error: oauthCode, code: other, errorCode }: TenantError): string {
  const known = [oauthCode, other, errorCode].find((each) => each !== undefined && KNOWN_WORDS.has(each));
  return `${status} ${known ?? 'unknown'}`;
}

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const error =
  (...words: readonly string[]) =>
  (failure: TenantError) =>
    failure.error !== undefined && words.includes(failure.error);
export const code =
  (...words: readonly string[]) =>
  (failure: TenantError) =>
    failure.code !== undefined && words.includes(failure.code);
export const errorCode = (word: string) => (failure: TenantError) => failure.errorCode === word;
export const named = (name: string) => (failure: TenantError) =>
  failure.code === 'invalid_password' && failure.name === name;
export const errorOrCode =
  (...words: readonly string[]) =>
  (failure: TenantError) =>
    error(...words)(failure) || code(...words)(failure);
/** Matches the three responses of sign-up that have only a message; the patterns are anchored. */
export const bare = (pattern: RegExp) => (failure: TenantError) =>
  failure.code === undefined && failure.name === undefined && pattern.test(failure.error ?? '');

/** Matches a refused password: the Management API puts the error name and the text of sign-up into one message. */
export const refusedPassword = (name: string) => (failure: TenantError) =>
  failure.status === 400 && String(failure.body['message']).startsWith(`${name}: `);
/** Matches a leaked password, whose message has no error name of its own. */
export const leakedPassword = (failure: TenantError): boolean =>
  failure.status === 400 &&
  /^BadRequestError: Password has been leaked\b/.test(String(failure.body['message']));

export const retryAfter = (_: TenantError, { headers }: TenantAnswer) => ({
  retryAfterS: toRetryAfterS(headers, DEFAULT_RETRY_AFTER_S),
});
/** The setting for the operator to check, for the log, and the check of `gatehouse doctor` that covers it. */
export const CHECKED_SETTINGS = {
  audience: ['AUTH0_API_AUDIENCE: the tenant needs an API with this identifier', 'A1'],
  client: [
    'AUTH0_CLIENT_ID, and AUTH0_CLIENT_SECRET or AUTH0_CLIENT_ASSERTION_KEY: the tenant refuses them',
    'C8',
  ],
  clientMethod: ['how the application authenticates: by secret or key, as the gateway does', 'C2'],
  grantType: ['the grant types of the application: the one of this call is missing', 'C3'],
  redirect: ['the callback URLs, grant types and scopes of the application', 'C6'],
  connection: ['AUTH0_CONNECTION: enable it for the application', 'N2'],
  directory: ['AUTH0_CONNECTION, or the default directory of the tenant', 'N6'],
  management: ['the grant and the scopes of AUTH0_MGMT_CLIENT_ID for the Management API', 'R6'],
  passwordless: ['the passwordless connections email and sms: enable them for the application', 'C3'],
  botDetection: ['bot detection: keep it from challenging sign-ins that come through the API', 'P2'],
} as const satisfies Record<string, readonly [setting: string, check: string]>;

/** The reason for the log: the setting, then the check. */
export const setting = (name: keyof typeof CHECKED_SETTINGS) => (failure: TenantError) => {
  const [text, check] = CHECKED_SETTINGS[name];
  return { reason: `${toKnownWord(failure)}: check ${text} (gatehouse doctor: ${check})` };
};
/** Auth0's message for a token without a required scope; only the message names the scope. */
const MISSING_SCOPE = /^Insufficient scope, expected any of: ([a-z_]+:[a-z_]+(?:, ?[a-z_]+:[a-z_]+){0,9})$/;

/**
 * The setting for the operator to check if the Management API refuses a call: the missing scope, if the message names it.
 */
export function managementSetting(failure: TenantError): GatewayErrorOptions {
  const [, scopes] = MISSING_SCOPE.exec(String(failure.body['message'])) ?? [];
  if (scopes === undefined) return setting('management')(failure);
  const advice = `authorize AUTH0_MGMT_CLIENT_ID for the Management API with ${scopes.replaceAll(/, ?/g, ' or ')}`;
  return {
    reason: `${toKnownWord(failure)}: ${advice}`,
    operatorAdvice: `${advice.charAt(0).toUpperCase()}${advice.slice(1)}, then restart the gateway.`,
  };
}

export const at =
  (path: string, message = 'is not acceptable to the account store') =>
  () => ({ errors: [{ path, message }] });
export const denial = (failure: TenantError) =>
  toDenial(failure.body['error_description'] ?? failure.body['description'], toKnownWord(failure));
export const weak = (reason: string) => () => ({ members: { reason } });

export function weakByStrength({ body }: TenantError): GatewayErrorOptions {
  const rules: PasswordRule[] = toPasswordRules(body['description']);
  return { members: { reason: 'strength', rules } };
}

export const THROTTLED: readonly Rule[] = [
  {
    when: errorOrCode('too_many_attempts', 'too_many_logins'),
    says: 'too_many_attempts',
    options: retryAfter,
  },
  { when: ({ status }) => status === 429, says: 'rate_limited', options: retryAfter },
];

/** A rule, a hook or an Action denies the user. For an Action at `/oauth/token`, Auth0 responds 500 instead of 403. */
export const DENIED: readonly Rule[] = [
  {
    when: ({ status, error: oauthCode }) =>
      oauthCode === 'access_denied' && (status === 403 || status === 500),
    says: 'access_denied',
    options: denial,
  },
  {
    when: errorOrCode('extensibility_error', 'hook_error', 'requires_verification'),
    says: 'access_denied',
    options: denial,
  },
];

export const MISCONFIGURED: readonly Rule[] = [
  { when: error('server_error'), says: 'tenant_misconfigured', options: setting('directory') },
  { when: error('unauthorized_client'), says: 'tenant_misconfigured', options: setting('grantType') },
  { when: error('invalid_client'), says: 'tenant_misconfigured', options: setting('clientMethod') },
  {
    when: ({ status, error: oauthCode }) => oauthCode === 'access_denied' && status === 401,
    says: 'tenant_misconfigured',
    options: setting('client'),
  },
];

/** Normalizes the five error shapes of tenant responses. */
export function toTenantError({ status, body }: TenantAnswer): TenantError {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return {
    status,
    error: stringOf(fields['error']),
    code: stringOf(fields['code']),
    name: stringOf(fields['name']),
    errorCode: stringOf(fields['errorCode']),
    body: fields,
  };
}
