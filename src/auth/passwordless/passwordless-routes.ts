import { defineRoute, type Route } from '../../http/route.ts';
import type { AddressLimit } from '../../limits/address-limit.ts';
import { signInReply } from '../../session/signed-in-reply.ts';
import { chargeAttempt } from '../charge-address.ts';
import { type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { toSignedInOutcome } from '../signed-in.ts';
import { startBody, toAddress, verifyBody } from './passwordless-schemas.ts';
import { type StartPasswordlessDeps, startPasswordless } from './start-passwordless.ts';
import { toAccountName, type VerifyPasswordlessDeps, verifyPasswordless } from './verify-passwordless.ts';

export interface PasswordlessRouteDeps {
  readonly start: StartPasswordlessDeps;
  readonly verify: VerifyPasswordlessDeps;
  /** Limit per client address that verifies codes. */
  readonly limit: AddressLimit;
  readonly recorder: AttemptRecorder;
}

const TAG = 'Passwordless';

/** The routes of sign-in by a code or a link. */
export function passwordlessRoutes({ start, verify, limit, recorder }: PasswordlessRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/passwordless/start',
      guard: 'public',
      operationId: 'startPasswordless',
      summary: 'Send a code or a link',
      description:
        'The response is the same for every address. Only the newest code is valid. A link leads to the callback and begins a session. It works for 30 minutes, in the browser that requested it.',
      tag: TAG,
      body: startBody,
      responses: {
        202: {
          description: 'The code or link is sent if the address may sign in',
          headers: ['Set-Cookie', 'RateLimit'],
        },
      },
      errors: ['invalid_return_to', 'csrf_failed', 'cross_site_session'],
      handler: ({ body, request }) => {
        const attempt = {
          event: 'auth.passwordless_start',
          subject: toAccountName(toAddress(body)),
        } as const;
        return recordAttempt(recorder, attempt, request, async () => ({
          reply: await startPasswordless(start, body, request),
        }));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/passwordless/verify',
      guard: 'public',
      operationId: 'verifyPasswordless',
      summary: 'Sign in with the code that was sent',
      tag: TAG,
      body: verifyBody,
      charge: chargeAttempt(recorder, 'auth.signin', limit),
      responses: {
        200: {
          description: 'Signed in: a session and its cookie, or tokens',
          schema: signInReply,
          headers: ['Set-Cookie', 'RateLimit'],
        },
      },
      errors: [
        'invalid_code',
        'mfa_required',
        'too_many_attempts',
        'access_denied',
        'user_blocked',
        'token_mode_refused',
        'csrf_failed',
        'cross_site_session',
        'store_unavailable',
      ],
      handler: ({ body, request }) => {
        const attempt = { event: 'auth.signin', subject: toAccountName(toAddress(body)) } as const;
        return recordAttempt(recorder, attempt, request, async () => {
          const { signedIn, headers } = await verifyPasswordless(verify, body, request);
          return toSignedInOutcome(signedIn, headers);
        });
      },
    }),
  ];
}
