import type { Mfa } from '../../auth0/mfa.ts';
import type { Origins } from '../../browser/origins.ts';
import { defineRoute, type RequestInfo, type Route } from '../../http/route.ts';
import { parseInput } from '../../http/validation.ts';
import type { AddressLimit } from '../../limits/address-limit.ts';
import { chargeAddress } from '../charge-address.ts';
import { type AttemptOutcome, type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { type MfaHandle, type SecondFactors, toAccountName } from '../second-factor.ts';
import { toSignInMode } from '../sign-in-mode.ts';
import { toSignedInOutcome } from '../signed-in.ts';
import { type ChallengeFactorDeps, challengeFactor } from './challenge-factor.ts';
import { type EnrolFactorDeps, enrolFactor } from './enrol-factor.ts';
import {
  associateBody,
  authenticatorList,
  challengeBody,
  challengeReply,
  enrolmentReply,
  handleHeader,
  pendingReply,
  type VerifyBody,
  verifiedReply,
  verifyBody,
} from './mfa-schemas.ts';
import { type VerifyFactorDeps, verifyFactor } from './verify-factor.ts';

export interface MfaRouteDeps extends EnrolFactorDeps, ChallengeFactorDeps, VerifyFactorDeps {
  readonly auth0: Mfa;
  readonly codes: EnrolFactorDeps['codes'] & VerifyFactorDeps['codes'];
  readonly secondFactors: Pick<SecondFactors, 'open'>;
  readonly origins: Origins;
  /** Limit per address: one handle would otherwise allow unlimited calls of the tenant. */
  readonly limit: AddressLimit;
  readonly recorder: AttemptRecorder;
}

const TAG = 'Second factor';

/** The routes for the second factor of a sign-in, for frontends with their own pages. */
export function mfaRoutes(deps: MfaRouteDeps): Route[] {
  const { auth0, secondFactors, origins, limit, recorder } = deps;

  async function verify(body: VerifyBody, request: RequestInfo, handle: MfaHandle): Promise<AttemptOutcome> {
    const mode = toSignInMode(body.mode, origins, request.headers);
    const outcome = await verifyFactor(deps, handle, mode, body, request);
    if ('pendingForS' in outcome) {
      const headers = { 'Retry-After': String(outcome.pendingForS) };
      return { reply: { status: 202, body: { status: 'pending' }, headers }, isOpen: true };
    }
    const { signedIn, recoveryCode, headers } = outcome;
    return toSignedInOutcome(
      signedIn,
      headers,
      recoveryCode === undefined ? {} : { recovery_code: recoveryCode },
    );
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/v1/auth/mfa/authenticators',
      guard: 'public',
      operationId: 'listAuthenticators',
      summary: 'List the second factors of the user',
      tag: TAG,
      requestHeaders: handleHeader,
      charge: chargeAddress(limit),
      responses: { 200: { description: 'The factors', schema: authenticatorList } },
      errors: ['mfa_expired', 'rate_limited', 'csrf_failed'],
      handler: async ({ request }) => {
        const { 'X-MFA-Handle': text } = parseInput(handleHeader, {
          'X-MFA-Handle': request.headers['x-mfa-handle'],
        });
        const handle = secondFactors.open(text);
        const authenticators = await auth0.listAuthenticators(handle.mfaToken);
        return { status: 200, body: { authenticators } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/mfa/associate',
      guard: 'public',
      operationId: 'associateFactor',
      summary: 'Enrol a first second factor',
      description:
        'For users without a factor. A code of the factor at /v1/auth/mfa/verify confirms it and completes the sign-in.',
      tag: TAG,
      body: associateBody,
      charge: chargeAddress(limit),
      responses: { 200: { description: 'What the user needs to set up the factor', schema: enrolmentReply } },
      errors: ['mfa_expired', 'mfa_already_enrolled', 'csrf_failed'],
      handler: async ({ body, request }) => {
        const handle = secondFactors.open(body.mfa_handle);
        const attempt = { event: 'auth.mfa_enrolment', subject: toAccountName(handle) } as const;
        return recordAttempt(recorder, attempt, request, async () => {
          const { enrolment, headers } = await enrolFactor(deps, handle, body, request);
          return { reply: { status: 200, body: enrolment, headers } };
        });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/mfa/challenge',
      guard: 'public',
      operationId: 'challengeFactor',
      summary: 'Start a challenge for an enrolled factor',
      description: 'Sends a code or a push; an authenticator app needs neither.',
      tag: TAG,
      body: challengeBody,
      charge: chargeAddress(limit),
      responses: { 200: { description: 'The challenge has started', schema: challengeReply } },
      errors: ['mfa_expired', 'too_many_attempts', 'csrf_failed'],
      handler: async ({ body, request }) => {
        const handle = secondFactors.open(body.mfa_handle);
        const { challenge, headers } = await challengeFactor(deps, handle, body, request);
        return { status: 200, body: challenge, headers };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/mfa/verify',
      guard: 'public',
      operationId: 'verifyFactor',
      summary: 'Complete the sign-in with a code, a recovery code or an approved push',
      description:
        'A handle and a code are good once. While a push has no answer, ask again after `Retry-After`.',
      tag: TAG,
      body: verifyBody,
      responses: {
        200: { description: 'Signed in: a session and its cookie, or tokens', schema: verifiedReply },
        202: { description: 'The push has not been answered yet', schema: pendingReply },
      },
      errors: [
        'mfa_invalid_code',
        'mfa_expired',
        'too_many_attempts',
        'access_denied',
        'user_blocked',
        'token_mode_refused',
        'csrf_failed',
        'cross_site_session',
        'store_unavailable',
      ],
      handler: async ({ body, request }) => {
        const handle = secondFactors.open(body.mfa_handle);
        const attempt = { event: 'auth.mfa', subject: toAccountName(handle) } as const;
        return recordAttempt(recorder, attempt, request, () => verify(body, request, handle));
      },
    }),
  ];
}
