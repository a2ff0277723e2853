import { Secret, TOTP } from 'otpauth';
import { api, password, testSeed } from './seed.ts';
import { type Answer, type StoreKind, startTestTenant, type TestTenant } from './start-test-tenant.ts';

export const totpSecret = 'JBSWY3DPEHPK3PXP';
export const recoveryCode = 'M67LWV6ZJGNDUGH43BADW46N';
export const phone = '+15550100300';

const grant = (name: string): string => `http://auth0.com/oauth/grant-type/${name}`;
export const otpGrant = grant('mfa-otp');
export const oobGrant = grant('mfa-oob');
export const recoveryGrant = grant('mfa-recovery-code');

const grant_types = ['password', grant('password-realm'), 'refresh_token', otpGrant, oobGrant, recoveryGrant];

/** The tests' seed with additions for second factors: two clients, and a user for each factor. */
export const mfaSeed = (guardian: object = {}) => ({
  ...testSeed,
  guardian,
  clients: [
    ...testSeed.clients,
    { client_id: 'factors', grant_types: [...grant_types, grant('passwordless/otp')] },
    { client_id: 'other', grant_types },
    {
      client_id: 'app',
      app_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: [...grant_types, grant('passwordless/otp')],
    },
  ],
  users: [
    ...testSeed.users,
    user('plain'),
    user('totp', { mfa: { totp_secret: totpSecret, recovery_code: recoveryCode } }),
    user('texted', { mfa: { phone_number: phone } }),
    user('mailed', { email_verified: true, mfa: { totp_secret: totpSecret } }),
    ...Array.from({ length: 12 }, (_, index) => user(`new-${index}`)),
    ...Array.from({ length: 12 }, (_, index) =>
      user(`own-${index}`, { mfa: { totp_secret: totpSecret, recovery_code: recoveryCode } }),
    ),
  ],
});

const user = (name: string, more: object = {}) => ({
  user_id: `${name}-id`,
  email: `${name}@example.com`,
  password,
  given_name: name,
  ...more,
});

export interface FactorTenant extends TestTenant {
  /** The `mfa_token` of a sign-in that needs its second factor. */
  mfaToken(name: string, parameters?: Record<string, unknown>, client?: string): Promise<string>;
  /** The current code of an app with that secret. */
  totp(secret?: string): string;
  /** Moves the clock to a time step without a used code. */
  nextStep(): void;
  /** POST with that client's id and secret. */
  as(client: string, path: string, body: object): Promise<Answer>;
  /** An access token for the MFA API, of a user who needs no factor or has just verified one. */
  mfaAccess(name: string, scope: string): Promise<string>;
  list(bearer: string): Promise<Answer & { readonly list: Record<string, unknown>[] }>;
  associate(bearer: string, body: object): Promise<Answer>;
  remove(bearer: string, id: string): Promise<Answer>;
  /** The latest sent code. */
  lastCode(to: string): string;
}

export async function startFactorTenant(store: StoreKind, guardian?: object): Promise<FactorTenant> {
  const t = await startTestTenant(store, mfaSeed(guardian));
  const audience = `${t.tenant.issuer}mfa/`;
  const bearerOf = (bearer: string) => ({ authorization: `Bearer ${bearer}` });
  const totp = (secret = totpSecret): string =>
    TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: t.clock.now() });
  const mfaToken: FactorTenant['mfaToken'] = async (name, parameters, client = 'factors') => {
    const answer = await t.signIn(client, { username: `${name}@example.com`, ...parameters });
    if (answer.json.error !== 'mfa_required') throw new Error(answer.text);
    return String(answer.json.mfa_token);
  };
  return {
    ...t,
    totp,
    mfaToken,
    nextStep() {
      t.clock.offsetS += 60;
    },
    as: (client, path, body) => t.post(path, { ...t.tenant.credentials(client), ...body }),
    async mfaAccess(name, scope) {
      const asked = { username: `${name}@example.com`, audience, scope };
      let answer = await t.signIn('factors', asked);
      if (answer.json.error === 'mfa_required') {
        t.clock.offsetS += 60;
        const mfa_token = answer.json.mfa_token;
        answer = await t.token('factors', { grant_type: otpGrant, mfa_token, otp: totp() });
      }
      if (answer.status !== 200) throw new Error(answer.text);
      return String(answer.json.access_token);
    },
    async list(bearer) {
      const answer = await t.get('/mfa/authenticators', bearerOf(bearer));
      const list: unknown = JSON.parse(answer.text);
      return { ...answer, list: Array.isArray(list) ? list : [] };
    },
    associate: (bearer, body) => t.post('/mfa/associate', body, bearerOf(bearer)),
    async remove(bearer, id) {
      const path = `${t.tenant.origin}/mfa/authenticators/${encodeURIComponent(id)}`;
      const response = await fetch(path, { method: 'DELETE', headers: bearerOf(bearer) });
      const text = await response.text();
      const json = text === '' ? {} : JSON.parse(text);
      return { status: response.status, headers: response.headers, text, json };
    },
    lastCode(to) {
      const code = t.tenant.context.inbox.list({ to }).at(-1)?.code;
      if (code === undefined) throw new Error(`nothing was sent to ${to}`);
      return code;
    },
  };
}

/** Sorted, for parallel responses. */
export const statusesOf = (answers: readonly Answer[]): number[] =>
  answers.map((answer) => answer.status).toSorted((a, b) => a - b);

export { api };
