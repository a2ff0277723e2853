import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { AcceptTokens } from './accept-tokens.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import { toTenantError } from './error-rules.ts';
import type { TenantAnswer, TenantCall } from './tenant-call.ts';
import { isSuccess, present, type UserTokens } from './token-answer.ts';

/** The factor types that can be enrolled and challenged. */
export const FACTOR_TYPES = ['otp', 'sms', 'voice', 'email', 'push'] as const;
export type FactorType = (typeof FACTOR_TYPES)[number];

/** Auth0's names of the out-of-band channels. */
const CHANNEL_OF = { sms: 'sms', voice: 'voice', email: 'email', push: 'auth0' } as const;

/** A factor that a user has enrolled, confirmed or not. */
export interface Authenticator {
  readonly id: string;
  readonly type: FactorType | 'recovery_code';
  /** Whether it is confirmed. */
  readonly active: boolean;
  /** A masked address or phone number, if there is one. */
  readonly name?: string | undefined;
}

/** The data that a user needs to set up and confirm a factor. */
export interface Enrolment {
  /** Base32 secret, for an authenticator app. */
  readonly secret?: string | undefined;
  /** The content of the QR code. */
  readonly otpauth_uri?: string | undefined;
  readonly oob_code?: string | undefined;
  /** Present if the user must enter a code that was sent. */
  readonly binding_method?: 'prompt' | undefined;
  /** Only with the first factor. */
  readonly recovery_codes?: readonly string[] | undefined;
}

export interface EnrolmentRequest {
  readonly type: FactorType;
  readonly phone_number?: string | undefined;
  readonly email?: string | undefined;
}

/** A code that was sent, or a push. */
export type OobChallenge = Required<Pick<Enrolment, 'oob_code'>> & Pick<Enrolment, 'binding_method'>;

export type FactorProof =
  | { readonly otp: string }
  | { readonly oob_code: string; readonly binding_code?: string | undefined }
  | { readonly recovery_code: string };

/** Tokens, with the next recovery code after one was used; or the seconds to wait before the next poll of a push. */
export type FactorOutcome =
  | (UserTokens & { readonly recovery_code?: string | undefined })
  | { readonly pendingForS: number };

/** The tenant's MFA API and grants, for the `mfa_token` of a sign-in. All functions throw GatewayError. */
export interface Mfa {
  /** @throws GatewayError `mfa_expired` */
  listAuthenticators(mfaToken: string): Promise<readonly Authenticator[]>;
  /** @throws GatewayError `mfa_expired`, `mfa_already_enrolled`, `validation_failed` */
  associate(mfaToken: string, request: EnrolmentRequest): Promise<Enrolment>;
  /** Checks that the user has an authenticator app. @throws GatewayError `mfa_expired`, `validation_failed` */
  challengeOtp(mfaToken: string, authenticatorId: string | undefined): Promise<void>;
  /** Sends a code, or a push. @throws GatewayError `mfa_expired`, `validation_failed` */
  challengeOob(mfaToken: string, authenticatorId: string): Promise<OobChallenge>;
  /** `ip` is the end user's. @throws GatewayError `mfa_invalid_code`, `mfa_expired`, `access_denied`, `validation_failed` */
  verify(mfaToken: string, proof: FactorProof, ip: string): Promise<FactorOutcome>;
}

export interface MfaOptions {
  readonly call: TenantCall;
  readonly authenticateClient: ClientAuthentication;
  readonly acceptSignIn: AcceptTokens;
}

const listed = z.object({
  id: z.string().min(1).max(256),
  authenticator_type: z.string(),
  oob_channel: z.string().optional().catch(undefined),
  active: z.boolean(),
  name: z.string().max(256).optional().catch(undefined),
});

const otpauthUri = z
  .string()
  .max(1000)
  .regex(/^otpauth:\/\/[\x21-\x7e]+$/);
const recoveryCodes = z.array(z.string().min(1).max(100)).max(20).optional();
const appEnrolment = z.object({
  secret: z.string().regex(/^[A-Z2-7]{16,128}=*$/),
  barcode_uri: otpauthUri,
  recovery_codes: recoveryCodes,
});
const oobChallenge = z.object({
  oob_code: z.string().min(1).max(4096),
  binding_method: z.literal('prompt').optional(),
});
const oobEnrolment = oobChallenge.extend({
  barcode_uri: otpauthUri.optional(),
  recovery_codes: recoveryCodes,
});
const nextRecoveryCode = z.object({ recovery_code: z.string().min(1).max(100).optional() });

/** The factor type in this API; undefined for an unsupported one. */
function toType({
  authenticator_type: type,
  oob_channel,
}: z.output<typeof listed>): Authenticator['type'] | undefined {
  if (type === 'otp') return 'otp';
  if (type === 'recovery-code') return 'recovery_code';
  return FACTOR_TYPES.find((each) => type === 'oob' && each !== 'otp' && CHANNEL_OF[each] === oob_channel);
}

/** Seconds to wait while a push is pending, by error code (RFC 8628 §3.5). */
const WAITS: Readonly<Record<string, number>> = { authorization_pending: 2, slow_down: 5 };

const MFA_GRANT = 'http://auth0.com/oauth/grant-type/mfa-';
function toGrantType(proof: FactorProof): string {
  if ('otp' in proof) return `${MFA_GRANT}otp`;
  return 'oob_code' in proof ? `${MFA_GRANT}oob` : `${MFA_GRANT}recovery-code`;
}

/** @throws GatewayError `tenant_error` for an unexpected response */
function parseAnswer<S extends z.ZodType>(schema: S, { body }: TenantAnswer): z.output<S> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new GatewayError('tenant_error', { reason: 'mfa_answer' });
  return parsed.data;
}

const bearerOf = (mfaToken: string) => ({ authorization: `Bearer ${mfaToken}` });

export function createMfa({ call, authenticateClient, acceptSignIn }: MfaOptions): Mfa {
  async function challenge(mfa_token: string, challenge_type: 'otp' | 'oob', authenticator_id?: string) {
    const fields = present({ mfa_token, challenge_type, authenticator_id });
    const answer = await call({
      path: '/mfa/challenge',
      json: { ...fields, ...(await authenticateClient()) },
    });
    if (!isSuccess(answer)) throw toRefusal('mfa-authenticators', answer);
    return answer;
  }

  return {
    async listAuthenticators(mfaToken) {
      const answer = await call({ method: 'GET', path: '/mfa/authenticators', headers: bearerOf(mfaToken) });
      if (!isSuccess(answer)) throw toRefusal('mfa-authenticators', answer);
      return parseAnswer(z.array(listed), answer).flatMap(({ id, active, name, ...more }) => {
        const type = toType({ id, active, name, ...more });
        return type === undefined ? [] : [{ id, type, active, name }];
      });
    },

    async associate(mfaToken, { type, phone_number, email }) {
      const wanted =
        type === 'otp'
          ? { authenticator_types: ['otp'] }
          : {
              authenticator_types: ['oob'],
              oob_channels: [CHANNEL_OF[type]],
              ...present({ phone_number, email }),
            };
      const answer = await call({
        path: '/mfa/associate',
        headers: bearerOf(mfaToken),
        json: { ...wanted, ...(await authenticateClient()) },
      });
      if (!isSuccess(answer)) throw toRefusal('mfa-associate', answer);
      const { barcode_uri: otpauth_uri, ...made } = parseAnswer(
        type === 'otp' ? appEnrolment : oobEnrolment,
        answer,
      );
      return { ...made, otpauth_uri };
    },

    async challengeOtp(mfaToken, authenticatorId) {
      await challenge(mfaToken, 'otp', authenticatorId);
    },

    challengeOob: async (mfaToken, authenticatorId) =>
      parseAnswer(oobChallenge, await challenge(mfaToken, 'oob', authenticatorId)),

    async verify(mfa_token, proof, ip) {
      const fields = present({ grant_type: toGrantType(proof), mfa_token, ...proof });
      const answer = await call({
        path: '/oauth/token',
        headers: { 'auth0-forwarded-for': ip },
        form: { ...fields, ...(await authenticateClient()) },
      });
      if (isSuccess(answer)) {
        const tokens = await acceptSignIn(answer);
        return { ...tokens, recovery_code: parseAnswer(nextRecoveryCode, answer).recovery_code };
      }
      const { error = '' } = toTenantError(answer);
      const pendingForS = 'oob_code' in proof && Object.hasOwn(WAITS, error) ? WAITS[error] : undefined;
      if (pendingForS !== undefined) return { pendingForS };
      throw toRefusal('mfa-verify', answer);
    },
  };
}
