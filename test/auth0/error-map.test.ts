import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Conversation, ERROR_RULES } from '../../src/auth0/error-map.ts';
import { toTenantError } from '../../src/auth0/error-rules.ts';
import { type Admin, createAdmin } from '../admin/support.ts';
import { setFaults } from '../auth/mfa/support.ts';
import { newEmail } from '../auth/passwordless/support.ts';
import { password, signInUser } from '../session/support/person.ts';
import { type Answer, type Browser, createBrowser, noBrowser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';

/** A response of the tenant, and the resulting error for the caller. */
type Case = readonly [status: number, body: object, code: string, reason?: string | undefined];

const oauth = (status: number, error: string, code: string): Case => [
  status,
  { error, error_description: 'Canary, they say.' },
  code,
];
const database = (status: number, body: object, code: string, reason?: string): Case => [
  status,
  { statusCode: status, description: 'Canary, they say.', ...body },
  code,
  reason,
];
const managed = (status: number, message: string, code: string, reason?: string): Case => [
  status,
  { statusCode: status, error: 'Canary', message, errorCode: 'auth0_idp_error' },
  code,
  reason,
];

const throttled = [
  oauth(429, 'too_many_attempts', 'too_many_attempts'),
  oauth(429, 'too_many_logins', 'too_many_attempts'),
  oauth(429, 'too_many_requests', 'rate_limited'),
];
const denied: readonly Case[] = [
  oauth(403, 'access_denied', 'access_denied'),
  [500, { error: 'access_denied', error_description: 'not_today' }, 'access_denied', 'not_today'],
  oauth(400, 'extensibility_error', 'access_denied'),
  oauth(401, 'requires_verification', 'access_denied'),
];
const misconfigured = [
  oauth(500, 'server_error', 'tenant_misconfigured'),
  oauth(403, 'unauthorized_client', 'tenant_misconfigured'),
  oauth(401, 'invalid_client', 'tenant_misconfigured'),
  oauth(401, 'access_denied', 'tenant_misconfigured'),
];
const userGrant = (wrong: string) => [
  oauth(403, 'invalid_grant', wrong),
  oauth(401, 'unauthorized', 'user_blocked'),
  ...denied,
  ...throttled,
  ...misconfigured,
];
const management = [
  ...throttled,
  managed(401, 'Canary', 'tenant_misconfigured'),
  managed(403, 'Canary', 'tenant_misconfigured'),
];
const user = [...management, managed(404, 'Canary', 'not_found')];

const cases: Record<Conversation, readonly Case[]> = {
  signup: [
    database(400, { code: 'invalid_password', name: 'PasswordStrengthError' }, 'weak_password', 'strength'),
    database(
      400,
      { code: 'invalid_password', name: 'PasswordDictionaryError' },
      'weak_password',
      'dictionary',
    ),
    database(
      400,
      { code: 'invalid_password', name: 'PasswordNoUserInfoError' },
      'weak_password',
      'personal_info',
    ),
    database(400, { code: 'invalid_password', name: 'PasswordHistoryError' }, 'weak_password', 'history'),
    database(400, { code: 'invalid_password', name: 'NewError' }, 'weak_password', 'strength'),
    database(400, { code: 'password_leaked' }, 'weak_password', 'leaked'),
    database(400, { code: 'user_exists' }, 'user_exists'),
    database(400, { code: 'username_exists' }, 'user_exists'),
    database(400, { code: 'invalid_signup' }, 'user_exists'),
    database(400, { code: 'invalid_email' }, 'validation_failed'),
    database(400, { code: 'invalid_username' }, 'validation_failed'),
    database(400, { code: 'invalid_phone_number' }, 'validation_failed'),
    [400, { error: 'public signup is disabled' }, 'signup_disabled'],
    [400, { error: 'missing username for X connection with requires_username enabled' }, 'username_required'],
    [400, { error: 'connection is disabled (client_id: x - connection: y)' }, 'tenant_misconfigured'],
    database(400, { code: 'hook_error' }, 'access_denied'),
    ...denied,
    ...throttled,
    ...misconfigured,
  ],
  signin: [
    oauth(403, 'invalid_user_password', 'invalid_credentials'),
    oauth(401, 'password_leaked', 'password_leaked'),
    ...userGrant('invalid_credentials'),
    oauth(400, 'invalid_request', 'tenant_misconfigured'),
  ],
  refresh: [...userGrant('invalid_refresh_token'), oauth(400, 'invalid_scope', 'invalid_scope')],
  authorization: [
    ...userGrant('invalid_code'),
    oauth(400, 'invalid_request', 'tenant_misconfigured'),
    oauth(400, 'invalid_scope', 'tenant_misconfigured'),
  ],
  'mfa-authenticators': [
    oauth(401, 'invalid_grant', 'mfa_expired'),
    oauth(401, 'expired_token', 'mfa_expired'),
    oauth(400, 'association_required', 'validation_failed'),
    oauth(400, 'unsupported_challenge_type', 'validation_failed'),
    ...throttled,
    ...misconfigured,
    oauth(400, 'invalid_request', 'validation_failed'),
  ],
  'mfa-associate': [
    oauth(401, 'expired_token', 'mfa_expired'),
    oauth(403, 'access_denied', 'mfa_already_enrolled'),
    oauth(400, 'unsupported_challenge_type', 'validation_failed'),
    ...throttled,
    ...misconfigured,
    oauth(400, 'invalid_request', 'validation_failed'),
  ],
  'mfa-verify': [
    oauth(403, 'invalid_grant', 'mfa_invalid_code'),
    oauth(403, 'expired_token', 'mfa_expired'),
    oauth(401, 'unauthorized', 'user_blocked'),
    oauth(400, 'access_denied', 'access_denied'),
    ...denied,
    ...throttled,
    ...misconfigured,
    oauth(400, 'invalid_request', 'validation_failed'),
  ],
  'passwordless-start': [
    oauth(400, 'bad.email', 'validation_failed'),
    oauth(400, 'bad.phone_number', 'validation_failed'),
    [400, { error: 'bad.connection', error_description: 'Connection is disabled' }, 'tenant_misconfigured'],
    [400, { code: 'bad.connection', description: 'Connection does not exist' }, 'tenant_misconfigured'],
    oauth(400, 'bad.client_id', 'tenant_misconfigured'),
    oauth(400, 'bad.authParams', 'tenant_misconfigured'),
    ...denied,
    ...throttled,
    ...misconfigured,
  ],
  'passwordless-verify': [
    ...userGrant('invalid_code'),
    oauth(400, 'invalid_request', 'tenant_misconfigured'),
  ],
  'password-forgot': [...throttled, ...misconfigured],
  management,
  user: [...user, managed(400, 'Canary', 'validation_failed')],
  'user-password': [
    managed(400, 'PasswordStrengthError: Canary', 'weak_password', 'strength'),
    managed(400, 'PasswordDictionaryError: Canary', 'weak_password', 'dictionary'),
    managed(400, 'PasswordNoUserInfoError: Canary', 'weak_password', 'personal_info'),
    managed(400, 'PasswordHistoryError: Canary', 'weak_password', 'history'),
    managed(400, 'BadRequestError: Password has been leaked before.', 'weak_password', 'leaked'),
    managed(400, 'Canary', 'weak_password', 'strength'),
    ...user,
  ],
  'managed-user': [
    ...management,
    managed(404, 'Canary', 'not_found'),
    managed(409, 'Canary', 'user_exists'),
    managed(400, 'Canary', 'validation_failed'),
    managed(400, 'PasswordStrengthError: Canary', 'weak_password', 'strength'),
    managed(400, 'PasswordDictionaryError: Canary', 'weak_password', 'dictionary'),
    managed(400, 'PasswordNoUserInfoError: Canary', 'weak_password', 'personal_info'),
    managed(400, 'PasswordHistoryError: Canary', 'weak_password', 'history'),
    managed(400, 'BadRequestError: Password has been leaked before.', 'weak_password', 'leaked'),
  ],
  'managed-client': [...management, managed(404, 'Canary', 'not_found')],
  'client-credentials': [...throttled],
};

let world: World;
let here: Browser;
let mfa_handle: string;
let admin: Admin;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  admin = await createAdmin(world);
  const put = await admin.send('PUT', '/customers/error-map', { name: 'Error map', scopes: [] });
  if (put.status !== 201) throw new Error(JSON.stringify(put.body));
  here = await signInUser(world.url, newEmail());
  await fault('POST', '/oauth/token', 403, { error: 'mfa_required', mfa_token: 'x' });
  ({ mfa_handle } = (await post('signin', { email: 'ada@example.com', password })).body);
});
afterEach(() => setFaults(world, []));
afterAll(() => world.close());

const fault = (method: string, path: string, status: number, body: object) =>
  setFaults(world, [
    { method, path: `^${path}`, status, headers: { 'content-type': 'application/json' }, body, times: 5 },
  ]);

const post = (path: string, body: object): Promise<Answer> =>
  createBrowser(world.url).send('POST', `/v1/auth/${path}`, { body, headers: noBrowser });
const email = 'ada@example.com';

/** The call of the tenant with this response, and the gateway's call that makes it. */
const calls: Record<Conversation, readonly [method: string, path: string, send: () => Promise<Answer>]> = {
  signup: ['POST', '/dbconnections/signup', () => post('signup', { email, password })],
  signin: ['POST', '/oauth/token', () => post('signin', { email, password })],
  refresh: ['POST', '/oauth/token', () => post('refresh', { refresh_token: 'x' })],
  authorization: [
    'POST',
    '/oauth/token',
    () => post('exchange', { code: 'x', redirect_uri: `${world.gateway.publicUrl}/app`, nonce: 'x' }),
  ],
  'mfa-authenticators': [
    'GET',
    '/mfa/authenticators',
    () =>
      createBrowser(world.url).send('GET', '/v1/auth/mfa/authenticators', {
        headers: { ...noBrowser, 'X-MFA-Handle': mfa_handle },
      }),
  ],
  'mfa-associate': ['POST', '/mfa/associate', () => post('mfa/associate', { mfa_handle, type: 'otp' })],
  'mfa-verify': ['POST', '/oauth/token', () => post('mfa/verify', { mfa_handle, oob_code: 'x' })],
  'passwordless-start': ['POST', '/passwordless/start', () => post('passwordless/start', { email })],
  'passwordless-verify': [
    'POST',
    '/oauth/token',
    () => post('passwordless/verify', { email, code: '123456' }),
  ],
  'password-forgot': ['POST', '/dbconnections/change_password', () => post('password/forgot', { email })],
  management: ['GET', '/api/v2/users-by-email', () => post('email/verification', { email })],
  user: ['GET', '/api/v2/users/', () => here.send('GET', '/v1/auth/profile')],
  'user-password': ['PATCH', '/api/v2/users/', changePassword],
  'managed-user': [
    'PATCH',
    '/api/v2/users/',
    () => admin.send('PATCH', '/users/auth0%7C1', { name: 'Canary' }),
  ],
  'managed-client': [
    'POST',
    '/api/v2/clients/',
    () => admin.send('POST', '/customers/error-map/rotate-secret'),
  ],
  'client-credentials': [
    'POST',
    '/oauth/token',
    () =>
      createBrowser(world.url).send('POST', '/v1/oauth/token', {
        body: { grant_type: 'client_credentials', client_id: 'x', client_secret: 'x' },
        headers: noBrowser,
      }),
  ],
};

/** A new user each time, because the tenant limits sign-ins per user. */
async function changePassword(): Promise<Answer> {
  const browser = await signInUser(world.url, newEmail());
  const body = { current_password: password, new_password: 'Another-Horse-7' };
  return browser.send('POST', '/v1/auth/password/change', { body });
}

const conversations = Object.keys(ERROR_RULES) as Conversation[];

describe.each(conversations)('a refusal of the tenant for %s', (conversation) => {
  const answers = cases[conversation].map(([status, body, code, reason]) => ({ status, body, code, reason }));

  it.each(answers)('$status $body is $code', async ({ status, body, code, reason }) => {
    const [method, path, send] = calls[conversation];
    await fault(method, path, status, body);
    const answer = await send();
    // The token endpoint has the error codes of RFC 6749.
    const expected = conversation === 'client-credentials' ? 'temporarily_unavailable' : code;
    expect(answer.body.code ?? answer.body.error).toBe(expected);
    expect(answer.body.reason).toBe(reason);
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(answer.body) + world.logText()).not.toMatch(/canary/i);
  });

  it('has no rule that these responses do not match', () => {
    const rules = ERROR_RULES[conversation];
    const reached = cases[conversation].map(([status, body]) => {
      const failure = toTenantError({ status, headers: {}, body });
      return rules.find(({ when }) => when(failure));
    });
    expect(rules.filter((rule) => !reached.includes(rule))).toEqual([]);
  });

  it('that is unknown is tenant_error, without the tenant’s text', async () => {
    const [method, path, send] = calls[conversation];
    await fault(method, path, 418, {
      error: 'canary',
      code: 'canary',
      message: 'canary',
      errorCode: 'canary',
    });
    const { status, body } = await send();
    expect([status, body.code ?? body.error]).toEqual(
      conversation === 'client-credentials' ? [502, 'server_error'] : [502, 'tenant_error'],
    );
    expect(JSON.stringify(body) + world.logText()).not.toMatch(/canary/i);
  });
});
